//! How long the requested ranges are. Their length follows the number of sessions in them and the limits of the source.
//!
//! The limit of a source is not known, and a source may fail by chance too. A range that failed is requested again as it
//! was. If it fails each time (`Span::tries`), or its length is the evident reason, it is too long, and shorter ranges are
//! requested. If it is read at last, the source fails by chance, and for some time more failures are needed to show a
//! limit. After a limit was found, answers have as many sessions as the source has answered before; larger ones are tried
//! only now and then.

/// The length at the beginning, in seconds: a day.
const FIRST: i64 = 86_400;
/// The limit of the length: a century.
const LONGEST: i64 = 100 * 366 * 86_400;
/// How often a range fails before it is too long, at a source that does not fail by chance.
const TRIES: u32 = 2;
/// The same at a source that fails by chance. Of 100 ranges, one fails so often if four of ten requests fail.
pub(super) const MOST_TRIES: u32 = 5;
/// For how many answers a source is known to fail by chance.
const CHANCE: u32 = 64;
/// For how many answers no larger ones are tried after a limit was found.
const HOLD: u32 = 24;

/// The length of the next range, in seconds, and what is known of the limits of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    seconds: i64,
    /// The maximum of `wanted`.
    target: u64,
    /// How many sessions an answer should have.
    wanted: u64,
    /// How many sessions a whole answer had.
    proven: u64,
    /// For how many answers `wanted` does not grow.
    hold: u32,
    /// For how many answers the source is known to fail by chance.
    chance: u32,
    /// How many ranges were too long since the last whole answer.
    shrinks: u32,
}

impl Span {
    /// A length that was in use before, or the first one.
    pub(super) fn new(seconds: Option<i64>, target: u64) -> Self {
        let (seconds, target) = (seconds.unwrap_or(FIRST).clamp(1, LONGEST), target.max(1));
        Self { seconds, target, wanted: target, proven: 0, hold: 0, chance: 0, shrinks: 0 }
    }

    /// The length in seconds.
    pub(super) fn seconds(self) -> i64 {
        self.seconds
    }

    /// After how many failures one after the other a range is too long.
    pub(super) fn tries(self) -> u32 {
        if self.chance > 0 { MOST_TRIES } else { TRIES }
    }

    /// Adapts it after a whole answer with this number of sessions, for a range of `length` seconds. `failed` says whether
    /// the same range failed before.
    pub(super) fn read(&mut self, length: i64, sessions: u64, failed: bool) {
        self.chance = if failed { CHANCE } else { self.chance.saturating_sub(1) };
        let is_whole = length >= self.seconds;
        self.learn(sessions, is_whole);
        let ideal = || {
            let ideal = i128::from(length) * i128::from(self.wanted) / i128::from(sessions.max(1));
            i64::try_from(ideal).unwrap_or(LONGEST)
        };
        let seconds = match sessions {
            0 if is_whole && self.hold == 0 => self.seconds.saturating_mul(4),
            _ if is_whole => ideal().clamp(self.seconds / 4, self.seconds.saturating_mul(2)),
            // A shorter range says only that longer ones have too many.
            _ if sessions > self.wanted => ideal().min(self.seconds),
            _ => self.seconds,
        };
        self.seconds = seconds.clamp(1, LONGEST);
    }

    /// Adapts it after a range of `length` seconds was too long. Each one after the other shrinks more than the last: the
    /// next sessions may be much denser than those before.
    pub(super) fn too_long(&mut self, length: i64) {
        self.shrinks += 1;
        // The length is not the reason for a second that fails.
        if length > 1 {
            self.seconds = (length >> self.shrinks.min(62)).clamp(1, self.seconds);
        }
    }

    /// Adapts the number of sessions that an answer should have.
    fn learn(&mut self, sessions: u64, is_whole: bool) {
        if self.shrinks > 0 {
            self.shrinks = 0;
            self.hold = HOLD;
            // The limit may be lower than it was, and not all ranges of a length have as many sessions.
            self.proven = sessions.max(self.proven.saturating_sub(self.proven / 8 + 1));
            if self.proven > 0 {
                self.wanted = self.proven;
            }
        } else if is_whole {
            if self.hold == 0 {
                self.wanted += self.wanted / 8 + 1;
            }
            self.hold = self.hold.saturating_sub(1);
        }
        self.proven = self.proven.max(sessions);
        self.wanted = self.wanted.max(sessions).min(self.target);
    }
}
