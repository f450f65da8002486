//! Opening the database that one or several URLs name.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, sqlx::Executor};

use tokio::time::sleep;

use super::{
    Store,
    host::{Host, Server},
    hosts::Hosts,
    kept::Kept,
    probe::Probe,
    shelf::Patience,
    start,
    urls::{self, Engine},
};
use crate::error::{Code, Error, Result};

/// How long a connection to a server may rest before it is tried first.
const IDLE: Duration = Duration::from_secs(1);
/// The most connections that write to a server: an import, and notes of the use of keys.
const WRITERS: u32 = 2;
/// Between two tries to open a file.
const MOMENT: Duration = Duration::from_millis(50);

/// How the database is opened.
#[derive(Clone)]
pub struct Options {
    /// `sqlite:`, `postgres:` or `mysql:` URL; or, with commas, those of equal servers, of which
    /// the first that is up is asked.
    pub url: String,
    /// URLs of replicas of the same kind, which are read first, with commas; none is empty.
    pub read_url: String,
    /// The most connections that read at once.
    pub readers: u32,
    /// The most snapshots at once.
    pub exports: u32,
    /// How long a request waits for a free connection.
    pub acquire_timeout: Duration,
    /// How long a server works on one statement; zero is for ever.
    pub statement_timeout: Duration,
    /// How long to wait, at first, for a server that does not answer.
    pub start_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            url: "sqlite:session-history.sqlite3".into(),
            read_url: String::new(),
            readers: 8,
            exports: 4,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            start_wait: Duration::from_secs(30),
        }
    }
}

impl std::fmt::Debug for Options {
    /// Leaves out the URLs, which may hold passwords.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Options").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database. SQLite gets its file made, a pool of readers and one writer. A server is
    /// waited for.
    ///
    /// # Errors
    /// When the URLs name no known kind of database or several, or the database cannot be reached.
    pub async fn connect(options: &Options) -> Result<Self> {
        let (urls, read_urls) = (urls::split(&options.url), urls::split(&options.read_url));
        let engine = urls::engine_of(&[&urls[..], &read_urls].concat())?;
        let hosts = match (engine, &urls[..]) {
            (Engine::Sqlite, [url]) if read_urls.is_empty() => {
                Hosts::new(DbBackend::Sqlite, Vec::new(), vec![file(options, url).await?])
            }
            (Engine::Sqlite, _) => {
                return Err(Error::input("An SQLite database is one file, without replicas."));
            }
            (Engine::Postgres | Engine::MySql, []) => {
                return Err(Error::input("There is a URL to read from and none to write to."));
            }
            (Engine::Postgres | Engine::MySql, _) => {
                let replicas = servers(options, engine, &read_urls).await?;
                let primaries = servers(options, engine, &urls).await?;
                let backend = match engine {
                    Engine::MySql => DbBackend::MySql,
                    _ => DbBackend::Postgres,
                };
                let hosts = Hosts::new(backend, replicas, primaries);
                start::wait(&hosts, options.start_wait).await?;
                hosts
            }
        };
        Ok(Self { hosts: hosts.into() })
    }
}

async fn file(options: &Options, url: &str) -> Result<Host> {
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(Error::input(
            "A database in memory cannot be shared by its readers; name a file.",
        ));
    }
    // The writer comes first, since it makes the file.
    let writes = open_file(&sqlite(options, url, 1, false)).await?;
    let reads = open_file(&sqlite(options, url, options.readers, true)).await?;
    let exports = open_file(&sqlite(options, url, options.exports, true)).await?;
    Ok(host(options, &reads, &exports, writes, None))
}

/// Opens a file. Where another process makes it at the same time, SQLite does not wait until the
/// other has turned the write-ahead log on, so that this does.
async fn open_file(options: &ConnectOptions) -> Result<DatabaseConnection> {
    for _ in 0..20 {
        match open(options.clone()).await {
            Err(error) if error.code() == Code::ServiceUnavailable => sleep(MOMENT).await,
            opened => return opened,
        }
    }
    open(options.clone()).await
}

async fn servers(options: &Options, engine: Engine, urls: &[&str]) -> Result<Vec<Host>> {
    let mut hosts = Vec::new();
    for url in urls {
        let server = Some(Server::new(Probe::new(engine, url)?, alone(options, url)));
        let reads = open(pool(options, url, options.readers)).await?;
        let exports = open(pool(options, url, options.exports)).await?;
        let writes = open(pool(options, url, WRITERS)).await?;
        hosts.push(host(options, &reads, &exports, writes, server));
    }
    Ok(hosts)
}

fn host(
    options: &Options,
    reads: &DatabaseConnection,
    exports: &DatabaseConnection,
    writes: DatabaseConnection,
    server: Option<Server>,
) -> Host {
    let bounded = server.is_some() && !options.statement_timeout.is_zero();
    let patience = Patience {
        connection: options.acquire_timeout,
        statement: bounded.then_some(options.statement_timeout),
    };
    let kept = |pool, most| Kept::of(pool, most, patience);
    let (reads, exports) = (kept(reads, options.readers), kept(exports, options.exports));
    Host { reads, exports, writes, server }
}

#[expect(clippy::disallowed_methods, reason = "this is the place that connects")]
pub(super) async fn open(options: ConnectOptions) -> Result<DatabaseConnection> {
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
        .acquire_timeout(options.acquire_timeout)
        // The statement's text, never its values; only the most verbose level shows it.
        .sqlx_logging(true)
        .sqlx_logging_level(log::LevelFilter::Trace)
        .sqlx_slow_statements_logging_settings(log::LevelFilter::Off, Duration::MAX);
    connect
}

/// Connections to a server, made when they are needed: it may be down.
fn pool(options: &Options, url: &str, connections: u32) -> ConnectOptions {
    let mut connect = common(&urls::for_driver(url), options, connections);
    connect
        .connect_lazy(true)
        // A connection in steady use needs no look before each statement.
        .test_before_acquire_if_idle_for(IDLE);
    if !options.statement_timeout.is_zero() {
        connect.statement_timeout(options.statement_timeout);
        let limit = mysql_limit(options.statement_timeout);
        connect.map_sqlx_mysql_pool_opts(move |pool| {
            let limit = limit.clone();
            pool.after_connect(move |connection, _| {
                let limit = limit.clone();
                Box::pin(async move {
                    connection.execute(sea_orm::sqlx::AssertSqlSafe(limit)).await.map(|_| ())
                })
            })
        });
    }
    connect
}

/// One connection, always the same, to a server, for work that takes its time.
fn alone(options: &Options, url: &str) -> ConnectOptions {
    let options = Options { statement_timeout: Duration::ZERO, ..options.clone() };
    let mut connect = pool(&options, url, 1);
    connect.max_lifetime(None).idle_timeout(None);
    connect
}

/// Sets how long a statement may take, in MariaDB's way (any statement) and in MySQL's (those that
/// read). Each sees the other's as a comment.
fn mysql_limit(most: Duration) -> String {
    let (seconds, millis) = (most.as_secs(), most.as_millis());
    format!(
        "SET @session_history = 1 /*M!100101 , SESSION max_statement_time = {seconds} */ \
         /*!50708 , SESSION max_execution_time = {millis} */"
    )
}

fn sqlite(options: &Options, url: &str, connections: u32, reads_only: bool) -> ConnectOptions {
    let mut connect = common(url, options, connections);
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
