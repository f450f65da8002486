//! What a driver needs for the cancellation of its statements.

use std::time::Duration;

use sea_orm::{SqlxError, sqlx::Database};

use super::spare_connection::SpareConnection;

/// A driver whose statements can be cancelled.
pub(in crate::store) trait Cancel: Database {
    /// What identifies the statements of one connection.
    type Target: Send + Sync;

    /// Identifies the statements of a new connection.
    fn target(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<Self::Target, SqlxError>> + Send;

    /// Limits the time of the next statement, where the database itself has no such limit.
    fn limit(_target: &Self::Target, _time: Option<Duration>) {}

    /// Cancels the statement of a connection, closes the connection, and waits until the statement
    /// has ended.
    fn cancel(
        target: Self::Target,
        connection: Self::Connection,
        spare: &SpareConnection<Self>,
    ) -> impl Future<Output = ()> + Send
    where
        Self: Sized;
}
