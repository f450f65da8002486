//! Cancelling in SQLite, which calls a progress handler while a statement runs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use sea_orm::{
    SqlxError,
    sqlx::{Connection, Sqlite, SqliteConnection},
};
use tokio::time::timeout;

use super::{super::timeouts::CANCEL_TIMEOUT, driver::Cancel, spare_connection::SpareConnection};

/// The number of instructions of SQLite's virtual machine between two calls of the handler. It is
/// small because one instruction can search a long text.
const INSTRUCTIONS: i32 = 100;

/// What the progress handler of a connection looks at.
pub(in crate::store) struct Interrupt {
    cancelled: AtomicBool,
    /// The origin of the deadline.
    opened: Instant,
    /// In microseconds after the origin.
    deadline: AtomicU64,
}

impl Interrupt {
    fn may_continue(&self) -> bool {
        let deadline = self.deadline.load(Relaxed);
        !self.cancelled.load(Relaxed) && (deadline == u64::MAX || self.micros() < deadline)
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

impl Cancel for Sqlite {
    type Target = Arc<Interrupt>;

    async fn target(connection: &mut SqliteConnection) -> Result<Self::Target, SqlxError> {
        let interrupt = Arc::new(Interrupt {
            cancelled: AtomicBool::new(false),
            opened: Instant::now(),
            deadline: AtomicU64::new(u64::MAX),
        });
        let handler = interrupt.clone();
        let mut handle = connection.lock_handle().await?;
        handle.set_progress_handler(INSTRUCTIONS, move || handler.may_continue());
        Ok(interrupt)
    }

    fn limit(target: &Self::Target, time: Option<Duration>) {
        let time = time.and_then(|time| u64::try_from(time.as_micros()).ok());
        let deadline = time.map_or(u64::MAX, |time| target.micros().saturating_add(time));
        target.deadline.store(deadline, Relaxed);
    }

    async fn cancel(
        target: Self::Target,
        connection: SqliteConnection,
        _spare: &SpareConnection<Self>,
    ) {
        target.cancelled.store(true, Relaxed);
        // The thread of the connection closes it after the statement.
        if timeout(CANCEL_TIMEOUT, connection.close()).await.is_err() {
            tracing::warn!("a cancelled statement has not ended");
        }
    }
}
