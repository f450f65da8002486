//! How far an answer is written, and which of its values failed.
//!
//! A text is written a first time to find its errors and its length, and, if it is large, a second time
//! in chunks, from the same rows. Values that may be null are numbered in the order of the text, so that
//! the second time it is known at the beginning of a value whether it fails.

use crate::graphql::error::FieldError;

/// Why writing stopped.
#[derive(Debug)]
pub(in crate::graphql::plan) enum Stop {
    /// An error, which fails what is around it, up to the nearest field that may be null.
    Failed(Box<FieldError>),
    /// There is enough text. Writing goes on where it stopped.
    Paused,
}

pub(in crate::graphql::plan) type Written<T = ()> = Result<T, Stop>;

/// How far an answer is written.
#[derive(Debug, Default)]
pub(in crate::graphql::plan) struct Progress {
    /// Where writing paused: the number of a part or of an item at each level, the outermost last, and
    /// two numbers for each value that may be null.
    position: Vec<usize>,
    /// The length of the text that was written and removed.
    removed: usize,
    /// The number of values that may be null that were begun.
    begun: usize,
    /// The values that failed: the number of each, and how many values had begun at its end.
    failed: Vec<(usize, usize)>,
    /// The next of `failed`, the second time.
    next_failed: Option<usize>,
    /// The errors of the values that failed.
    pub(in crate::graphql::plan) errors: Vec<FieldError>,
}

/// A value that may be null: its number, and the position of its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nullable {
    number: usize,
    start: usize,
}

impl Progress {
    /// The progress of the second time. The errors are those of the first time.
    pub(in crate::graphql::plan) fn again(self) -> Self {
        Self { failed: self.failed, next_failed: Some(0), ..Self::default() }
    }

    /// The length of the text, of which this much is not removed yet.
    pub(in crate::graphql::plan) fn length(&self, rest: usize) -> usize {
        self.removed + rest
    }

    /// The text is removed.
    pub(in crate::graphql::plan) fn remove(&mut self, text: &mut Vec<u8>) {
        self.removed += text.len();
        text.clear();
    }

    /// Where to go on at this level, if writing paused within it.
    pub(in crate::graphql::plan) fn resume(&mut self) -> Option<usize> {
        self.position.pop()
    }

    /// Notes where writing pauses at this level, if it does.
    pub(in crate::graphql::plan) fn note_pause<T>(&mut self, written: &Written<T>, number: usize) {
        if matches!(written, Err(Stop::Paused)) {
            self.position.push(number);
        }
    }

    /// Begins a value that may be null, or goes on with it. Returns none if it fails.
    pub(super) fn enter_nullable(&mut self, written: usize) -> Option<Nullable> {
        if let Some(number) = self.position.pop() {
            let start = self.position.pop().unwrap_or_default();
            return Some(Nullable { number, start });
        }
        let number = self.begun;
        self.begun += 1;
        if let Some(next) = self.next_failed
            && let Some((failed, end)) = self.failed.get(next)
            && *failed == number
        {
            self.next_failed = Some(next + 1);
            self.begun = *end;
            return None;
        }
        Some(Nullable { number, start: self.length(written) })
    }

    /// Writing pauses within a value that may be null.
    pub(super) fn pause_in_nullable(&mut self, nullable: Nullable) {
        self.position.extend([nullable.start, nullable.number]);
    }

    /// A value fails: its text is removed.
    pub(super) fn fail_nullable(
        &mut self,
        nullable: Nullable,
        error: FieldError,
        text: &mut Vec<u8>,
    ) {
        let Nullable { number, start } = nullable;
        text.truncate(start.saturating_sub(self.removed));
        self.removed = self.removed.min(start);
        while self.failed.pop_if(|(inner, _)| *inner > number).is_some() {}
        self.failed.push((number, self.begun));
        self.errors.push(error);
    }
}
