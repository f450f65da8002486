//! A pool of read connections of one driver.
//!
//! The driver's own pool pings each connection that it gets back, in a task of its own: a round trip
//! and a task for every statement. This one pings a connection only after it was idle.

use std::{
    io::ErrorKind,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sea_orm::{DbErr, SqlxError};
use tokio::{
    runtime::Handle,
    time::{Instant, timeout},
};

use super::{
    driver::ReadDriver,
    failure::{FailureKind, failure_kind, not_connected, statement_failed},
    fair_queue::{Account, FairPermit, FairQueue, NoPermit, PoolUsage, Share},
    observer::Observers,
    rows::Rows,
    session_settings::SessionSettings,
    statement::ReadStatement,
    timeouts::{MAX_IDLE, MAX_LIFETIME, PING_AFTER_IDLE, PING_TIMEOUT, Timeouts},
};
use crate::store::memory::Reservation;

mod connection;

use connection::{OpenConnection, PooledConnection};

/// The connections of a pool, and how they are made.
pub(in crate::store) struct ConnectionPool<D: ReadDriver> {
    options: D::Options,
    settings: PoolSettings,
    idle: Mutex<Vec<IdleConnection<D>>>,
    /// One for each connection that may exist.
    permits: Arc<FairQueue>,
    /// Cancels the statements of the others.
    canceller: Arc<D::Canceller>,
}

/// The settings of a pool.
#[derive(Clone)]
pub(super) struct PoolSettings {
    pub(super) session: SessionSettings,
    pub(super) timeouts: Timeouts,
    pub(super) observers: Observers,
}

struct IdleConnection<D: ReadDriver> {
    open: OpenConnection<D>,
    idle_since: Instant,
}

/// A read transaction on a connection of its own.
pub(in crate::store) struct PoolTransaction<D: ReadDriver> {
    pool: Arc<ConnectionPool<D>>,
    /// None after a failure.
    connection: tokio::sync::Mutex<Option<PooledConnection<D>>>,
}

impl<D: ReadDriver> ConnectionPool<D> {
    /// An empty pool of at most `size` connections.
    pub(super) fn new(
        options: D::Options,
        size: u32,
        share: Share,
        settings: PoolSettings,
    ) -> Arc<Self> {
        let permits = FairQueue::new(size, share);
        let canceller = Arc::new(D::canceller(&options));
        Arc::new(Self { options, settings, idle: Mutex::default(), permits, canceller })
    }

    /// Returns all rows of a statement.
    pub(super) async fn all(
        &self,
        account: Account,
        statement: ReadStatement,
        memory: Option<&Reservation>,
    ) -> Result<Rows, DbErr> {
        let permit = self.permit(account, None).await?;
        let mut connection = self.connection(permit).await?;
        let rows = self.run(&mut connection, statement, memory).await;
        if rows.is_ok() {
            self.release(connection);
        }
        rows
    }

    /// Waits for the permit to use a connection, for at most this time, or for that of a single read.
    pub(super) async fn permit(
        &self,
        account: Account,
        longest: Option<Duration>,
    ) -> Result<FairPermit, DbErr> {
        let longest = longest.unwrap_or(self.settings.timeouts.connection);
        let permit = self.permits.acquire(account, longest).await;
        permit.map_err(|reason| match reason {
            NoPermit::Closed => not_connected(SqlxError::PoolClosed),
            NoPermit::TimedOut => not_connected(SqlxError::PoolTimedOut),
        })
    }

    /// Begins a transaction with these statements.
    pub(super) async fn begin(
        self: &Arc<Self>,
        permit: FairPermit,
        statements: &'static str,
    ) -> Result<PoolTransaction<D>, DbErr> {
        let mut connection = self.connection(permit).await?;
        let begun = self.execute(&mut connection, self.with_settings(statements)).await;
        self.close_idle_if_lost(&begun);
        begun?;
        Ok(PoolTransaction {
            pool: self.clone(),
            connection: tokio::sync::Mutex::new(Some(connection)),
        })
    }

    /// How many connections are used.
    pub(super) fn usage(&self) -> PoolUsage {
        self.permits.usage()
    }

    /// Closes all idle connections, and refuses new ones.
    pub(super) async fn close(&self) {
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle());
        close(idle).await;
        D::close_canceller(&self.canceller).await;
    }

    /// Runs a statement, in a transaction of its own where the settings ask for one.
    async fn run(
        &self,
        connection: &mut PooledConnection<D>,
        statement: ReadStatement,
        memory: Option<&Reservation>,
    ) -> Result<Rows, DbErr> {
        let rows = if self.settings.session.on_begin.is_some() {
            self.run_in_transaction(connection, statement, memory).await
        } else {
            self.fetch(connection, statement, memory).await
        };
        self.close_idle_if_lost(&rows);
        rows
    }

    async fn run_in_transaction(
        &self,
        connection: &mut PooledConnection<D>,
        statement: ReadStatement,
        memory: Option<&Reservation>,
    ) -> Result<Rows, DbErr> {
        self.execute(connection, self.with_settings("BEGIN READ ONLY")).await?;
        let rows = self.fetch(connection, statement, memory).await?;
        self.execute(connection, "COMMIT".to_owned()).await?;
        Ok(rows)
    }

    async fn fetch(
        &self,
        connection: &mut PooledConnection<D>,
        statement: ReadStatement,
        memory: Option<&Reservation>,
    ) -> Result<Rows, DbErr> {
        let ReadStatement { mut statement, stays_prepared } = statement;
        let observers = &self.settings.observers;
        let values = if observers.take_values() { statement.values.clone() } else { None };
        let prepared = stays_prepared && self.settings.session.on_begin.is_none();
        let limit = self.settings.timeouts.statement;
        let start = Instant::now();
        let open = connection.begin_statement(limit)?;
        let rows = D::rows(&mut open.connection, &mut statement, prepared, memory.cloned());
        let rows = self.wait(rows).await;
        connection.end_statement(&rows);
        statement.values = values;
        let count = rows.as_ref().map(Rows::len).ok();
        observers.report_statement(&statement, start.elapsed(), count, rows.is_err());
        rows.map_err(statement_failed)
    }

    async fn execute(
        &self,
        connection: &mut PooledConnection<D>,
        sql: String,
    ) -> Result<(), DbErr> {
        let open = connection.begin_statement(None)?;
        let done = self.wait(D::execute(&mut open.connection, sql)).await;
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
    async fn connection(&self, permit: FairPermit) -> Result<PooledConnection<D>, DbErr> {
        let newest = self.idle().pop();
        if let Some(IdleConnection { mut open, idle_since }) = newest {
            if idle_since.elapsed() < PING_AFTER_IDLE
                || in_time(D::ping(&mut open.connection)).await
            {
                return Ok(self.pooled(open, permit));
            }
            self.idle().clear();
        }
        // Its future is large, and most reads need no new connection.
        let open = Box::pin(self.connect()).await.map_err(not_connected)?;
        Ok(self.pooled(open, permit))
    }

    fn pooled(&self, open: OpenConnection<D>, permit: FairPermit) -> PooledConnection<D> {
        let canceller = self.canceller.clone();
        PooledConnection { open: Some(open), permit: Some(permit), is_running: false, canceller }
    }

    async fn connect(&self) -> Result<OpenConnection<D>, SqlxError> {
        let mut connection = D::connect(&self.options).await?;
        let session = &self.settings.session;
        if let Some(settings) = &session.on_connect {
            D::execute(&mut connection, settings.clone()).await?;
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

    /// Makes a connection idle, and closes those that were not needed for long. Connections of a file that
    /// were needed once, by many requests at a time, would keep their memory.
    fn release(&self, mut connection: PooledConnection<D>) {
        let Some(open) = connection.open.take() else { return };
        let mut idle = self.idle();
        if open.created.elapsed() < MAX_LIFETIME && !self.permits.is_closed() {
            idle.push(IdleConnection { open, idle_since: Instant::now() });
        }
        // The one that was used last is used next, so the others are in the order of their last use.
        let unused = idle.iter().take_while(|it| it.idle_since.elapsed() >= MAX_IDLE).count();
        if unused > 0 {
            tokio::spawn(close(idle.drain(..unused).collect()));
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<IdleConnection<D>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: ReadDriver> PoolTransaction<D> {
    /// Returns all rows of a statement of the transaction.
    pub(super) async fn all(
        &self,
        statement: ReadStatement,
        memory: Option<&Reservation>,
    ) -> Result<Rows, DbErr> {
        let mut slot = self.connection.lock().await;
        let Some(mut connection) = slot.take() else {
            return Err(DbErr::Custom("an earlier statement of the transaction failed".into()));
        };
        let rows = self.pool.fetch(&mut connection, statement, memory).await;
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

async fn close<D: ReadDriver>(connections: Vec<IdleConnection<D>>) {
    for IdleConnection { open, .. } in connections {
        in_time(D::close(open.connection)).await;
    }
}

/// Whether an operation succeeds within [`PING_TIMEOUT`].
async fn in_time<T>(operation: impl Future<Output = Result<T, SqlxError>>) -> bool {
    timeout(PING_TIMEOUT, operation).await.is_ok_and(|done| done.is_ok())
}

#[cfg(test)]
mod tests;
