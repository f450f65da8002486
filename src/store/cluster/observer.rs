//! What the store reports about its work: for the log, for metrics and for tests.

use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use sea_orm::Statement;

use super::timeouts::SLOW_STATEMENT;
use crate::domain::time::Timestamp;

/// The maximum number of characters of a statement in the log.
const MAX_LOGGED_CHARS: usize = 500;

/// The target of a log line for each statement, with its whole text and no values.
const TRACE_TARGET: &str = "session_history::statements";

/// Something that happened in the store.
#[derive(Debug)]
pub enum Event<'a> {
    /// A statement ended.
    Statement {
        /// Its text, and its values if an observer takes them. The values may be personal data.
        statement: &'a Statement,
        /// How long it took.
        duration: Duration,
        /// How many rows it returned. None if it failed, or if it was part of a write transaction.
        rows: Option<usize>,
        /// Whether it failed.
        failed: bool,
    },
    /// A host does not answer. It gets no statements until it answers again.
    HostDown {
        /// Its address.
        host: &'a str,
    },
    /// A host answers again.
    HostUp {
        /// Its address.
        host: &'a str,
    },
    /// A run of a job ended on this gateway.
    JobEnded {
        /// The name of the job.
        job: &'a str,
        /// How it ended.
        end: JobEnd,
    },
    /// A statement or a write failed and is tried again.
    Retried {
        /// What failed, without values of rows.
        reason: &'a str,
    },
}

/// How a run of a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobEnd {
    /// It was done at this time.
    Done(Timestamp),
    /// It failed.
    Failed,
    /// This process stops, or another process took the job over.
    Interrupted,
}

/// A function that gets each event. It must not block.
pub type Observer = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// All observers of a store.
#[derive(Clone, Default)]
pub(in crate::store) struct Observers {
    all: Arc<RwLock<Vec<Observer>>>,
    take_values: Arc<AtomicBool>,
}

impl Observers {
    /// Adds an observer, which gets all later events, with the values of statements or without.
    pub(in crate::store) fn add(&self, observer: Observer, takes_values: bool) {
        self.all.write().unwrap_or_else(PoisonError::into_inner).push(observer);
        self.take_values.fetch_or(takes_values, Relaxed);
    }

    /// Whether an observer takes the values of statements.
    pub(super) fn take_values(&self) -> bool {
        self.take_values.load(Relaxed)
    }

    /// Reports an event.
    pub(in crate::store) fn report(&self, event: &Event<'_>) {
        for observer in &*self.all.read().unwrap_or_else(PoisonError::into_inner) {
            observer(event);
        }
    }

    /// Reports a statement, and logs it if it was slow. The log gets the beginning of its text and
    /// no values.
    pub(super) fn report_statement(
        &self,
        statement: &Statement,
        duration: Duration,
        rows: Option<usize>,
        failed: bool,
    ) {
        if duration >= SLOW_STATEMENT {
            let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(
                milliseconds,
                rows,
                failed,
                statement = shortened(&statement.sql),
                "slow statement"
            );
        }
        tracing::trace!(target: TRACE_TARGET, statement = statement.sql, rows, failed);
        self.report(&Event::Statement { statement, duration, rows, failed });
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Observers").finish_non_exhaustive()
    }
}

/// The beginning of a statement, cut at a character boundary.
fn shortened(sql: &str) -> String {
    match sql.char_indices().nth(MAX_LOGGED_CHARS) {
        Some((end, _)) => format!("{}… ({} bytes)", &sql[..end], sql.len()),
        None => sql.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_LOGGED_CHARS, shortened};

    #[test]
    fn a_long_statement_is_cut_at_a_character_boundary() {
        let sql = "é🙂".repeat(MAX_LOGGED_CHARS);
        let kept = "é🙂".repeat(MAX_LOGGED_CHARS / 2);
        assert_eq!(shortened(&sql), format!("{kept}… ({} bytes)", sql.len()));
        assert_eq!(shortened("SELECT 'é'"), "SELECT 'é'");
    }
}
