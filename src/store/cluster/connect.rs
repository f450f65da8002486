//! Opening the database that one or several URLs name.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    DatabaseConnection, DbBackend, SqlxMySqlConnector, SqlxPostgresConnector, SqlxSqliteConnector,
    sqlx::{AssertSqlSafe, Connection, Database, Executor, Pool, pool::PoolOptions},
};

use super::{
    failure::none_up,
    fair_queue::Share,
    host::{Host, Server},
    hosts::Hosts,
    observer::Observers,
    pool::PoolSettings,
    read_pool::ReadPool,
    session_settings::SessionSettings,
    sqlite_file,
    timeouts::{PING_AFTER_IDLE, PING_TIMEOUT, Timeouts},
    urls::{self, Engine, Pooling, ServerOptions},
    wait,
    watched_file::WatchedFile,
};
use crate::error::{Error, Result};

/// The maximum number of connections for writes: imports, mutations, and the last use of keys.
const MAX_WRITERS: u32 = 4;

/// How the database is opened.
#[derive(Clone)]
pub struct Options {
    /// A `sqlite:`, `postgres:` or `mysql:` URL. Or, separated by commas, the URLs of equal servers,
    /// of which the first that is up is used.
    pub url: String,
    /// The URLs of replicas of the same kind, separated by commas. They are read first.
    pub read_url: String,
    /// The maximum number of connections to a host for single reads.
    pub readers: u32,
    /// The maximum number of connections to a host for exports.
    pub exports: u32,
    /// How long a request waits for a free connection.
    pub acquire_timeout: Duration,
    /// How long a server works on one statement. Zero is no limit.
    pub statement_timeout: Duration,
    /// How long the start waits for a server that does not answer.
    pub start_wait: Duration,
    /// How a pooler between the gateway and PostgreSQL gives its connections to clients.
    pub pooling: Pooling,
    /// Whether an SQLite database is made if its file does not exist.
    pub create: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            url: "sqlite:session-history.sqlite3".into(),
            read_url: String::new(),
            readers: 8,
            exports: 8,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            start_wait: Duration::from_secs(30),
            pooling: Pooling::Session,
            create: true,
        }
    }
}

impl Options {
    /// The kind of database that the URLs name.
    ///
    /// # Errors
    /// When a URL has another kind, or none.
    pub fn engine(&self) -> Result<Engine> {
        urls::engine_of(&[urls::split(&self.url), urls::split(&self.read_url)].concat())
    }
}

impl std::fmt::Debug for Options {
    /// Leaves out the URLs, which may contain passwords.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Options").finish_non_exhaustive()
    }
}

/// Opens the database. Makes the file of an SQLite database, and waits for a server.
///
/// # Errors
/// When the URLs are wrong, or the database cannot be used.
pub(in crate::store) async fn connect(options: &Options) -> Result<Hosts> {
    let (urls, read_urls) = (urls::split(&options.url), urls::split(&options.read_url));
    let engine = options.engine()?;
    if engine != Engine::Postgres && options.pooling == Pooling::Transaction {
        return Err(Error::input("Only PostgreSQL can be used with transaction pooling."));
    }
    let observers = Observers::default();
    match (engine, &urls[..]) {
        (Engine::Sqlite, [url]) if read_urls.is_empty() => {
            let host = file(options, url, &observers, None).await?;
            Ok(Hosts::new(DbBackend::Sqlite, Vec::new(), vec![host], observers))
        }
        (Engine::Sqlite, _) => {
            Err(Error::input("An SQLite database is one file, without replicas."))
        }
        (Engine::Postgres | Engine::MySql, []) => {
            Err(Error::input("There is a URL to read from and none to write to."))
        }
        (Engine::Postgres | Engine::MySql, _) => {
            let servers = |urls: &[&str]| -> Result<Vec<Host>> {
                urls.iter().map(|url| server(options, engine, url, &observers)).collect()
            };
            let (replicas, primaries) = (servers(&read_urls)?, servers(&urls)?);
            let backend =
                if engine == Engine::MySql { DbBackend::MySql } else { DbBackend::Postgres };
            let hosts = Hosts::new(backend, replicas, primaries, observers.clone());
            wait::wait(&hosts, options.start_wait, options.pooling).await?;
            Ok(hosts)
        }
    }
}

/// Opens the file at the path of an earlier one that was replaced or damaged.
///
/// # Errors
/// When there is no file, or it is not a whole database of the gateway, and what to do.
pub(in crate::store) async fn reopen(options: &Options, earlier: &Hosts) -> Result<Hosts> {
    let Some(before) = earlier.file() else { return Err(none_up()) };
    let found = WatchedFile::open(before.path(), Some(before));
    let found = found.map_err(|failure| Error::input(format!("it cannot be opened: {failure}")))?;
    found.check_successor(before).map_err(Error::input)?;
    earlier.close().await;
    let observers = &earlier.observers;
    let host = file(options, options.url.trim(), observers, Some(found)).await?;
    Ok(Hosts::new(DbBackend::Sqlite, Vec::new(), vec![host], observers.clone()).after(earlier))
}

