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
/// The clock is read at one of this many calls.
const CALLS_PER_CLOCK: u32 = 8;

/// What the progress handler of a connection looks at.
pub(in crate::store) struct Interrupt {
    cancelled: AtomicBool,
    /// The origin of the deadline.
    opened: Instant,
    /// In microseconds after the origin.
    deadline: AtomicU64,
}

impl Interrupt {
    /// Whether the statement may continue, at a call of the handler.
    fn may_continue(&self, call: u32) -> bool {
        let reads_clock = call.is_multiple_of(CALLS_PER_CLOCK);
        !self.cancelled.load(Relaxed)
            && (!reads_clock || self.micros() < self.deadline.load(Relaxed))
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
        let mut calls = 0_u32;
        handle.set_progress_handler(INSTRUCTIONS, move || {
            calls = calls.wrapping_add(1);
            handler.may_continue(calls)
        });
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
