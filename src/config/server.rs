//! The server: its address, its callers and its time limits.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum, value_parser};
use jiff::civil::Date;

use super::{
    base_path::BasePath,
    callers::Callers,
    cors::{CLIENT_HEADERS, header_name, origin},
    legacy::LegacyShape,
    listen::ListenAddress,
    otlp_endpoint::OtlpEndpoint,
    tls::TlsFiles,
};

/// Who can read the GraphQL schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Introspection {
    /// No caller.
    Off,
    /// Callers with a valid key.
    Keys,
    /// All callers, also without a key.
    #[default]
    All,
}

/// The server: its address, its callers and its time limits.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Server")]
pub struct Server {
    /// Host and port to listen on. Port 0 is any free port.
    #[arg(
        long,
        value_name = "HOST:PORT",
        env = "SESSION_HISTORY_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: ListenAddress,
    /// The certificate for TLS.
    #[command(flatten)]
    pub tls: TlsFiles,
    /// Path below which everything is served, such as /history, for a proxy that passes this path on without a change.
    /// Default: none.
    #[arg(long, value_name = "PATH", env = "SESSION_HISTORY_BASE_PATH")]
    pub base_path: Option<BasePath>,
    /// Host and port at which /metrics is served in the format of Prometheus, without TLS. It needs no key, so it must not
    /// be a public address. Default: none.
    #[arg(long, value_name = "HOST:PORT", env = "SESSION_HISTORY_METRICS_LISTEN")]
    pub metrics_listen: Option<ListenAddress>,
    /// URL of a collector of OpenTelemetry, such as http://127.0.0.1:4318, that gets traces of requests, statements and
    /// jobs (OTLP over HTTP). They have no keys, no values and no personal data. Default: none.
    #[arg(long, value_name = "URL", env = "SESSION_HISTORY_OTLP_ENDPOINT")]
    pub otlp_endpoint: Option<OtlpEndpoint>,
    /// Origins whose web pages may call the gateway, such as `https://dashboard.example.com`,
    /// separated by commas. Default: none.
    #[arg(
        long,
        value_name = "ORIGIN",
        env = "SESSION_HISTORY_ALLOWED_ORIGINS",
        value_delimiter = ',',
        value_parser = origin
    )]
    pub allowed_origins: Vec<String>,
    /// Request headers that these web pages may send beside those that the gateway reads, separated
    /// by commas; '*' allows any. Default: the headers of common GraphQL clients and tracing
    /// libraries.
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
    /// Who can read the GraphQL schema by introspection.
    #[arg(
        long,
        value_name = "WHO",
        env = "SESSION_HISTORY_INTROSPECTION",
        value_enum,
        default_value_t
    )]
    pub introspection: Introspection,
    /// Manifest of the only GraphQL documents that are answered: a JSON file in Apollo's format, or an object
    /// from ids to texts. Default: all documents are answered.
    #[arg(long, value_name = "FILE", env = "SESSION_HISTORY_TRUSTED_DOCUMENTS")]
    pub trusted_documents: Option<PathBuf>,
    /// Maximum time of a GraphQL request, in seconds.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_REQUEST_TIMEOUT",
        default_value_t = 30,
        value_parser = value_parser!(u64).range(1..=3600)
    )]
    pub request_timeout: u64,
    /// Time for which a valid key is cached, in seconds. A key that is revoked or expires works at
    /// most this much longer. 0 checks the key in the database on each request.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_KEY_CACHE",
        default_value_t = 1,
        value_parser = value_parser!(u64).range(0..=60)
    )]
    pub key_cache: u64,
    /// Whether errors of the legacy URL have HTTP status codes such as 400, instead of 200.
    #[arg(
        long,
        value_name = "BOOL",
        env = "SESSION_HISTORY_LEGACY_STATUS",
        default_value_t = false,
        action = ArgAction::Set
    )]
    pub legacy_status: bool,
    /// The shape of the answers of the legacy URL.
    #[command(flatten)]
    pub legacy: LegacyShape,
    /// Whether a text in CSV that a spreadsheet could run as a formula gets an apostrophe before it.
    #[arg(
        long,
        value_name = "BOOL",
        env = "SESSION_HISTORY_CSV_DISARM_FORMULAS",
        default_value_t = false,
        action = ArgAction::Set
    )]
    pub csv_disarm_formulas: bool,
    /// Day from which the legacy URL is deprecated, such as 2027-01-31. Its answers have the header
    /// `Deprecation` with this day. Default: none.
    #[arg(long, value_name = "DAY", env = "SESSION_HISTORY_LEGACY_DEPRECATION", value_parser = day)]
    pub legacy_deprecation: Option<Date>,
    /// Day from which the legacy URL may be gone. Its answers have the header `Sunset` with this day; the
    /// gateway goes on answering. Default: none.
    #[arg(long, value_name = "DAY", env = "SESSION_HISTORY_LEGACY_SUNSET", value_parser = day)]
    pub legacy_sunset: Option<Date>,
    /// TOML file with sources that are mirrored into accounts while the server runs: see docs/OPERATIONS.md.
    /// Of several gateways with one database, one mirrors a source at a time.
    #[arg(long, value_name = "FILE", env = "SESSION_HISTORY_SYNC_CONFIG")]
    pub sync_config: Option<PathBuf>,
    /// Time after which another gateway with the same database goes on with the mirrors and webhooks of one that was
    /// killed, in seconds. A gateway that stops as asked hands them over within half of it.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "SESSION_HISTORY_JOB_LEASE",
        default_value_t = 20,
        value_parser = value_parser!(u64).range(2..=3600)
    )]
    pub job_lease: u64,
    /// The limits of callers.
    #[command(flatten)]
    pub callers: Callers,
}

impl Server {
    /// Checks settings that depend on each other.
    ///
    /// # Errors
    /// When the legacy URL would be gone before it is deprecated, or one of the files for TLS is missing.
    pub fn check(&self) -> Result<(), String> {
        self.tls.check()?;
        match (self.legacy_deprecation, self.legacy_sunset) {
            (Some(deprecation), Some(sunset)) if sunset < deprecation => Err(format!(
                "legacy_sunset is {sunset} and legacy_deprecation is {deprecation}: the legacy URL must \
                 not be gone before it is deprecated"
            )),
            _ => Ok(()),
        }
    }
}

fn day(text: &str) -> Result<Date, &'static str> {
    let is_day = |text: &&str| text.len() == "2027-01-31".len();
    let day = Some(text.trim()).filter(is_day).and_then(|text| text.parse().ok());
    day.ok_or("a day is written as 2027-01-31")
}
