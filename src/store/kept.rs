//! Connections that read, kept from one statement to the next.
//!
//! The driver's pool asks each connection that it gets back whether it still works, in a task of
//! its own: a round trip and a task for every statement, which can cost as much as the statement.
//! So connections go back to it only when anything went wrong, or once in a while.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sea_orm::{
    DatabaseConnection, DbBackend, DbErr, QueryResult, RuntimeErr, SqlxError, Statement,
    sqlx::{
        self, AssertSqlSafe, Connection, Database, Executor, IntoArguments, MySql, Pool, Postgres,
        Sqlite, pool::PoolConnection,
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout},
};

/// How long a connection may rest before it is asked whether it still works.
const REST: Duration = Duration::from_secs(1);
/// How long a connection is kept before the pool sees it again, whose rules of age then apply.
const STAY: Duration = Duration::from_secs(60);

/// Connections to a database of one kind.
pub(super) enum Kept {
    Sqlite(Shelf<Sqlite>),
    Postgres(Shelf<Postgres>),
    MySql(Shelf<MySql>),
}

/// Connections out of a pool that nobody else takes from.
pub(super) struct Shelf<D: Database> {
    pool: Pool<D>,
    idle: Mutex<Vec<Idle<D>>>,
    /// One permit for each connection of the pool.
    permits: Semaphore,
    wait: Duration,
}

struct Idle<D: Database> {
    connection: PoolConnection<D>,
    taken: Instant,
    since: Instant,
}

impl Kept {
    /// The connections of a pool with at most so many, for each of which a statement waits so long.
    pub(super) fn of(pool: &DatabaseConnection, most: u32, wait: Duration) -> Self {
        match pool.get_database_backend() {
            DbBackend::Postgres => {
                Self::Postgres(Shelf::of(pool.get_postgres_connection_pool(), most, wait))
            }
            DbBackend::MySql => {
                Self::MySql(Shelf::of(pool.get_mysql_connection_pool(), most, wait))
            }
            _ => Self::Sqlite(Shelf::of(pool.get_sqlite_connection_pool(), most, wait)),
        }
    }

    /// All rows of a statement.
    pub(super) async fn all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(shelf) => shelf.all(statement).await,
            Self::Postgres(shelf) => shelf.all(statement).await,
            Self::MySql(shelf) => shelf.all(statement).await,
        }
    }
}

impl<D: Database> Shelf<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    SqlxValues: IntoArguments<D>,
    D::Row: Into<QueryResult>,
{
    fn of(pool: &Pool<D>, most: u32, wait: Duration) -> Self {
        let permits = Semaphore::new(most as usize);
        Self { pool: pool.clone(), idle: Mutex::default(), permits, wait }
    }

    async fn all(
        &self,
        Statement { sql, values, .. }: Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let _permit = self.permit().await?;
        let (mut connection, taken) = self.take().await.map_err(connecting)?;
        let values = SqlxValues(values.unwrap_or_else(|| sea_orm::Values(Vec::new())));
        // A connection that is dropped, be it in the midst of a statement, is put right by the pool.
        match sqlx::query_with(AssertSqlSafe(sql), values).fetch_all(&mut *connection).await {
            Ok(rows) => {
                self.put(connection, taken);
                Ok(rows.into_iter().map(Into::into).collect())
            }
            Err(failure) => {
                if !matches!(failure, SqlxError::Database(_)) {
                    // What broke this connection may have broken them all.
                    self.idle().clear();
                }
                Err(DbErr::Query(RuntimeErr::SqlxError(failure.into())))
            }
        }
    }

    /// The right to a connection.
    async fn permit(&self) -> Result<SemaphorePermit<'_>, DbErr> {
        if let Ok(permit) = self.permits.try_acquire() {
            return Ok(permit);
        }
        match timeout(self.wait, self.permits.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(connecting(SqlxError::PoolClosed)),
            Err(_) => Err(connecting(SqlxError::PoolTimedOut)),
        }
    }

    /// A connection that works, as far as is known, and since when it has been kept.
    async fn take(&self) -> Result<(PoolConnection<D>, Instant), SqlxError> {
        while let Some(Idle { mut connection, taken, since }) = self.pop() {
            if since.elapsed() < REST || connection.ping().await.is_ok() {
                return Ok((connection, taken));
            }
        }
        Ok((self.pool.acquire().await?, Instant::now()))
    }

    fn pop(&self) -> Option<Idle<D>> {
        self.idle().pop()
    }

    fn put(&self, connection: PoolConnection<D>, taken: Instant) {
        if taken.elapsed() < STAY {
            self.idle().push(Idle { connection, taken, since: Instant::now() });
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle<D>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connecting(failure: SqlxError) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(failure.into()))
}
