//! How long the requested ranges are. It follows the number of sessions in them.

/// The length at the beginning, in seconds: a day.
const FIRST: i64 = 86_400;
/// The limit of the length: a century.
const LONGEST: i64 = 100 * 366 * 86_400;

/// After a range was too long, ranges grow slowly for this many answers: a source may have a limit.
const CAREFUL_ANSWERS: u32 = 32;

/// The length of the next range, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    seconds: i64,
    /// How many sessions an answer should have.
    target: u64,
    /// For how many answers it grows slowly.
    careful: u32,
}

impl Span {
    /// A length that was in use before, or the first one.
    pub(super) fn new(seconds: Option<i64>, target: u64) -> Self {
        let seconds = seconds.unwrap_or(FIRST).clamp(1, LONGEST);
        Self { seconds, target: target.max(1), careful: 0 }
    }

    /// The length in seconds.
    pub(super) fn seconds(self) -> i64 {
        self.seconds
    }

    /// Adapts it after an answer with this number of sessions, for a range of `length` seconds.
    pub(super) fn read(&mut self, length: i64, sessions: u64) {
        let is_whole = length >= self.seconds;
        let ideal = || {
            let ideal = i128::from(length) * i128::from(self.target) / i128::from(sessions.max(1));
            i64::try_from(ideal).unwrap_or(LONGEST)
        };
        let longest = match self.careful {
            0 => self.seconds.saturating_mul(2),
            _ => self.seconds + self.seconds / 32 + 1,
        };
        self.careful = self.careful.saturating_sub(1);
        let seconds = match sessions {
            0 if is_whole => self.seconds.saturating_mul(4),
            _ if is_whole => ideal().clamp(self.seconds / 4, longest),
            // A shorter range says only that longer ones have too many.
            _ if sessions > self.target => ideal().min(self.seconds),
            _ => self.seconds,
        };
        self.seconds = seconds.clamp(1, LONGEST);
    }

    /// Adapts it after a range of `length` seconds was too long.
    pub(super) fn too_long(&mut self, length: i64) {
        self.careful = CAREFUL_ANSWERS;
        if length >= self.seconds / 2 {
            self.seconds = (length / 2).clamp(1, self.seconds);
        }
    }
}
