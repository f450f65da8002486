//! How far the mirror of a source is: ranges of starts of sessions, and when each was read.

/// A range of starts of sessions, in seconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// The first second.
    pub start: i64,
    /// The second after the last.
    pub end: i64,
}

impl TimeRange {
    /// The number of seconds.
    pub fn seconds(self) -> i64 {
        self.end - self.start
    }
}

/// A range of which something is known: that it was read, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncWindow {
    /// The range.
    pub range: TimeRange,
    /// When its last whole answer was requested, in seconds since the Unix epoch.
    pub read_at: Option<i64>,
    /// The failed attempts since then.
    pub failure: Option<SyncFailure>,
}

/// The failed attempts to read a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncFailure {
    /// How many failed, one after the other.
    pub attempts: u32,
    /// When the next attempt may be made, in seconds since the Unix epoch.
    pub retry_at: i64,
    /// Why the last one failed. It has no personal data.
    pub error: String,
}
