//! A connection of a pool, whose statement is cancelled when its caller leaves.

use std::{io::ErrorKind, sync::Arc, time::Duration};

use sea_orm::{DbErr, SqlxError};
use tokio::{runtime::Handle, time::Instant};

use super::super::{
    cancel::{Cancel, SpareConnection},
    fair_queue::FairPermit,
};

/// A connection to the database.
pub(super) struct OpenConnection<D: Cancel> {
    pub(super) connection: D::Connection,
    pub(super) created: Instant,
    /// None behind a pooler, where the next statement may run on another connection.
    pub(super) target: Option<D::Target>,
}

/// A connection in use. If it is dropped before it is returned, for example within a statement, it
/// is closed, because a driver does not recover from a statement that was not read to its end.
pub(super) struct PooledConnection<D: Cancel> {
    /// None after it was returned.
    pub(super) open: Option<OpenConnection<D>>,
    pub(super) permit: Option<FairPermit>,
    /// Whether the database works on a statement.
    pub(super) is_running: bool,
    pub(super) spare: Arc<SpareConnection<D>>,
}

impl<D: Cancel> PooledConnection<D> {
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

    /// Notes that the statement has ended, unless the database has not answered.
    pub(super) fn end_statement<T>(&mut self, answer: &Result<T, SqlxError>) {
        let timed_out = |failure: &SqlxError| matches!(failure, SqlxError::Io(failure) if failure.kind() == ErrorKind::TimedOut);
        self.is_running = answer.as_ref().is_err_and(timed_out);
    }
}

impl<D: Cancel> Drop for PooledConnection<D> {
    /// Cancels a statement that is running. The permit is released when the statement has ended.
    fn drop(&mut self) {
        let (open, permit, spare) = (self.open.take(), self.permit.take(), self.spare.clone());
        if self.is_running
            && let Some(OpenConnection { connection, target: Some(target), .. }) = open
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(async move {
                D::cancel(target, connection, &spare).await;
                drop(permit);
            });
        }
    }
}
