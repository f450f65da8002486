//! What a pool needs from a driver.

use std::time::Duration;

use sea_orm::{SqlxError, Statement};

use super::super::rows::Rows;
use crate::store::memory::Reservation;

/// A driver of read connections.
pub(in crate::store) trait ReadDriver: Sized + 'static {
    /// How the database is reached.
    type Options: Clone + Send + Sync;
    type Connection: Send;
    /// What identifies the statements of one connection.
    type Target: Send + Sync;
    /// What cancels the statements of all connections of a pool.
    type Canceller: Send + Sync;

    fn connect(
        options: &Self::Options,
    ) -> impl Future<Output = Result<Self::Connection, SqlxError>> + Send;

    /// Runs SQL that returns no rows.
    fn execute(
        connection: &mut Self::Connection,
        sql: String,
    ) -> impl Future<Output = Result<(), SqlxError>> + Send;

    /// Returns all rows of a statement, and leaves its text in it. A statement that is `prepared`
    /// stays prepared for its next use on the connection. The rows take this memory while they are
    /// read.
    fn rows(
        connection: &mut Self::Connection,
        statement: &mut Statement,
        prepared: bool,
        memory: Option<Reservation>,
    ) -> impl Future<Output = Result<Rows, SqlxError>> + Send;

    /// Whether a connection that was idle still works.
    fn ping(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<(), SqlxError>> + Send;

    fn close(connection: Self::Connection) -> impl Future<Output = Result<(), SqlxError>> + Send;

    /// Identifies the statements of a new connection.
    fn target(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<Self::Target, SqlxError>> + Send;

    /// Limits the time of the next statement, where the database itself has no such limit.
    fn limit(_target: &Self::Target, _time: Option<Duration>) {}

    fn canceller(options: &Self::Options) -> Self::Canceller;

    /// Closes what a canceller uses.
    fn close_canceller(canceller: &Self::Canceller) -> impl Future<Output = ()> + Send;

    /// Cancels the statement of a connection, closes the connection, and waits until the statement
    /// has ended.
    fn cancel(
        target: Self::Target,
        connection: Self::Connection,
        canceller: &Self::Canceller,
    ) -> impl Future<Output = ()> + Send;
}
