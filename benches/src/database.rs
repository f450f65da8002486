//! PostgreSQL and SQLite behind one small trait, over sqlx's own types of each.
//!
//! Values go in by place (`$1`, which sqlx knows on both) and come out by place, texts borrowed
//! from the row. Statements are prepared once a connection and kept.

use std::{sync::Arc, time::Duration};

use futures_util::stream::BoxStream;
use sqlx::{
    AssertSqlSafe, Connection, Executor, Postgres, Row as _, Sqlite, Transaction,
    pool::{PoolConnection, PoolOptions},
    postgres::{PgConnectOptions, PgPool, PgRow},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteRow},
};

/// What a database call comes to.
pub type Result<T> = std::result::Result<T, sqlx::Error>;

/// A value of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A number.
    Int(i64),
    /// A number or null.
    MaybeInt(Option<i64>),
    /// A text.
    Text(&'a str),
    /// A text or null.
    MaybeText(Option<&'a str>),
    /// Numbers to look a column up in, with [`Database::among`].
    Ids(&'a [i64]),
}

/// A row that was read.
pub trait Row: Send + Sync + Unpin + 'static {
    /// A number.
    fn int(&self, column: usize) -> Result<i64>;
    /// A number or null.
    fn maybe_int(&self, column: usize) -> Result<Option<i64>>;
    /// A text.
    fn text(&self, column: usize) -> Result<&str>;
    /// A text or null.
    fn maybe_text(&self, column: usize) -> Result<Option<&str>>;
}

/// A pool of connections to a database of one kind.
#[expect(async_fn_in_trait, reason = "implemented and used in this suite alone")]
pub trait Database: Clone + Send + Sync + 'static {
    /// Whether rows of many ids come in the order of an index at no cost.
    const ORDERS_FOR_FREE: bool;
    /// A row.
    type Row: Row;
    /// A single connection.
    type Session: Send;
    /// A connection out of the pool.
    type Pooled: std::ops::DerefMut<Target = Self::Session> + Send + 'static;
    /// A transaction that sees one state.
    type Snapshot: std::ops::DerefMut<Target = Self::Session> + Send + 'static;

    /// Opens a pool of so many connections, which only read or also write.
    fn open(url: &str, connections: u32, reads_only: bool) -> impl Future<Output = Result<Self>>;
    /// A connection out of the pool.
    fn connection(&self) -> impl Future<Output = Result<Self::Pooled>> + Send;
    /// A transaction that reads one state.
    fn snapshot(&self) -> impl Future<Output = Result<Self::Snapshot>> + Send;
    /// A transaction that writes.
    async fn begin(&self) -> Result<Self::Snapshot>;
    /// Keeps what a transaction wrote.
    async fn commit(transaction: Self::Snapshot) -> Result<()>;
    /// Closes every connection.
    async fn close(&self);
    /// All rows of a select.
    fn rows(
        session: &mut Self::Session,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Self::Row>>> + Send;
    /// The rows of a select one by one.
    fn stream<'s>(
        session: &'s mut Self::Session,
        sql: Arc<str>,
        values: &[Value<'s>],
    ) -> BoxStream<'s, Result<Self::Row>>;
    /// Runs a statement that answers nothing.
    async fn execute(
        session: &mut Self::Session,
        sql: Arc<str>,
        values: &[Value<'_>],
    ) -> Result<()>;
    /// The first of these statements on PostgreSQL, the second on SQLite, which spell a list of
    /// ids differently.
    fn among(postgres: &'static str, sqlite: &'static str) -> &'static str;
}

macro_rules! row {
    ($row:ty) => {
        impl Row for $row {
            fn int(&self, column: usize) -> Result<i64> {
                self.try_get(column)
            }

            fn maybe_int(&self, column: usize) -> Result<Option<i64>> {
                self.try_get(column)
            }

            fn text(&self, column: usize) -> Result<&str> {
                self.try_get(column)
            }

            fn maybe_text(&self, column: usize) -> Result<Option<&str>> {
                self.try_get(column)
            }
        }
    };
}

row!(PgRow);
row!(SqliteRow);

/// What is the same in the code of both kinds, whose types sqlx keeps apart.
macro_rules! same_for {
    ($engine:ty) => {
        type Session = <$engine as sqlx::Database>::Connection;
        type Pooled = PoolConnection<$engine>;
        type Snapshot = Transaction<'static, $engine>;

        async fn connection(&self) -> Result<Self::Pooled> {
            self.acquire().await
        }

        async fn commit(transaction: Self::Snapshot) -> Result<()> {
            transaction.commit().await
        }

        async fn close(&self) {
            self.close().await;
        }

        async fn rows(
            session: &mut Self::Session,
            sql: &'static str,
            values: &[Value<'_>],
        ) -> Result<Vec<Self::Row>> {
            bind!(sqlx::query::<$engine>(sql), values, $engine).fetch_all(session).await
        }

        fn stream<'s>(
            session: &'s mut Self::Session,
            sql: Arc<str>,
            values: &[Value<'s>],
        ) -> BoxStream<'s, Result<Self::Row>> {
            session.fetch(bind!(sqlx::query::<$engine>(AssertSqlSafe(sql)), values, $engine))
        }

        async fn execute(
            session: &mut Self::Session,
            sql: Arc<str>,
            values: &[Value<'_>],
        ) -> Result<()> {
            let query = sqlx::query::<$engine>(AssertSqlSafe(sql));
            bind!(query, values, $engine).execute(session).await.map(drop)
        }
    };
}

macro_rules! bind {
    ($query:expr, $values:expr, $engine:ty) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Int(number) => query.bind(*number),
                Value::MaybeInt(number) => query.bind(*number),
                Value::Text(text) => query.bind(*text),
                Value::MaybeText(text) => query.bind(*text),
                Value::Ids(ids) => query.bind(<$engine as Ids>::ids(ids)),
            };
        }
        query
    }};
}

