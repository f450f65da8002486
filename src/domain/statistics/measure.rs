//! What is computed of the sessions of a group, and what it costs.

/// A number of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The sessions.
    Count,
    /// The sessions that a technician answered.
    Answered,
    /// The sessions that no technician answered.
    Missed,
    /// The sessions that have not ended.
    Open,
    /// The sessions with recordings.
    WithVideos,
    /// The chat messages.
    ChatMessages,
    /// A number of the seconds that the sessions have.
    Seconds(Seconds, Aggregate),
    /// The minutes of each session that has ended, rounded up to whole steps, and at least the minimum.
    BilledMinutes {
        /// The step.
        step: u32,
        /// The minimum.
        minimum: u32,
    },
    /// The microseconds with at least one session, of the sessions that have ended.
    BusyMicros,
    /// The different technicians.
    DistinctTechnicians,
    /// The different computers.
    DistinctComputers,
    /// The first start.
    FirstStart,
    /// The last start.
    LastStart,
    /// The last end.
    LastEnd,
}

/// A number of seconds that a session may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seconds {
    /// From its start to its end.
    Duration,
    /// From its start to the first message of a technician.
    FirstResponse,
}

/// A number of several numbers of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// How many there are.
    Count,
    /// The sum.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// A percentile by nearest rank.
    Percentile(Percent),
}

/// A part of a hundred, above 0, as a fraction of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent {
    /// The numerator.
    pub numerator: i64,
    /// The denominator.
    pub denominator: i64,
}

/// The maximum number of decimals of a percentile.
const MAX_DECIMALS: u32 = 6;

impl Percent {
    /// The decimal number that a caller wrote, divided by 100; none unless it is above 0, at most 100, and
    /// has at most six decimals. The fraction is exact: 16.1 is 161/1000.
    pub fn parse(percent: f64) -> Option<Self> {
        if !(percent > 0.0 && percent <= 100.0) {
            return None;
        }
        // The shortest decimal that is this double is the one that the caller wrote.
        let text = percent.to_string();
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let count = u32::try_from(decimals.len()).ok().filter(|count| *count <= MAX_DECIMALS)?;
        let numerator = format!("{whole}{decimals}").parse().ok()?;
        Some(Self { numerator, denominator: 100 * 10_i64.pow(count) })
    }
}

impl Measure {
    /// The nanoseconds for each session, beyond reading it.
    pub fn nanos(self) -> u64 {
        match self {
            Self::Count => 0,
            Self::Seconds(_, Aggregate::Percentile(_)) => 2_500,
            Self::BusyMicros => 2_500,
            Self::DistinctTechnicians | Self::DistinctComputers => 500,
            _ => 30,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Percent;

    #[test]
    fn a_percentile_is_the_fraction_that_was_written() {
        for (percent, numerator, denominator) in [
            (7.0, 7, 100),
            (16.1, 161, 1_000),
            (100.0, 100, 100),
            (99.9, 999, 1_000),
            (0.000_001, 1, 100_000_000),
        ] {
            assert_eq!(Percent::parse(percent), Some(Percent { numerator, denominator }));
        }
        for refused in [0.0, -1.0, 100.1, f64::NAN, f64::INFINITY, 0.000_000_1, 1.0 / 3.0] {
            assert_eq!(Percent::parse(refused), None, "{refused}");
        }
    }
}
