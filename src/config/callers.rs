//! The limits of callers, and the proxies that name them.

use clap::{Args, builder::RangedU64ValueParser, value_parser};

use super::network::IpNetwork;

/// The limits of callers: how much a key and an account may use, and which proxies name the client.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Callers")]
pub struct Callers {
    /// Maximum number of requests of one key a second. A key that was not used for two seconds can
    /// send twice as many at once. A request beyond it gets 429. Default: no limit.
    #[arg(
        long,
        env = "SESSION_HISTORY_RATE_LIMIT",
        value_name = "N",
        value_parser = value_parser!(u32).range(1..=1_000_000)
    )]
    pub rate_limit: Option<u32>,
    /// Maximum cost of the requests of one key a second, as --max-cost counts it. A key that was not
    /// used for two seconds can use twice as much at once. A request that costs more than that
    /// counts as that. A call of the legacy URL costs what its first page costs. Default: no limit.
    #[arg(
        long,
        env = "SESSION_HISTORY_RATE_LIMIT_COST",
        value_name = "N",
        value_parser = value_parser!(u32).range(1..=1_000_000_000)
    )]
    pub rate_limit_cost: Option<u32>,
    /// Maximum number of requests of one account in progress. A request is in progress until its
    /// answer is sent. As many more wait; a request beyond these gets 429.
    #[arg(
        long,
        env = "SESSION_HISTORY_MAX_ACCOUNT_REQUESTS",
        value_name = "N",
        default_value_t = 200,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000)
    )]
    pub max_account_requests: usize,
    /// Maximum number of subscriptions of one key at the same time, on all of its connections. One beyond it is
    /// refused with RATE_LIMITED.
    #[arg(
        long,
        env = "SESSION_HISTORY_MAX_KEY_SUBSCRIPTIONS",
        value_name = "N",
        default_value_t = 200,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000)
    )]
    pub max_key_subscriptions: usize,
    /// Maximum number of WebSockets of one key at the same time. One beyond it is closed with 1013.
    #[arg(
        long,
        env = "SESSION_HISTORY_MAX_KEY_SOCKETS",
        value_name = "N",
        default_value_t = 100,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000)
    )]
    pub max_key_sockets: usize,
    /// Maximum number of operations of one WebSocket in progress, subscriptions included. One beyond it is refused
    /// with RATE_LIMITED.
    #[arg(
        long,
        env = "SESSION_HISTORY_MAX_SOCKET_OPERATIONS",
        value_name = "N",
        default_value_t = 50,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=10_000)
    )]
    pub max_socket_operations: usize,
    /// Maximum time that a long answer waits for others to end, in seconds. Accounts take turns, and
    /// the answers of one account keep their order. An answer of one page does not wait.
    #[arg(
        long,
        env = "SESSION_HISTORY_EXPORT_WAIT",
        value_name = "SECONDS",
        default_value_t = 300,
        value_parser = value_parser!(u64).range(1..=86_400)
    )]
    pub export_wait: u64,
    /// Addresses or networks of proxies, separated by commas. Their `X-Forwarded-For` or `Forwarded`
    /// names the client, and their `x-request-id` or `traceparent` the request. Default: this machine.
    #[arg(
        long,
        env = "SESSION_HISTORY_TRUSTED_PROXIES",
        value_name = "NETWORK",
        value_delimiter = ',',
        default_value = "127.0.0.0/8,::1"
    )]
    pub trusted_proxies: Vec<IpNetwork>,
}
