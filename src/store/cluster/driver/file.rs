//! The driver of an SQLite file. Each connection has a thread, which turns the rows of a statement
//! into one buffer and hands that over: one exchange between threads for each statement.

mod connection;
mod failure;
mod interrupt;
mod statement;

use std::{sync::Arc, time::Duration};

use sea_orm::{SqlxError, Statement};
use tokio::time::timeout;

pub(in crate::store) use self::connection::FileOptions;
use self::{connection::FileConnection, interrupt::Interrupt};
use super::{
    super::{rows::Rows, timeouts::CANCEL_TIMEOUT},
    read_driver::ReadDriver,
};
use crate::store::memory::Reservation;

/// The driver of a file.
pub(in crate::store) struct File;

impl ReadDriver for File {
    type Options = FileOptions;
    type Connection = FileConnection;
    type Target = Arc<Interrupt>;
    type Canceller = ();

    async fn connect(options: &FileOptions) -> Result<FileConnection, SqlxError> {
        FileConnection::open(options.clone()).await
    }

    async fn execute(connection: &mut FileConnection, sql: String) -> Result<(), SqlxError> {
        connection.run(move |file| statement::execute(file, &sql)).await?
    }

    async fn rows(
        connection: &mut FileConnection,
        statement: &mut Statement,
        _prepared: bool,
        memory: Option<Reservation>,
    ) -> Result<Rows, SqlxError> {
        let sql = std::mem::take(&mut statement.sql);
        let values = statement.values.take();
        let answer = connection.run(move |file| (statement::rows(file, &sql, values, memory), sql));
        let (rows, sql) = answer.await?;
        statement.sql = sql;
        rows
    }

    /// A connection to a file does not break.
    async fn ping(_connection: &mut FileConnection) -> Result<(), SqlxError> {
        Ok(())
    }

    async fn close(connection: FileConnection) -> Result<(), SqlxError> {
        connection.close().await;
        Ok(())
    }

    async fn target(connection: &mut FileConnection) -> Result<Arc<Interrupt>, SqlxError> {
        Ok(connection.interrupt.clone())
    }

    fn limit(target: &Arc<Interrupt>, time: Option<Duration>) {
        target.limit(time);
    }

    fn canceller(_options: &FileOptions) {}

    async fn close_canceller((): &()) {}

    async fn cancel(target: Arc<Interrupt>, connection: FileConnection, (): &()) {
        target.cancel();
        // The thread closes the connection after the statement.
        if timeout(CANCEL_TIMEOUT, connection.close()).await.is_err() {
            tracing::warn!("a cancelled statement has not ended");
        }
    }
}
