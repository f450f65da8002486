//! A connection of a pool, whose statement is cancelled when its caller leaves.

use std::{sync::Arc, time::Duration};

use sea_orm::{DbErr, SqlxError};
use tokio::{runtime::Handle, time::Instant};

use super::super::{driver::ReadDriver, failure::is_timeout, fair_queue::FairPermit};

/// A connection to the database.
pub(super) struct OpenConnection<D: ReadDriver> {
    pub(super) connection: D::Connection,
    pub(super) created: Instant,
    /// None behind a pooler, where the next statement may run on another connection.
    pub(super) target: Option<D::Target>,
}

/// A connection in use. If it is dropped before it is returned, for example within a statement, it
/// is closed, because a driver does not recover from a statement that was not read to its end.
pub(super) struct PooledConnection<D: ReadDriver> {
    /// None after it was returned.
    pub(super) open: Option<OpenConnection<D>>,
    pub(super) permit: Option<FairPermit>,
    /// Whether the database works on a statement.
    pub(super) is_running: bool,
    pub(super) canceller: Arc<D::Canceller>,
}

impl<D: ReadDriver> PooledConnection<D> {
    /// The connection, for a statement of at most this time.
    pub(super) fn begin_statement(
        &mut self,
        limit: Option<Duration>,
    ) -> Result<&mut OpenConnection<D>, DbErr> {
        let open = self.open.as_mut();
        let open = open.ok_or_else(|| DbErr::Custom("a connection was already returned".into()))?;
        open.target.iter().for_each(|target| D::limit(target, limit));
        self.is_running = true;
        Ok(open)
    }

    /// Notes that the statement has ended, unless the database has not answered, or not all of the
    /// answer was read.
    pub(super) fn end_statement<T>(&mut self, answer: &Result<T, SqlxError>) {
        self.is_running = answer
            .as_ref()
            .is_err_and(|failure| is_timeout(failure) || matches!(failure, SqlxError::Decode(_)));
    }
}

impl<D: ReadDriver> Drop for PooledConnection<D> {
    /// Cancels a statement that is running. The permit is released when the statement has ended.
    fn drop(&mut self) {
        if self.is_running
            && let Some(OpenConnection { connection, target: Some(target), .. }) = self.open.take()
            && let Ok(runtime) = Handle::try_current()
        {
            let (permit, canceller) = (self.permit.take(), self.canceller.clone());
            runtime.spawn(async move {
                D::cancel(target, connection, &canceller).await;
                drop(permit);
            });
        }
    }
}
