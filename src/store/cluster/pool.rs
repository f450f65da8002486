//! A pool of read connections of one driver.
//!
//! The driver's own pool pings each connection that it gets back, in a task of its own: a round trip
//! and a task for every statement. This one pings a connection only after it was idle.

use std::{
    io::ErrorKind,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sea_orm::{
    DbErr, QueryResult, SqlxError, Statement, Values,
    sqlx::{
        self, AssertSqlSafe, ConnectOptions, Connection, Executor, IntoArguments,
        database::HasStatementCache,
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::{
    runtime::Handle,
    time::{Instant, timeout},
};

use super::{
    cancel::{Cancel, SpareConnection},
    failure::{FailureKind, failure_kind, not_connected, statement_failed},
    fair_queue::{Account, FairPermit, FairQueue, NoPermit, Share},
    observer::Observers,
    session_settings::SessionSettings,
    timeouts::{MAX_LIFETIME, PING_AFTER_IDLE, PING_TIMEOUT, Timeouts},
};

mod connection;

use connection::{OpenConnection, PooledConnection};

/// The connections of a pool, and how they are made.
pub(in crate::store) struct ConnectionPool<D: Cancel> {
    options: <D::Connection as Connection>::Options,
    settings: PoolSettings,
    idle: Mutex<Vec<IdleConnection<D>>>,
    /// One for each connection that may exist.
    permits: Arc<FairQueue>,
    /// Cancels the statements of the others.
    spare: Arc<SpareConnection<D>>,
}

/// The settings of a pool.
#[derive(Clone)]
pub(super) struct PoolSettings {
    pub(super) session: SessionSettings,
    pub(super) timeouts: Timeouts,
    pub(super) observers: Observers,
}

struct IdleConnection<D: Cancel> {
    open: OpenConnection<D>,
    idle_since: Instant,
}

/// A read transaction on a connection of its own.
pub(in crate::store) struct PoolTransaction<D: Cancel> {
    pool: Arc<ConnectionPool<D>>,
    /// None after a failure.
    connection: tokio::sync::Mutex<Option<PooledConnection<D>>>,
}

impl<D: Cancel + HasStatementCache> ConnectionPool<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    SqlxValues: IntoArguments<D>,
    D::Row: Into<QueryResult>,
{
    /// An empty pool of at most `size` connections.
    pub(super) fn new(
        options: <D::Connection as Connection>::Options,
        size: u32,
        share: Share,
        settings: PoolSettings,
    ) -> Arc<Self> {
        let permits = FairQueue::new(size, share);
        let spare = Arc::new(SpareConnection::new(options.clone()));
        Arc::new(Self { options, settings, idle: Mutex::default(), permits, spare })
    }

    /// Returns all rows of a statement.
    pub(super) async fn all(
        &self,
        account: Account,
        statement: Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let mut connection = self.acquire(account).await?;
        let rows = self.run(&mut connection, statement).await;
        if rows.is_ok() {
            self.release(connection);
        }
        rows
    }

    /// Begins a transaction with these statements.
    pub(super) async fn begin(
        self: &Arc<Self>,
        account: Account,
        statements: &'static str,
    ) -> Result<PoolTransaction<D>, DbErr> {
        let mut connection = self.acquire(account).await?;
        let begun = self.execute(&mut connection, self.with_settings(statements)).await;
        self.close_idle_if_lost(&begun);
        begun?;
        Ok(PoolTransaction {
            pool: self.clone(),
            connection: tokio::sync::Mutex::new(Some(connection)),
        })
    }

    /// Closes all idle connections, and refuses new ones.
    pub(super) async fn close(&self) {
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle());
        for IdleConnection { open, .. } in idle {
            in_time(open.connection.close()).await;
        }
        self.spare.close().await;
    }

    /// Runs a statement, in a transaction of its own where the settings ask for one.
    async fn run(
        &self,
        connection: &mut PooledConnection<D>,
        statement: Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let rows = if self.settings.session.on_begin.is_some() {
            self.run_in_transaction(connection, statement).await
        } else {
            self.fetch(connection, statement).await
        };
        self.close_idle_if_lost(&rows);
        rows
    }

    async fn run_in_transaction(
        &self,
        connection: &mut PooledConnection<D>,
        statement: Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        self.execute(connection, self.with_settings("BEGIN READ ONLY")).await?;
        let rows = self.fetch(connection, statement).await?;
        self.execute(connection, "COMMIT".to_owned()).await?;
        Ok(rows)
    }

    async fn fetch(
        &self,
        connection: &mut PooledConnection<D>,
        mut statement: Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let observers = &self.settings.observers;
        let values =
            if observers.is_empty() { statement.values.take() } else { statement.values.clone() };
        let values = values.unwrap_or_else(|| Values(Vec::new()));
        let query = sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
            .persistent(self.settings.session.on_begin.is_none());
        let limit = self.settings.timeouts.statement;
        let start = Instant::now();
        let open = connection.begin_statement(limit)?;
        let rows = self.wait(query.fetch_all(&mut open.connection)).await;
        connection.end_statement(&rows);
        let count = rows.as_ref().map(Vec::len).ok();
        observers.report_statement(&statement, start.elapsed(), count, rows.is_err());
        let rows = rows.map_err(statement_failed)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    async fn execute(
        &self,
        connection: &mut PooledConnection<D>,
        sql: String,
    ) -> Result<(), DbErr> {
        let open = connection.begin_statement(None)?;
        let done = self.wait(open.connection.execute(AssertSqlSafe(sql))).await;
        connection.end_statement(&done);
        done.map(drop).map_err(statement_failed)
    }

    fn with_settings(&self, begin: &'static str) -> String {
        match &self.settings.session.on_begin {
            Some(settings) => format!("{begin}; {settings}"),
            None => begin.to_owned(),
        }
    }

    /// Waits for the server's answer to a statement. If the server does not even report that it
    /// cancelled the statement, the connection is lost.
    async fn wait<T>(
        &self,
        answer: impl Future<Output = Result<T, SqlxError>>,
    ) -> Result<T, SqlxError> {
        match self.settings.timeouts.answer {
            Some(longest) => timeout(longest, answer)
                .await
                .unwrap_or_else(|_| Err(SqlxError::Io(ErrorKind::TimedOut.into()))),
            None => answer.await,
        }
    }

    /// Returns an idle connection that works, or a new one.
    async fn acquire(&self, account: Account) -> Result<PooledConnection<D>, DbErr> {
        let permit = self.permits.acquire(account, self.settings.timeouts.connection).await;
        let permit = permit.map_err(|reason| match reason {
            NoPermit::Closed => not_connected(SqlxError::PoolClosed),
            NoPermit::TimedOut => not_connected(SqlxError::PoolTimedOut),
        })?;
        let newest = self.idle().pop();
        if let Some(IdleConnection { mut open, idle_since }) = newest {
            if idle_since.elapsed() < PING_AFTER_IDLE || in_time(open.connection.ping()).await {
                return Ok(self.pooled(open, permit));
            }
            self.idle().clear();
        }
        // Its future is large, and most reads need no new connection.
        let open = Box::pin(self.connect()).await.map_err(not_connected)?;
        Ok(self.pooled(open, permit))
    }

    fn pooled(&self, open: OpenConnection<D>, permit: FairPermit) -> PooledConnection<D> {
        let spare = self.spare.clone();
        PooledConnection { open: Some(open), permit: Some(permit), is_running: false, spare }
    }

    async fn connect(&self) -> Result<OpenConnection<D>, SqlxError> {
        let mut connection = self.options.connect().await?;
        let session = &self.settings.session;
        if let Some(settings) = &session.on_connect {
            connection.execute(AssertSqlSafe(settings.as_str())).await?;
        }
        let target = match session.on_begin {
            None => Some(D::target(&mut connection).await?),
            Some(_) => None,
        };
        Ok(OpenConnection { connection, created: Instant::now(), target })
    }

    /// Closes the idle connections after one was lost: what broke it, such as a restart of the
    /// server, broke them too.
    fn close_idle_if_lost<T>(&self, result: &Result<T, DbErr>) {
        if result.as_ref().is_err_and(|failure| failure_kind(failure) == FailureKind::Lost) {
            self.idle().clear();
        }
    }

    fn release(&self, mut connection: PooledConnection<D>) {
        if let Some(open) = connection.open.take()
            && open.created.elapsed() < MAX_LIFETIME
            && !self.permits.is_closed()
        {
            self.idle().push(IdleConnection { open, idle_since: Instant::now() });
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<IdleConnection<D>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Cancel + HasStatementCache> PoolTransaction<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    SqlxValues: IntoArguments<D>,
    D::Row: Into<QueryResult>,
{
    /// Returns all rows of a statement of the transaction.
    pub(super) async fn all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut slot = self.connection.lock().await;
        let Some(mut connection) = slot.take() else {
            return Err(DbErr::Custom("an earlier statement of the transaction failed".into()));
        };
        let rows = self.pool.fetch(&mut connection, statement).await;
        self.pool.close_idle_if_lost(&rows);
        if rows.is_ok() {
            *slot = Some(connection);
        }
        rows
    }

    /// Ends the transaction and returns its connection to the pool, in a task of its own.
    pub(super) fn end(&mut self) {
        let (connection, runtime) = (self.connection.get_mut().take(), Handle::try_current());
        if let (Some(mut connection), Ok(runtime)) = (connection, runtime) {
            let pool = self.pool.clone();
            runtime.spawn(async move {
                if pool.execute(&mut connection, "ROLLBACK".to_owned()).await.is_ok() {
                    pool.release(connection);
                }
            });
        }
    }
}

/// Whether an operation succeeds within [`PING_TIMEOUT`].
async fn in_time<T>(operation: impl Future<Output = Result<T, SqlxError>>) -> bool {
    timeout(PING_TIMEOUT, operation).await.is_ok_and(|done| done.is_ok())
}