/// How a list of ids is bound.
trait Ids {
    type Bound;
    fn ids(ids: &[i64]) -> Self::Bound;
}

impl Ids for Postgres {
    type Bound = Vec<i64>;

    fn ids(ids: &[i64]) -> Vec<i64> {
        ids.to_vec()
    }
}

impl Ids for Sqlite {
    type Bound = String;

    fn ids(ids: &[i64]) -> String {
        let mut text = String::with_capacity(2 + 12 * ids.len());
        for id in ids {
            text.push(if text.is_empty() { '[' } else { ',' });
            text.push_str(&id.to_string());
        }
        text.push_str(if text.is_empty() { "[]" } else { "]" });
        text
    }
}

impl Database for PgPool {
    const ORDERS_FOR_FREE: bool = false;
    type Row = PgRow;

    async fn open(url: &str, connections: u32, _reads_only: bool) -> Result<Self> {
        let options: PgConnectOptions = url.parse()?;
        // A connection that broke shows at its next use; asking it beforehand is a round trip.
        let pool = PoolOptions::new().max_connections(connections).test_before_acquire(false);
        pool.acquire_timeout(Duration::from_secs(10)).connect_with(options).await
    }

    async fn snapshot(&self) -> Result<Self::Snapshot> {
        self.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    async fn begin(&self) -> Result<Self::Snapshot> {
        PgPool::begin(self).await
    }

    fn among(postgres: &'static str, _sqlite: &'static str) -> &'static str {
        postgres
    }

    same_for!(Postgres);
}

impl Database for SqlitePool {
    const ORDERS_FOR_FREE: bool = true;
    type Row = SqliteRow;

    async fn open(url: &str, connections: u32, reads_only: bool) -> Result<Self> {
        let options: SqliteConnectOptions = url.parse()?;
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(200);
        let options = if reads_only { options.pragma("query_only", "on") } else { options };
        let pool = PoolOptions::new().max_connections(connections).test_before_acquire(false);
        pool.acquire_timeout(Duration::from_secs(10)).connect_with(options).await
    }

    async fn snapshot(&self) -> Result<Self::Snapshot> {
        SqlitePool::begin(self).await
    }

    async fn begin(&self) -> Result<Self::Snapshot> {
        self.begin_with("BEGIN IMMEDIATE").await
    }

    fn among(_postgres: &'static str, sqlite: &'static str) -> &'static str {
        sqlite
    }

    same_for!(Sqlite);
}

/// Shows the number of the server's process that serves a connection, while it does.
///
/// # Errors
/// When the database cannot be reached, or whoever looks at the process fails.
pub async fn backend_process<T, E: From<sqlx::Error>>(
    url: &str,
    look: impl FnOnce(i32) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    let mut connection = sqlx::PgConnection::connect(url).await?;
    let process = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
    let seen = look(process)?;
    connection.close().await?;
    Ok(seen)
}

/// Runs statements one by one on a server.
///
/// # Errors
/// When the database cannot be reached, or refuses one.
pub async fn administer(url: &str, statements: &[String]) -> Result<()> {
    let mut connection = sqlx::PgConnection::connect(url).await?;
    for statement in statements {
        connection.execute(AssertSqlSafe(statement.as_str())).await?;
    }
    connection.close().await
}
