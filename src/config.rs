//! All settings: flags, then environment variables, then a TOML file, then defaults.
//!
//! Each setting is an argument of the command line, so that `--help` documents it, with an
//! environment variable of its own. A TOML file replaces defaults: its tables are the headings of
//! `--help` in lower case, its keys are the flags with `_` for `-`. An empty variable and an empty
//! text in the file are absent. This module is the only reader of the environment.

use std::path::PathBuf;

use clap::Args;

mod base_path;
mod callers;
mod connections;
mod cors;
mod database;
mod file;
mod legacy;
mod limits;
mod listen;
mod log;
mod network;
mod otlp_endpoint;
mod parse;
mod server;
mod sync;
mod tls;
mod unknown_variables;

pub use base_path::BasePath;
pub use callers::Callers;
pub use connections::Connections;
pub use database::{Database, Pooling};
pub use legacy::LegacyShape;
pub use limits::Limits;
pub use listen::ListenAddress;
pub use log::{Log, LogFormat};
pub use network::IpNetwork;
pub use otlp_endpoint::OtlpEndpoint;
pub use parse::parse;
pub use server::{Introspection, Server};
pub use sync::{Period, SyncFile, SyncMethod, SyncSource};
pub use tls::TlsFiles;
pub use unknown_variables::unknown_variables;

/// Settings of every command.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// TOML file with settings. Flags and environment variables win over it. Default:
    /// /etc/session-history/session-history.toml, if there is such a file.
    #[arg(long, global = true, value_name = "FILE", env = "SESSION_HISTORY_CONFIG")]
    pub config: Option<PathBuf>,
    /// The database.
    #[command(flatten)]
    pub database: Database,
    /// The log.
    #[command(flatten)]
    pub log: Log,
}
