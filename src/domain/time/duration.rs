//! Durations by which a time lies back from now.

use std::{fmt, str::FromStr};

use jiff::{Span, fmt::temporal::SpanParser};

use super::{EPOCH, SignedDuration, TimeError, Timestamp};

static PARSER: SpanParser = SpanParser::new();

/// A duration in units of the calendar and the clock, longer than zero.
#[derive(Clone, Copy, Debug)]
pub struct CalendarDuration(Span);

impl FromStr for CalendarDuration {
    type Err = TimeError;

    /// Reads an ISO 8601 duration, such as `P7D`, `PT12H` or `P1M`.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let span = text.starts_with('P').then(|| PARSER.parse_span(text).ok()).flatten();
        span.filter(|span| span.is_positive()).map(Self).ok_or(TimeError::NotDuration)
    }
}

impl CalendarDuration {
    /// The duration of this number of months, if it is longer than zero and not too long.
    pub fn of_months(months: i64) -> Option<Self> {
        let span = Span::new().try_months(months).ok()?;
        Some(span).filter(|span| span.is_positive()).map(Self)
    }
}

impl fmt::Display for CalendarDuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Timestamp {
    /// The time that lies back by a duration, in UTC. The day of a month is the last one where the month is too
    /// short, and a time before the year 1 is the first one that can be represented.
    pub fn back_by(self, duration: CalendarDuration) -> Self {
        let civil = EPOCH.checked_add(SignedDuration::from_micros(self.0));
        let earlier = civil.and_then(|civil| civil.checked_sub(duration.0));
        let earlier = earlier.ok().and_then(|it| Self::from_duration(it.duration_since(EPOCH)));
        earlier.unwrap_or(Self::MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::{CalendarDuration, Timestamp};

    #[test]
    fn a_time_lies_back_by_units_of_the_calendar_and_the_clock() {
        for (now, duration, earlier) in [
            ("2026-03-08T12:00:00Z", "P7D", "2026-03-01T12:00:00Z"),
            ("2026-03-08T12:00:00Z", "P1W", "2026-03-01T12:00:00Z"),
            ("2026-03-08T12:00:00Z", "PT36H", "2026-03-07T00:00:00Z"),
            ("2026-03-08T12:00:00.000001Z", "PT1.5S", "2026-03-08T11:59:58.500001Z"),
            ("2026-03-31T12:00:00Z", "P1M", "2026-02-28T12:00:00Z"),
            ("2024-02-29T00:00:00Z", "P1Y", "2023-02-28T00:00:00Z"),
            ("2026-03-08T12:00:00Z", "P1Y2M3DT4H5M6S", "2025-01-05T07:54:54Z"),
            ("2026-03-08T12:00:00Z", "P2025Y", "0001-03-08T12:00:00Z"),
            ("2026-03-08T12:00:00Z", "P2026Y", "0001-01-01T00:00:00Z"),
            ("2026-03-08T12:00:00Z", "P19998Y", "0001-01-01T00:00:00Z"),
        ] {
            let back = Timestamp::parse_rfc3339(now).unwrap().back_by(duration.parse().unwrap());
            assert_eq!(back.rfc3339(), earlier, "{duration} back from {now}");
        }
    }

    #[test]
    fn what_is_no_positive_iso_duration_is_refused() {
        for text in [
            "",
            "P",
            "PT",
            "7D",
            "P7",
            "-P7D",
            "+P7D",
            "P-7D",
            "P0D",
            "PT0S",
            "7 days",
            "P7D ",
            " P7D",
            "PT",
            "P1H",
            "PT1D",
            "P99999999999D",
            "P1,5",
            "P\u{661}D",
        ] {
            assert!(text.parse::<CalendarDuration>().is_err(), "{text}");
        }
    }
}
