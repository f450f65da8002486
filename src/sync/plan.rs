//! Which range of starts is requested next. This is a pure function of what was read and of the time.
//!
//! A mirror has one coverage for each start method. Ranges that were never read come first, the newest first.
//! What was read is read again, because sessions change, end, and become known late:
//!
//! - Sessions that started in the last hours (the *overlap*) are read again after each interval.
//! - Older ones are read again when their age has doubled since. So a change is found at last when the session is twice
//!   as old, and a session is read only a few times more, however long the mirror runs.
//! - Open sessions are read again after each interval, one second of starts at a time.
//!
//! A range that fails is requested again as it was. If it is too long (`span`), its newest part is requested, and what is
//! left of it counts as not requested. A second that fails again and again has to wait, and the others are read.

use super::span::{MOST_TRIES, Span};
use crate::domain::sync::{SyncFailure, SyncWindow, TimeRange};

#[cfg(test)]
mod tests;

/// The first second of the year 1. A range that begins here has no lower bound.
pub const FIRST: i64 = -62_135_596_800;
/// A range that would begin before the year 2000 has no lower bound: hardly a source has sessions there, and not every
/// source can read such a date.
const OLDEST: i64 = 946_684_800;
/// The first pause of a second that failed twice, and the longest, in seconds.
const PAUSES: (i64, i64) = (5, 6 * 3_600);

/// The rules of a mirror. All are in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The first start that is mirrored.
    pub since: i64,
    /// What is new, recent or open is read again if it was last read before this time.
    pub stale_before: i64,
    /// The age up to which sessions are recent, at least 1.
    pub overlap: i64,
}

/// What is known of each range, in order. Ranges do not overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    windows: Vec<SyncWindow>,
}

/// A part of the time line that has one answer to the question whether it is requested.
#[derive(Clone, Copy, Debug)]
struct Piece<'c> {
    range: TimeRange,
    /// Whether it is requested by itself.
    due: bool,
    /// Whether it is requested together with one beside it that is due.
    ripe: bool,
    /// How it failed before. It is requested together with what failed with it.
    failure: Option<&'c SyncFailure>,
}

impl Coverage {
    /// The coverage of windows, which do not overlap.
    pub fn new(mut windows: Vec<SyncWindow>) -> Self {
        windows.sort_by_key(|window| window.range.start);
        Self { windows }
    }

    /// The windows, in order.
    pub fn windows(&self) -> &[SyncWindow] {
        &self.windows
    }

    /// The range to request next. `open` are the starts of open sessions.
    pub(super) fn next(
        &self,
        rules: &Rules,
        now: i64,
        span: Span,
        open: &[i64],
    ) -> Option<TimeRange> {
        let pieces = self.pieces(rules, now);
        let top = self.top(now);
        let first = newest_due(&pieces, span);
        if first.is_some_and(|range| range.end == top) {
            return first;
        }
        let second = |start: &i64| TimeRange { start: *start, end: start + 1 };
        let open = open.iter().map(second).filter(|range| self.is_stale(*range, rules, now));
        open.min_by_key(|range| self.at(range.start).and_then(|it| it.read_at)).or(first)
    }

    /// When the first of the ranges that failed may be requested again, if there is one that is not read or is recent.
    pub fn next_retry(&self, rules: &Rules, now: i64) -> Option<i64> {
        let recent = now - rules.overlap;
        let is_open = |window: &&SyncWindow| match window.read_at {
            None => true,
            Some(at) => window.range.end > recent && at < rules.stale_before,
        };
        let open = self.windows.iter().filter(is_open);
        open.filter_map(|window| window.failure.as_ref()).map(|it| it.retry_at).min()
    }

    /// The second after the last that is mirrored. A range that ends here has no upper bound.
    pub fn top(&self, now: i64) -> i64 {
        self.windows.last().map_or(now, |window| window.range.end.max(now))
    }

