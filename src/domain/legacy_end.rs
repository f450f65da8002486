//! When the legacy URL is deprecated, and when it is gone.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The end of the legacy URL, as the headers of its answers tell it.
#[derive(Clone, Debug, Default)]
pub struct LegacyEnd {
    /// The value of `Deprecation` (RFC 9745): the seconds since the Unix epoch after an `@`.
    pub deprecation: Option<String>,
    /// The value of `Sunset` (RFC 8594): a date as HTTP writes it.
    pub sunset: Option<String>,
}

impl LegacyEnd {
    /// From the beginnings of these days in UTC.
    pub fn new(deprecation: Option<Date>, sunset: Option<Date>) -> Self {
        let start = |day: Date| Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp());
        let seconds = |time: Timestamp| format!("@{}", time.as_second());
        let date = |day: Date| day.strftime("%a, %d %b %Y 00:00:00 GMT").to_string();
        Self { deprecation: deprecation.and_then(start).map(seconds), sunset: sunset.map(date) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::LegacyEnd;

    #[test]
    fn days_are_written_as_the_headers_need_them() {
        let end = LegacyEnd::new(Some(date(2027, 1, 31)), Some(date(2027, 12, 5)));
        assert_eq!(end.deprecation.as_deref(), Some("@1801353600"));
        assert_eq!(end.sunset.as_deref(), Some("Sun, 05 Dec 2027 00:00:00 GMT"));
        let none = LegacyEnd::new(None, None);
        assert_eq!((none.deprecation, none.sunset), (None, None));
    }
}
