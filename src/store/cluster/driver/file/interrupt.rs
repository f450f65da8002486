//! Ending a statement of SQLite, which calls a progress handler while a statement runs.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// The number of instructions of SQLite's virtual machine between two calls of the handler. It is
/// small because one instruction can search a long text.
pub(super) const INSTRUCTIONS: i32 = 100;
/// The clock is read at one of this many calls.
const CALLS_PER_CLOCK: u32 = 8;

/// What the progress handler of a connection reads.
pub(in crate::store) struct Interrupt {
    cancelled: AtomicBool,
    /// The origin of the deadline.
    opened: Instant,
    /// In microseconds after the origin.
    deadline: AtomicU64,
}

impl Interrupt {
    pub(super) fn new() -> Self {
        Self {
            cancelled: AtomicBool::new(false),
            opened: Instant::now(),
            deadline: AtomicU64::new(u64::MAX),
        }
    }

    /// Whether the statement may continue, at a call of the handler.
    pub(super) fn may_continue(&self, call: u32) -> bool {
        let reads_clock = call.is_multiple_of(CALLS_PER_CLOCK);
        !self.cancelled.load(Relaxed)
            && (!reads_clock || self.micros() < self.deadline.load(Relaxed))
    }

    /// Ends the statement that runs, and all later ones.
    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }

    /// Ends a statement that takes longer than this from now on.
    pub(super) fn limit(&self, time: Option<Duration>) {
        let time = time.and_then(|time| u64::try_from(time.as_micros()).ok());
        let deadline = time.map_or(u64::MAX, |time| self.micros().saturating_add(time));
        self.deadline.store(deadline, Relaxed);
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
