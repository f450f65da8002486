//! Points in time, in UTC, with a precision of one microsecond on every database.

use jiff::{SignedDuration, Timestamp as Instant, civil};

pub mod duration;
mod format;
mod parse;
pub mod zone;

/// A point in time: microseconds since the Unix epoch, UTC.
///
/// The years 1 to 9999 can be represented, which is what RFC 3339 can write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const FIRST: i64 = -62_135_596_800_000_000;
const LAST: i64 = 253_402_300_799_999_999;
/// Times are counted from here on the calendar, since `jiff::Timestamp` ends a day before LAST.
const EPOCH: civil::DateTime = civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl Timestamp {
    /// The first point in time that can be represented.
    pub const MIN: Self = Self(FIRST);

    /// The point this many microseconds after the Unix epoch, if it is in the years 1 to 9999.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (FIRST..=LAST).contains(&micros).then_some(Self(micros))
    }

    /// Microseconds since the Unix epoch.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds from `earlier` to `self`, rounded down.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1_000_000)
    }

    /// Digits finer than a microsecond are cut off.
    fn from_duration(since_epoch: SignedDuration) -> Option<Self> {
        let micros = since_epoch.as_nanos().div_euclid(1_000);
        i64::try_from(micros).ok().and_then(Self::from_micros)
    }
}

/// Why a text is not taken as a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// It is written in another way.
    #[error("a time is written as 2011-01-03T09:15:02Z or 2011-01-03T10:15:02.5+01:00 (RFC 3339)")]
    NotRfc3339,
    /// It is outside the years 1 to 9999.
    #[error("a time must be in the years 0001 to 9999 (UTC)")]
    OutOfRange,
    /// It is no duration.
    #[error("a duration is written as P7D, PT12H or P1M (ISO 8601), and is longer than zero")]
    NotDuration,
}

/// Where the current time comes from: the system in production, a fixed point in tests.
#[derive(Clone, Copy, Debug)]
pub struct Clock(pub fn() -> Timestamp);

impl Clock {
    /// The system's clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    pub fn system() -> Self {
        Self(|| Timestamp::from_duration(Instant::now().as_duration()).unwrap_or(Timestamp(0)))
    }

    /// The time now.
    pub fn now(self) -> Timestamp {
        (self.0)()
    }
}