    /// Notes that a range was read whole.
    pub fn read(&mut self, range: TimeRange, now: i64) {
        let at = self.cut_out(range);
        self.windows.insert(at, SyncWindow { range, read_at: Some(now), failure: None });
    }

    /// Notes that a range could not be read, and whether its length is the evident reason. Returns how often it failed.
    pub fn failed(&mut self, range: TimeRange, now: i64, error: &str, is_long: bool) -> u32 {
        let mut attempts = self.failures(range) + 1;
        if is_long {
            attempts = attempts.max(MOST_TRIES);
        }
        let retry_at = now + pause(range, attempts);
        let failure = Some(SyncFailure { attempts, retry_at, error: error.to_owned() });
        let mut parts: Vec<SyncWindow> = Vec::new();
        let mut start = range.start;
        let mut add = |end, read_at| {
            if start < end {
                let (range, failure) = (TimeRange { start, end }, failure.clone());
                parts.push(SyncWindow { range, read_at, failure });
                start = end;
            }
        };
        for known in self.touching(range) {
            add(known.range.start, None);
            add(known.range.end.min(range.end), known.read_at);
        }
        add(range.end, None);
        let at = self.cut_out(range);
        self.windows.splice(at..at, parts);
        attempts
    }

    /// How often a range failed, one time after the other. A part of a range that failed did not.
    pub fn failures(&self, range: TimeRange) -> u32 {
        let is_part = |it: &SyncWindow| range.start <= it.range.start && it.range.end <= range.end;
        let attempts = |it: &SyncWindow| it.failure.as_ref().map_or(0, |failure| failure.attempts);
        match self.touching(range).all(is_part) {
            true => self.touching(range).map(attempts).min().unwrap_or(0),
            false => 0,
        }
    }

    /// The windows that have a part in a range, whole: what a change of the range may change.
    pub fn touching(&self, range: TimeRange) -> impl Iterator<Item = &SyncWindow> {
        let touches =
            move |it: &&SyncWindow| it.range.start < range.end && it.range.end > range.start;
        self.windows.iter().filter(touches)
    }

    /// Removes what is known of a range. Returns the index for something else in its place. What is left of a window that
    /// failed did not fail by itself.
    fn cut_out(&mut self, range: TimeRange) -> usize {
        let (below, above) = (range.start, range.end);
        let part = |range| self.touching(range).filter_map(move |it| clipped(it, range));
        let mut windows: Vec<_> = part(TimeRange { start: i64::MIN, end: below }).collect();
        let at = windows.len();
        windows.extend(part(TimeRange { start: above, end: i64::MAX }));
        self.windows = windows;
        at
    }

    /// The window with a second.
    fn at(&self, second: i64) -> Option<&SyncWindow> {
        self.windows.iter().find(|it| it.range.start <= second && second < it.range.end)
    }

    /// Whether a second of an open session was not read since the last interval.
    fn is_stale(&self, range: TimeRange, rules: &Rules, now: i64) -> bool {
        self.at(range.start).is_some_and(|window| {
            let waits = window.failure.as_ref().is_some_and(|it| it.retry_at > now);
            !waits && window.read_at.is_some_and(|at| at < rules.stale_before)
        })
    }

    /// The pieces from the newest to the oldest, without a gap between them.
    fn pieces(&self, rules: &Rules, now: i64) -> Vec<Piece<'_>> {
        let top = self.top(now);
        let last_read = self.windows.iter().rev().find_map(|window| window.read_at);
        let mut pieces = Vec::new();
        let mut end = top;
        let gap = |start: i64, end: i64| {
            // Something is always new. It is requested after each interval.
            let due = end < top || last_read.is_none_or(|at| at < rules.stale_before);
            Piece { range: TimeRange { start, end }, due, ripe: due, failure: None }
        };
        for window in self.windows.iter().rev().filter(|it| it.range.end > rules.since) {
            if window.range.end < end {
                pieces.push(gap(window.range.end, end));
            }
            end = window.range.start.max(rules.since);
            cut(window, end, rules, now, &mut pieces);
        }
        if rules.since < end {
            pieces.push(gap(rules.since, end));
        }
        pieces
    }
}

