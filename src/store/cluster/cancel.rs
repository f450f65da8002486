//! Ending a statement whose caller has left.
//!
//! The drivers do not do this. Without it, a statement of an abandoned request goes on to its end,
//! and the number of running statements has no limit. A connection with such a statement is closed
//! and never used again, because a late cancellation would hit its next statement.

use std::time::Duration;

use sea_orm::{SqlxError, sqlx::Database};

mod server;
mod sqlite;

pub(in crate::store) use server::SpareConnection;

/// How long the end of a cancelled statement is waited for.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(10);

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
