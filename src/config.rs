//! All settings: flags, then environment variables, then a TOML file, then defaults.
//!
//! Each setting is an argument of the command line, so that `--help` documents it, with an
//! environment variable of its own. A TOML file takes the place of the defaults: its tables are
//! the headings of `--help` in lower case, its keys the flags with `_` for `-`. This is the only
//! reader of the environment.

use std::{fmt, net::SocketAddr, path::PathBuf};

use clap::{Args, ValueEnum};

mod file;

pub use file::parse;

/// Settings that every command takes.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// A TOML file with settings.
    #[arg(long, global = true, value_name = "FILE", env = "SESSION_HISTORY_CONFIG")]
    pub config: Option<PathBuf>,
    /// Where the history is kept.
    #[command(flatten)]
    pub database: Database,
    /// What is logged.
    #[command(flatten)]
    pub log: Log,
}

/// Where the history is kept.
#[derive(Args, Clone)]
#[command(next_help_heading = "Database")]
pub struct Database {
    /// The database: sqlite:PATH, postgres://… or mysql://… Equal nodes of one cluster stand one
    /// after the other, with commas: the first that is up is asked.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite:session-history.sqlite3"
    )]
    pub database_url: String,
    /// Read replicas of the database, with commas. They are read in its place; where none of them
    /// is up, the database is.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "SESSION_HISTORY_READ_URL",
        hide_env_values = true,
        default_value = "",
        hide_default_value = true
    )]
    pub read_url: String,
    /// The most connections that read at once.
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "SESSION_HISTORY_DATABASE_CONNECTIONS",
        default_value_t = 8,
        value_parser = clap::value_parser!(u32).range(1..=1000)
    )]
    pub database_connections: u32,
    /// The most further connections that stream answers of the legacy URL, which may take long.
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "SESSION_HISTORY_DATABASE_EXPORTS",
        default_value_t = 4,
        value_parser = clap::value_parser!(u32).range(1..=1000)
    )]
    pub database_exports: u32,
    /// How long a request waits for a free connection, in seconds.
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_DATABASE_WAIT",
        default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(1..=600)
    )]
    pub database_wait: u64,
    /// How long a database server works on one statement before it gives up, in seconds; 0 is for
    /// ever. SQLite has no such bound.
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_STATEMENT_TIMEOUT",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(0..=86_400)
    )]
    pub statement_timeout: u64,
    /// How long to wait at the start for a database server that does not answer, in seconds.
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_START_WAIT",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(0..=3600)
    )]
    pub start_wait: u64,
}

impl fmt::Debug for Database {
    /// Leaves out the URLs, which may hold passwords.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Database").finish_non_exhaustive()
    }
}

/// What is logged, to standard error.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Log")]
pub struct Log {
    /// What is logged: error, warn, info, debug or trace, or a filter such as
    /// 'info,session_history::store=debug'.
    #[arg(
        long,
        global = true,
        value_name = "FILTER",
        env = "SESSION_HISTORY_LOG",
        default_value = "info,sea_orm_migration=warn,sqlx=warn"
    )]
    pub log: String,
    /// How a line of the log is written.
    #[arg(long, global = true, env = "SESSION_HISTORY_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// What the server listens to and whom it answers.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Server")]
pub struct Server {
    /// The address and port to listen on.
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "SESSION_HISTORY_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// Web pages of these origins may call the gateway: scheme, host and port, several with
    /// commas. None by default.
    #[arg(
        long,
        value_name = "ORIGIN",
        env = "SESSION_HISTORY_ALLOWED_ORIGINS",
        value_delimiter = ',',
        value_parser = origin
    )]
    pub allowed_origins: Vec<String>,
    /// Request headers that these web pages may send, several with commas, in place of those that
    /// common clients send. '*' allows any. The headers that the gateway reads are always allowed.
    #[arg(
        long,
        value_name = "HEADER",
        env = "SESSION_HISTORY_ALLOWED_HEADERS",
        value_delimiter = ',',
        value_parser = header_name,
        default_values_t = CLIENT_HEADERS.map(str::to_owned),
        hide_default_value = true
    )]
    pub allowed_headers: Vec<String>,
    /// Whether the GraphQL schema may be read without a key.
    #[arg(
        long,
        value_name = "BOOL",
        env = "SESSION_HISTORY_OPEN_SCHEMA",
        default_value_t = true,
        action = clap::ArgAction::Set
    )]
    pub open_schema: bool,
    /// The longest that a GraphQL request may take, in seconds.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_REQUEST_TIMEOUT",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub request_timeout: u64,
    /// How long a caller of the legacy URL may take nothing of its answer before it is cut short,
    /// in seconds.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_STALL_TIMEOUT",
        default_value_t = 60,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub stall_timeout: u64,
    /// How long a key that was found valid counts as valid without another look, in seconds: so
    /// much longer may a key work that was revoked or expired. 0 has each request look.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_KEY_CACHE",
        default_value_t = 1,
        value_parser = clap::value_parser!(u64).range(0..=60)
    )]
    pub key_cache: u64,
    /// Whether errors of the legacy URL have HTTP status codes of their own, instead of 200.
    #[arg(
        long,
        value_name = "BOOL",
        env = "SESSION_HISTORY_LEGACY_STATUS",
        default_value_t = false,
        action = clap::ArgAction::Set
    )]
    pub legacy_status: bool,
}

