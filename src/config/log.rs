//! The log.

use clap::{Args, ValueEnum};
use tracing_subscriber::filter::Targets;

/// What is logged, to standard error.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Log")]
pub struct Log {
    /// Level of the log: off, error, warn, info, debug or trace; or a list of levels of targets, such
    /// as 'info,session_history::store=debug'.
    #[arg(
        long,
        global = true,
        value_name = "FILTER",
        env = "SESSION_HISTORY_LOG",
        default_value = "info,sea_orm_migration=warn,sqlx=warn"
    )]
    pub log: Targets,
    /// Format of a line of the log.
    #[arg(long, global = true, env = "SESSION_HISTORY_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// Format of a line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}