/// What is known of a window within a range, if anything is.
fn clipped(window: &SyncWindow, range: TimeRange) -> Option<SyncWindow> {
    let start = window.range.start.max(range.start);
    let end = window.range.end.min(range.end);
    let range = TimeRange { start, end };
    if range == window.range || window.failure.is_none() {
        return Some(SyncWindow { range, ..window.clone() });
    }
    window.read_at.map(|at| SyncWindow { range, read_at: Some(at), failure: None })
}

/// Cuts a window into pieces by the age of its sessions: when it was read, and now.
fn cut<'c>(
    window: &'c SyncWindow,
    start: i64,
    rules: &Rules,
    now: i64,
    pieces: &mut Vec<Piece<'c>>,
) {
    let failure = window.failure.as_ref();
    let waits = failure.is_some_and(|it| it.retry_at > now);
    let mut piece = |range, due: bool, ripe: bool| {
        pieces.push(Piece { range, due: due && !waits, ripe: ripe && !waits, failure });
    };
    let mut end = window.range.end;
    let Some(read_at) = window.read_at else {
        return piece(TimeRange { start, end }, true, true);
    };
    let recent = now - rules.overlap;
    if end > recent {
        let range = TimeRange { start: recent.max(start), end };
        let due = read_at < rules.stale_before;
        piece(range, due, due);
        end = range.start;
    }
    let mut age = rules.overlap;
    while end > start {
        // The newest piece has all ages up to the first boundary.
        let below = (read_at - age).max(start);
        if below < end {
            let (then, later) = ((read_at - end).max(rules.overlap), now - end);
            piece(TimeRange { start: below, end }, later >= 2 * then, 2 * later >= 3 * then);
            end = below;
        }
        age = age.saturating_mul(2);
    }
}

/// The newest range with something due.
fn newest_due(pieces: &[Piece<'_>], span: Span) -> Option<TimeRange> {
    let mut run: Vec<Piece<'_>> = Vec::new();
    let chosen = |run: &[Piece<'_>]| {
        let (newest, oldest) = (run.first()?, run.last()?);
        let range = TimeRange { start: oldest.range.start, end: newest.range.end };
        run.iter().any(|piece| piece.due).then(|| within(range, newest.failure, span))
    };
    for piece in pieces {
        let joins = piece.ripe && run.last().is_none_or(|last| last.failure == piece.failure);
        if !joins {
            if let Some(range) = chosen(&run) {
                return Some(range);
            }
            run.clear();
        }
        if piece.ripe {
            run.push(*piece);
        }
    }
    chosen(&run)
}

/// The newest part of a range that is not too long. No small rest is left.
fn within(range: TimeRange, failure: Option<&SyncFailure>, span: Span) -> TimeRange {
    let TimeRange { start, end } = range;
    let seconds = span.seconds();
    if let Some(failure) = failure {
        if failure.attempts < span.tries() || range.seconds() == 1 {
            return range;
        }
        return TimeRange { start: end - seconds.min(range.seconds() / 2), end };
    }
    let cut = end - seconds;
    let small_rest = cut - start < seconds / 4;
    let without_bound = start == FIRST && cut < OLDEST;
    TimeRange { start: if small_rest || without_bound { start } else { cut }, end }
}

/// How long a range waits after its failures, in seconds. Only a second has to wait: longer ranges become shorter.
fn pause(range: TimeRange, attempts: u32) -> i64 {
    let (first, longest) = PAUSES;
    match attempts.checked_sub(2) {
        Some(doublings) if range.seconds() == 1 => (first << doublings.min(20)).min(longest),
        _ => 0,
    }
}
