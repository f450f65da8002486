//! Periods of the local calendar.

/// The kind of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// An hour of the local clock. The hour that comes twice in autumn is two.
    Hour,
    /// A day, from local midnight to local midnight.
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
    /// A year.
    Year,
}

impl Unit {
    /// The number of months, if it is a number of months.
    pub fn months(self) -> Option<i64> {
        match self {
            Self::Hour | Self::Day | Self::Week => None,
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::Year => Some(12),
        }
    }
}

/// The number of a month of the calendar, from January of the year 0, that has this day. Days are counted
/// from the Unix epoch.
pub fn month_of(day: i64) -> i64 {
    // The year begins in March, so that the leap day is its last.
    let day = day + 719_468;
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    (day.div_euclid(146_097) * 400 + year) * 12 + month + 2
}

/// The first day of a month.
pub fn first_day(month: i64) -> i64 {
    let (year, month) = ((month - 2).div_euclid(12), (month - 2).rem_euclid(12));
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let days = 365 * of_era + of_era / 4 - of_era / 100 + (153 * month + 2) / 5;
    era * 146_097 + days - 719_468
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};

    use super::{first_day, month_of};

    #[test]
    fn months_and_their_first_days_are_those_of_the_calendar() {
        let epoch = date(1970, 1, 1);
        let mut day = date(1, 1, 1);
        while day.year() < 9_000 {
            let number = i64::from((day - epoch).get_days());
            let month = i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
            assert_eq!(month_of(number), month, "{day}");
            let first = i64::from((day.first_of_month() - epoch).get_days());
            assert_eq!(first_day(month), first, "{day}");
            day = day.checked_add(13.days()).unwrap();
        }
    }
}
