//! Opening the database that a URL names.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use super::Store;
use crate::error::{Error, Result};

/// How long a connection to a server may rest before it is tried first.
const IDLE: Duration = Duration::from_secs(1);

/// How the database is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite:`, `postgres:` or `mysql:` URL.
    pub url: String,
    /// The most connections that read at once.
    pub readers: u32,
    /// The most snapshots at once.
    pub exports: u32,
    /// How long a request waits for a free connection.
    pub acquire_timeout: Duration,
}

impl Store {
    /// Opens the database. SQLite gets its file made, a pool of readers and one writer.
    ///
    /// # Errors
    /// When the URL names no known kind of database, or the database cannot be reached.
    pub async fn connect(options: &Options) -> Result<Self> {
        let scheme = options.url.split(':').next().unwrap_or_default();
        match scheme {
            "sqlite" if options.url.contains(":memory:") || options.url.contains("mode=memory") => {
                Err(Error::input(
                    "A database in memory cannot be shared by its readers; name a file.",
                ))
            }
            "sqlite" => {
                // The writer comes first, since it makes the file.
                let writer = open(sqlite(options, 1, false)).await?;
                let reader = open(sqlite(options, options.readers, true)).await?;
                let exporter = open(sqlite(options, options.exports, true)).await?;
                Ok(Self { reader, exporter, writer })
            }
            "postgres" | "postgresql" | "mysql" | "mariadb" => {
                let pool = open(server(options, options.readers)).await?;
                let exporter = open(server(options, options.exports)).await?;
                Ok(Self { reader: pool.clone(), exporter, writer: pool })
            }
            _ => Err(Error::input("The database URL begins with sqlite:, postgres: or mysql:.")),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place that connects")]
async fn open(options: ConnectOptions) -> Result<DatabaseConnection> {
    let url = options.get_url().to_owned();
    Database::connect(options).await.map_err(|failure| {
        // The URL may hold a password, and a driver that cannot read it repeats it.
        if failure.to_string().contains(&url) {
            Error::input("The database URL cannot be read.")
        } else {
            failure.into()
        }
    })
}

fn common(url: &str, options: &Options, connections: u32) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        // The statement's text, never its values; only the most verbose level shows it.
        .sqlx_logging(true)
        .sqlx_logging_level(log::LevelFilter::Trace)
        .sqlx_slow_statements_logging_settings(log::LevelFilter::Off, Duration::MAX);
    connect
}

fn server(options: &Options, connections: u32) -> ConnectOptions {
    let url = options.url.replacen("mariadb:", "mysql:", 1);
    let mut connect = common(&url, options, connections);
    // A connection in steady use needs no look before each statement.
    connect.test_before_acquire_if_idle_for(IDLE);
    connect
}

fn sqlite(options: &Options, connections: u32, reads_only: bool) -> ConnectOptions {
    let mut connect = common(&options.url, options, connections);
    // Nothing can break the connection to a file.
    connect.test_before_acquire(false);
    connect.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .create_if_missing(!reads_only)
            .foreign_keys(true)
            .journal_mode(sea_orm::sqlx::sqlite::SqliteJournalMode::Wal)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(200)
            .row_buffer_size(1024);
        if reads_only { sqlite.pragma("query_only", "on") } else { sqlite }
    });
    connect
}
