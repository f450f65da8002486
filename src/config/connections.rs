//! The limits of connections.

use std::num::NonZeroU32;

use clap::{
    Args,
    builder::{RangedI64ValueParser, RangedU64ValueParser},
    value_parser,
};

/// The limits of connections: how many there are, and how long a client may keep one waiting.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Connections")]
pub struct Connections {
    /// Maximum number of connections. A new connection beyond it replaces the one that has waited
    /// longest for a request. If requests are in progress on all, the new one gets 503.
    #[arg(
        long,
        env = "SESSION_HISTORY_MAX_CONNECTIONS",
        value_name = "N",
        default_value_t = 800,
        value_parser = connections()
    )]
    pub max_connections: usize,
    /// Maximum number of connections of one client address (of one /64 network with IPv6).
    #[arg(
        long,
        env = "SESSION_HISTORY_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "N",
        default_value_t = 400,
        value_parser = connections()
    )]
    pub max_connections_per_address: usize,
    /// Maximum time until the head of a request is complete, in seconds. The connection is then
    /// closed.
    #[arg(
        long,
        env = "SESSION_HISTORY_HEAD_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 10,
        value_parser = seconds()
    )]
    pub head_timeout: u32,
    /// Maximum time in which nothing of a request body arrives, in seconds. After this time, the body
    /// must also arrive with 1 KiB a second on average. A slower one gets 408.
    #[arg(
        long,
        env = "SESSION_HISTORY_BODY_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 10,
        value_parser = seconds()
    )]
    pub body_timeout: u32,
    /// Maximum time between two requests of a connection, in seconds. The connection is then closed.
    #[arg(
        long,
        env = "SESSION_HISTORY_IDLE_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 75,
        value_parser = seconds()
    )]
    pub idle_timeout: u32,
    /// Maximum time in which a client reads nothing of an answer, in seconds. The connection is then
    /// closed; with HTTP/2, the stream.
    #[arg(
        long,
        env = "SESSION_HISTORY_STALL_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 60,
        value_parser = seconds()
    )]
    pub stall_timeout: u32,
    /// Time between two signs of life of a stream of events or a WebSocket, in seconds: a comment or a ping. It must
    /// be shorter than the idle timeout of each proxy. A WebSocket of which nothing arrives for twice this time
    /// is closed.
    #[arg(
        long,
        env = "SESSION_HISTORY_KEEP_ALIVE",
        value_name = "SECONDS",
        default_value_t = 15,
        value_parser = value_parser!(u32).range(1..=600)
    )]
    pub keep_alive: u32,
    /// Minimum rate at which a client reads a long answer, in bytes a second. A client may fall behind
    /// it by --stall-timeout; the answer is then cut short, and its connection to the database is free.
    #[arg(
        long,
        env = "SESSION_HISTORY_STALL_RATE",
        value_name = "N",
        default_value = "10000",
        value_parser = value_parser!(NonZeroU32)
    )]
    pub stall_rate: NonZeroU32,
}

fn connections() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=1_000_000)
}

fn seconds() -> RangedI64ValueParser<u32> {
    value_parser!(u32).range(1..=3600)
}