async fn file(
    options: &Options,
    url: &str,
    observers: &Observers,
    reopened: Option<WatchedFile>,
) -> Result<Host> {
    let file = sqlite_file::options(url)?;
    let settings = pool_settings(options, Engine::Sqlite, observers);
    let watched = match reopened {
        Some(watched) => watched,
        None => sqlite_file::make(&file, options.create).await?,
    };
    let writer = sqlite_file::open_writer(&file, options.acquire_timeout).await?;
    let reader = sqlite_file::reader_options(&file);
    Ok(Host {
        reads: ReadPool::of_file(reader.clone(), options.readers, Share::TwoThirds, &settings),
        exports: ReadPool::of_file(reader, options.exports, Share::Half, &settings),
        writes: observed(SqlxSqliteConnector::from_sqlx_sqlite_pool(writer), observers),
        session: settings.session,
        server: None,
        file: Some(Arc::new(watched)),
        observers: observers.clone(),
    })
}

fn server(options: &Options, engine: Engine, url: &str, observers: &Observers) -> Result<Host> {
    let server = ServerOptions::parse(engine, url)?.for_pooling(options.pooling);
    let settings = pool_settings(options, engine, observers);
    let (wait, session) = (options.acquire_timeout, settings.session.clone());
    let writes = match &server {
        ServerOptions::Postgres(server) => SqlxPostgresConnector::from_sqlx_postgres_pool(
            write_pool(wait, &session, (**server).clone()),
        ),
        ServerOptions::MySql(server) => {
            SqlxMySqlConnector::from_sqlx_mysql_pool(write_pool(wait, &session, (**server).clone()))
        }
    };
    Ok(Host {
        reads: ReadPool::of_server(&server, options.readers, Share::TwoThirds, &settings),
        exports: ReadPool::of_server(&server, options.exports, Share::Half, &settings),
        writes: observed(writes, observers),
        session,
        server: Some(Server::new(server)),
        file: None,
        observers: observers.clone(),
    })
}

fn pool_settings(options: &Options, engine: Engine, observers: &Observers) -> PoolSettings {
    let statement = Some(options.statement_timeout).filter(|time| !time.is_zero());
    let is_server = engine != Engine::Sqlite;
    PoolSettings {
        session: SessionSettings::new(engine, options.pooling, options.statement_timeout),
        timeouts: Timeouts {
            connection: options.acquire_timeout,
            statement,
            answer: statement.filter(|_| is_server).map(|limit| limit + PING_TIMEOUT),
        },
        observers: observers.clone(),
    }
}

/// A pool of connections that write to a server. They are made when they are needed, since the
/// server may be down.
fn write_pool<D: Database>(
    wait: Duration,
    session: &SessionSettings,
    options: <D::Connection as Connection>::Options,
) -> Pool<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
{
    let pool = PoolOptions::<D>::new()
        .max_connections(MAX_WRITERS)
        .acquire_timeout(wait)
        .test_before_acquire(false)
        .before_acquire(|connection, metadata| {
            Box::pin(async move {
                if metadata.idle_for >= PING_AFTER_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        });
    prepared_by(pool, session.on_connect_to_write.clone()).connect_lazy_with(options)
}

/// Runs SQL on each new connection of a pool.
fn prepared_by<D: Database>(pool: PoolOptions<D>, sql: Option<String>) -> PoolOptions<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
{
    pool.after_connect(move |connection, _| {
        let sql = sql.clone();
        Box::pin(async move {
            if let Some(sql) = sql {
                connection.execute(AssertSqlSafe(sql)).await?;
            }
            Ok(())
        })
    })
}

/// A connection without a limit on the time of a statement, always the same, to a MySQL or MariaDB
/// server.
pub(in crate::store) fn unlimited_connection(host: &Host) -> Option<DatabaseConnection> {
    let Some(ServerOptions::MySql(options)) = host.server.as_ref().map(Server::options) else {
        return None;
    };
    let session = SessionSettings::new(Engine::MySql, Pooling::Session, Duration::ZERO);
    let settings = session.on_connect;
    let pool = PoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let pool = prepared_by(pool, settings).connect_lazy_with((**options).clone());
    Some(SqlxMySqlConnector::from_sqlx_mysql_pool(pool))
}

/// Reports each statement of a connection.
fn observed(mut connection: DatabaseConnection, observers: &Observers) -> DatabaseConnection {
    let observers = observers.clone();
    connection.set_metric_callback(move |statement| {
        let (duration, failed) = (statement.elapsed, statement.failed);
        observers.report_statement(statement.statement, duration, None, failed);
    });
    connection
}
