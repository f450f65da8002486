//! The connection on which a server is asked to cancel the statements of others.

use std::time::Duration;

use sea_orm::{
    SqlxError,
    sqlx::{AssertSqlSafe, ConnectOptions, Connection, Database, Executor},
};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout},
};

use super::super::timeouts::{CANCEL_TIMEOUT, PING_TIMEOUT};

/// The time between two questions whether a statement has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// A connection outside the pool, made when it is first needed. A cancellation must not wait for
/// the connections that it is to free.
pub(in crate::store) struct SpareConnection<D: Database> {
    options: <D::Connection as Connection>::Options,
    connection: Mutex<Option<D::Connection>>,
}

impl<D: Database> SpareConnection<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
{
    pub(in crate::store) fn new(options: <D::Connection as Connection>::Options) -> Self {
        Self { options, connection: Mutex::new(None) }
    }

    pub(in crate::store) async fn close(&self) {
        if let Some(connection) = self.connection.lock().await.take() {
            let _ = timeout(PING_TIMEOUT, connection.close()).await;
        }
    }

    /// Runs a statement of at most one row. A connection that was lost since its last use is made
    /// anew.
    pub(super) async fn run(&self, sql: &str) -> Result<Option<D::Row>, SqlxError> {
        let mut slot = self.connection.lock().await;
        if let Some(mut connection) = slot.take()
            && let Ok(row) = fetch::<D>(&mut connection, sql).await
        {
            *slot = Some(connection);
            return Ok(row);
        }
        let connect = timeout(PING_TIMEOUT, self.options.connect());
        let mut connection = connect.await.unwrap_or(Err(SqlxError::PoolTimedOut))?;
        let row = fetch::<D>(&mut connection, sql).await?;
        *slot = Some(connection);
        Ok(row)
    }

    /// Cancels the statement of a connection, closes the connection, and waits until `is_running`
    /// has no row. It cancels each time: a statement that the server has not begun when it is
    /// cancelled would go on.
    pub(super) async fn end(&self, connection: D::Connection, is_running: &str, cancel: &str) {
        let mut connection = Some(connection);
        let end = async {
            while self.run(is_running).await?.is_some() {
                // This fails if the statement has just ended.
                let _ = self.run(cancel).await;
                // A server that is sending rows notices this.
                drop(connection.take());
                sleep(POLL_INTERVAL).await;
            }
            Ok::<_, SqlxError>(())
        };
        let start = Instant::now();
        if !timeout(CANCEL_TIMEOUT, end).await.is_ok_and(|end| end.is_ok()) {
            let waited = start.elapsed().as_millis();
            tracing::warn!(waited_ms = waited, "it is unknown whether a cancelled statement ended");
        }
    }
}

async fn fetch<D: Database>(
    connection: &mut D::Connection,
    sql: &str,
) -> Result<Option<D::Row>, SqlxError>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
{
    let row = timeout(PING_TIMEOUT, connection.fetch_optional(AssertSqlSafe(sql)));
    row.await.unwrap_or(Err(SqlxError::PoolTimedOut))
}