/// The bounds of a request. Beyond one of them, the answer is an error.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// The largest request body, in bytes.
    #[arg(
        long,
        env = "SESSION_HISTORY_MAX_BODY_BYTES",
        value_name = "N",
        default_value_t = 262_144
    )]
    pub max_body_bytes: usize,
    /// The rows of a page where the request does not say.
    #[arg(long, env = "SESSION_HISTORY_DEFAULT_PAGE_SIZE", value_name = "N", default_value_t = 25,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub default_page_size: u32,
    /// The most rows of a page of sessions or technicians.
    #[arg(long, env = "SESSION_HISTORY_MAX_PAGE_SIZE", value_name = "N", default_value_t = 200,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub max_page_size: u32,
    /// The most rows of a page of chat messages or videos.
    #[arg(long, env = "SESSION_HISTORY_MAX_CHILD_PAGE_SIZE", value_name = "N", default_value_t = 500,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub max_child_page_size: u32,
    /// The most sessions that the legacy URL reads at once.
    #[arg(long, env = "SESSION_HISTORY_LEGACY_PAGE_SIZE", value_name = "N", default_value_t = 400,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub legacy_page_size: u32,
    /// The most selections of a document, its fragments expanded.
    #[arg(
        long,
        env = "SESSION_HISTORY_MAX_SELECTIONS",
        value_name = "N",
        default_value_t = 10_000
    )]
    pub max_selections: u32,
    /// The deepest nesting of fields, the introspection aside.
    #[arg(long, env = "SESSION_HISTORY_MAX_DEPTH", value_name = "N", default_value_t = 15,
        value_parser = clap::value_parser!(u32).range(1..=2_000_000_000))]
    pub max_depth: u32,
    /// The highest cost: the fields, times the page sizes around them.
    #[arg(long, env = "SESSION_HISTORY_MAX_COST", value_name = "N", default_value_t = 100_000,
        value_parser = clap::value_parser!(u32).range(1..=2_000_000_000))]
    pub max_cost: u32,
    /// The most times that one field may stand in one place, under different names.
    #[arg(long, env = "SESSION_HISTORY_MAX_ALIASES", value_name = "N", default_value_t = 30,
        value_parser = clap::value_parser!(u32).range(1..=2_000_000_000))]
    pub max_aliases: u32,
    /// The longest list in the input.
    #[arg(long, env = "SESSION_HISTORY_MAX_LIST", value_name = "N", default_value_t = 250,
        value_parser = clap::value_parser!(u32).range(1..=2_000_000_000))]
    pub max_list: u32,
    /// The most validation errors that are answered.
    #[arg(long, env = "SESSION_HISTORY_MAX_ERRORS", value_name = "N", default_value_t = 5,
        value_parser = clap::value_parser!(u32).range(1..=2_000_000_000))]
    pub max_errors: u32,
}

/// What GraphQL clients, tracing libraries and HTTP libraries of browsers send.
const CLIENT_HEADERS: [&str; 31] = [
    "apollographql-client-name",
    "apollographql-client-version",
    "apollo-require-preflight",
    "x-apollo-operation-id",
    "x-apollo-operation-name",
    "graphql-client-name",
    "graphql-client-version",
    "graphql-require-preflight",
    "traceparent",
    "tracestate",
    "baggage",
    "sentry-trace",
    "x-datadog-origin",
    "x-datadog-parent-id",
    "x-datadog-sampling-priority",
    "x-datadog-trace-id",
    "b3",
    "x-b3-traceid",
    "x-b3-spanid",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-flags",
    "newrelic",
    "x-amzn-trace-id",
    "x-cloud-trace-context",
    "request-id",
    "x-request-id",
    "x-correlation-id",
    "x-requested-with",
    "cache-control",
    "pragma",
];

/// The name of a request header, or `*`.
fn header_name(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match !text.is_empty() && text.bytes().all(token) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("the name of a header has letters, digits and '-'"),
    }
}

/// An origin as browsers send it.
fn origin(text: &str) -> Result<String, &'static str> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |host: &str| {
        let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        !host.is_empty() && host.bytes().all(sign)
    };
    match host {
        Some(host) if plain(host) => Ok(text.to_ascii_lowercase()),
        _ => Err("an origin is written as https://host or https://host:port"),
    }
}
