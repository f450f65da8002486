//! The database and its connections.

use std::fmt;

use clap::{Args, ValueEnum, builder::NonEmptyStringValueParser, value_parser};

/// The database and its connections.
#[derive(Args, Clone)]
#[command(next_help_heading = "Database")]
pub struct Database {
    /// URL of the database: sqlite:PATH, postgres://USER:PASSWORD@HOST/NAME or
    /// mysql://USER:PASSWORD@HOST/NAME. For a cluster of equal nodes, the URLs of all nodes,
    /// separated by commas; the first node that is up is used.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite:session-history.sqlite3",
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub database_url: String,
    /// URLs of read replicas, separated by commas. Reads go to the replicas, and to the database
    /// while no replica is up.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "SESSION_HISTORY_READ_URL",
        hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub read_url: Option<String>,
    /// Maximum number of connections for reads, per database host. One account uses at most two
    /// thirds of them.
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "SESSION_HISTORY_DATABASE_CONNECTIONS",
        default_value_t = 8,
        value_parser = value_parser!(u32).range(1..=1000)
    )]
    pub database_connections: u32,
    /// Maximum number of additional connections for long answers (of the legacy URL and of bulk
    /// requests), per database host. Each long answer uses one, and one account uses at most half of
    /// them. Further long answers wait (--export-wait).
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "SESSION_HISTORY_DATABASE_EXPORTS",
        default_value_t = 8,
        value_parser = value_parser!(u32).range(1..=1000)
    )]
    pub database_exports: u32,
    /// Maximum time that a request waits for a free connection, in seconds.
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_DATABASE_WAIT",
        default_value_t = 10,
        value_parser = value_parser!(u64).range(1..=600)
    )]
    pub database_wait: u64,
    /// Maximum time of one statement, in seconds; 0 is no limit. On SQLite and MySQL it limits reads
    /// only.
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_STATEMENT_TIMEOUT",
        default_value_t = 30,
        value_parser = value_parser!(u64).range(0..=86_400)
    )]
    pub statement_timeout: u64,
    /// Maximum time that the start waits for a database server that does not answer, in seconds.
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_START_WAIT",
        default_value_t = 30,
        value_parser = value_parser!(u64).range(0..=3600)
    )]
    pub start_wait: u64,
    /// How a pooler between the gateway and PostgreSQL, such as PgBouncer, gives its connections to
    /// clients: for a session or for a transaction.
    #[arg(
        long,
        global = true,
        value_name = "MODE",
        env = "SESSION_HISTORY_DATABASE_POOLING",
        default_value = "session"
    )]
    pub database_pooling: Pooling,
}

/// How a pooler gives its connections to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Pooling {
    /// A client has a connection until it disconnects. Also without a pooler.
    Session,
    /// A client has a connection until its transaction ends. Each read has a transaction of its own
    /// and no statement stays prepared, which is slower.
    Transaction,
}

impl fmt::Debug for Database {
    /// Leaves out the URLs, which may contain passwords.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Database").finish_non_exhaustive()
    }
}
