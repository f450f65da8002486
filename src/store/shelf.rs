//! Connections of one driver, kept from one statement to the next.

use std::{
    io::ErrorKind,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sea_orm::{
    DbErr, QueryResult, RuntimeErr, SqlxError, Statement, Values,
    sqlx::{self, AssertSqlSafe, Connection, Database, Executor, IntoArguments, Pool},
};
use sea_query_sqlx::SqlxValues;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

use super::failure::{Kind, kind};

/// How long a connection may rest before it is asked whether it still works.
const REST: Duration = Duration::from_secs(1);
/// How long a connection may take to say that it still works. One that a firewall forgot says
/// nothing for minutes.
const ANSWER: Duration = Duration::from_secs(1);
/// How long a connection is kept, since a server's side of it grows with what it has seen.
const STAY: Duration = Duration::from_secs(30 * 60);

/// Connections that a pool made.
pub(super) struct Shelf<D: Database> {
    pool: Pool<D>,
    idle: Mutex<Vec<Idle<D>>>,
    /// One for each connection that there may be.
    permits: Arc<Semaphore>,
    patience: Patience,
}

/// How long is waited.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For one of the connections.
    pub(super) connection: Duration,
    /// For a server that works on a statement, which it then cuts off by itself. For ever, if none.
    pub(super) statement: Option<Duration>,
}

impl Patience {
    /// Waits for the server's answer to a statement. Where not even the end of its work is heard
    /// of, nobody is at the other end.
    async fn wait<T>(self, answer: impl Future<Output = Result<T, SqlxError>>) -> Result<T, DbErr> {
        let answer = match self.statement {
            Some(longest) => timeout(longest + ANSWER, answer)
                .await
                .unwrap_or_else(|_| Err(SqlxError::Io(ErrorKind::TimedOut.into()))),
            None => answer.await,
        };
        answer.map_err(asking)
    }
}

struct Idle<D: Database> {
    connection: D::Connection,
    made: Instant,
    since: Instant,
}

/// A connection that is at work. Dropped before it is back, be it in the midst of a statement, it
/// is closed.
struct Lent<D: Database> {
    connection: D::Connection,
    made: Instant,
    _permit: OwnedSemaphorePermit,
}

/// A connection with a transaction that reads.
pub(super) struct Held<D: Database> {
    shelf: Arc<Shelf<D>>,
    /// Gone once anything went wrong with it.
    lent: tokio::sync::Mutex<Option<Lent<D>>>,
}

impl<D: Database> Shelf<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    SqlxValues: IntoArguments<D>,
    D::Row: Into<QueryResult>,
{
    /// At most so many connections of a pool.
    pub(super) fn of(pool: &Pool<D>, most: u32, patience: Patience) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(most as usize));
        Arc::new(Self { pool: pool.clone(), idle: Mutex::default(), permits, patience })
    }

    /// All rows of a statement.
    pub(super) async fn all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut lent = self.take().await?;
        let rows = lent.all(statement, self.patience).await;
        self.look_at(&rows);
        if rows.is_ok() {
            self.put(lent);
        }
        rows
    }

    /// A transaction, begun with these statements.
    pub(super) async fn begin(
        self: &Arc<Self>,
        statements: &[&'static str],
    ) -> Result<Held<D>, DbErr> {
        let mut lent = self.take().await?;
        for statement in statements {
            let begun = self.patience.wait(lent.connection.execute(*statement)).await;
            self.look_at(&begun);
            begun?;
        }
        Ok(Held { shelf: self.clone(), lent: tokio::sync::Mutex::new(Some(lent)) })
    }

    /// A connection that works, as far as is known.
    async fn take(&self) -> Result<Lent<D>, DbErr> {
        let permit = match self.permits.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => match timeout(self.patience.connection, self.permits.clone().acquire_owned())
                .await
            {
                Ok(Ok(permit)) => permit,
                Ok(Err(_)) => return Err(connecting(SqlxError::PoolClosed)),
                Err(_) => return Err(connecting(SqlxError::PoolTimedOut)),
            },
        };
        if let Some(Idle { mut connection, made, since }) = self.pop() {
            if since.elapsed() < REST || in_time(connection.ping()).await {
                return Ok(Lent { connection, made, _permit: permit });
            }
            self.idle().clear();
        }
        // The pool asks those that it gets back whether they still work, in a task of its own: a
        // round trip and a task for every statement. So it does not get this one back.
        let connection = self.pool.acquire().await.map_err(connecting)?.detach();
        Ok(Lent { connection, made: Instant::now(), _permit: permit })
    }

    /// What broke one connection, such as a restart of the server, may have broken them all.
    fn look_at<T>(&self, outcome: &Result<T, DbErr>) {
        if outcome.as_ref().is_err_and(|failure| kind(failure) == Kind::Lost) {
            self.idle().clear();
        }
    }

    fn pop(&self) -> Option<Idle<D>> {
        self.idle().pop()
    }

    fn put(&self, Lent { connection, made, .. }: Lent<D>) {
        if made.elapsed() < STAY {
            self.idle().push(Idle { connection, made, since: Instant::now() });
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle<D>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Database> Lent<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    SqlxValues: IntoArguments<D>,
    D::Row: Into<QueryResult>,
{
    async fn all(
        &mut self,
        statement: Statement,
        patience: Patience,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let Statement { sql, values, .. } = statement;
        let values = SqlxValues(values.unwrap_or_else(|| Values(Vec::new())));
        let query = sqlx::query_with(AssertSqlSafe(sql), values);
        let rows = patience.wait(query.fetch_all(&mut self.connection)).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

impl<D: Database> Held<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    SqlxValues: IntoArguments<D>,
    D::Row: Into<QueryResult>,
{
    /// All rows of a statement of the transaction.
    pub(super) async fn all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut place = self.lent.lock().await;
        let Some(mut lent) = place.take() else {
            return Err(DbErr::Custom("a statement of the snapshot failed before".into()));
        };
        let rows = lent.all(statement, self.shelf.patience).await;
        self.shelf.look_at(&rows);
        if rows.is_ok() {
            *place = Some(lent);
        }
        rows
    }

    /// Ends the transaction and gives the connection back.
    pub(super) fn end(&mut self) {
        let (lent, runtime) = (self.lent.get_mut().take(), Handle::try_current());
        if let (Some(mut lent), Ok(runtime)) = (lent, runtime) {
            let shelf = self.shelf.clone();
            runtime.spawn(async move {
                if in_time(lent.connection.execute("ROLLBACK")).await {
                    shelf.put(lent);
                }
            });
        }
    }
}

/// Whether an order succeeds, and that within [`ANSWER`].
async fn in_time<T>(order: impl Future<Output = Result<T, SqlxError>>) -> bool {
    timeout(ANSWER, order).await.is_ok_and(|done| done.is_ok())
}

fn connecting(failure: SqlxError) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(failure.into()))
}

fn asking(failure: SqlxError) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(failure.into()))
}
