//! The local calendar of a zone, as far as sessions start in it.

use super::period::{Unit, first_day, month_of};
use crate::domain::time::zone::{OffsetSegment, Zone};

/// An hour in microseconds.
pub const HOUR: i64 = 3_600_000_000;
/// A day in microseconds.
pub const DAY: i64 = 24 * HOUR;
/// A number of whole weeks that is added to days, so that no day of the years 1 to 9999 is negative.
pub const DAYS_ADDED: i64 = 730_002;
/// Periods begin and end within this time of their sessions.
const MARGIN: i64 = 400 * DAY;
/// From 2200 on, the clocks of all zones change by rules that repeat.
pub const CYCLE_START: i64 = 84_006 * DAY;
/// The calendar repeats after 400 years, which are whole weeks.
pub const CYCLE: i64 = 146_097 * DAY;

/// More offsets are looked up by their cycle, which has two a year at most.
const MANY_SEGMENTS: usize = 2 * 400;

/// The offsets of a zone in the ranges of time in which sessions start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    ranges: Vec<(i64, i64)>,
    clock: Vec<OffsetSegment>,
    days: Vec<OffsetSegment>,
    /// The offsets of the clock in a cycle, if they are fewer than those after its start.
    cycle: Vec<OffsetSegment>,
    days_of_cycle: Vec<OffsetSegment>,
}

/// The offsets of a zone, as they are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offsets<'a> {
    /// The offsets of all times, or only of those before [`CYCLE_START`].
    pub segments: &'a [OffsetSegment],
    /// The offsets of the [`CYCLE`] from [`CYCLE_START`] on, which repeat. Empty if `segments` has all times.
    pub cycle: &'a [OffsetSegment],
}

impl<'a> Offsets<'a> {
    fn new(all: &'a [OffsetSegment], cycle: &'a [OffsetSegment]) -> Self {
        let before = all.partition_point(|segment| segment.start < CYCLE_START);
        let segments = if cycle.is_empty() { all } else { all.get(..before).unwrap_or_default() };
        Self { segments, cycle }
    }
}

impl Calendar {
    /// The calendar of a zone for these ranges of starts, which are sorted and inclusive.
    pub fn new(zone: &Zone, ranges: &[(i64, i64)]) -> Self {
        let mut clock: Vec<OffsetSegment> = Vec::new();
        for (from, to) in joined(ranges) {
            for mut segment in zone.segments(from, to) {
                if !clock.is_empty() {
                    segment.start = segment.start.max(from);
                }
                if clock.last().is_none_or(|last| last.offset != segment.offset) {
                    clock.push(segment);
                }
            }
        }
        if clock.is_empty() {
            clock.push(OffsetSegment { start: i64::MIN, offset: 0 });
        }
        let mut cycle = Vec::new();
        let after = clock.partition_point(|segment| segment.start < CYCLE_START);
        if clock.len() - after > MANY_SEGMENTS {
            cycle = zone.segments(CYCLE_START - MARGIN, CYCLE_START + CYCLE);
        }
        let (days, days_of_cycle) = (days_of(&clock), days_of(&cycle));
        Self { ranges: ranges.to_vec(), clock, days, cycle, days_of_cycle }
    }

    /// The offsets of the local clock.
    pub fn clock(&self) -> Offsets<'_> {
        Offsets::new(&self.clock, &self.cycle)
    }

    /// The offsets by which days are counted: a day that has begun does not go back to the day before.
    pub fn days(&self) -> Offsets<'_> {
        Offsets::new(&self.days, &self.days_of_cycle)
    }

    /// The first time at which the local day is this one or a later one.
    pub fn start_of_day(&self, day: i64) -> i64 {
        let ends = self.clock.iter().skip(1).map(|next| next.start).chain([i64::MAX]);
        let start = self.clock.iter().zip(ends).find_map(|(segment, end)| {
            let midnight = day * DAY - segment.offset;
            (midnight < end).then_some(midnight.max(segment.start))
        });
        start.unwrap_or(i64::MAX)
    }

    /// The local day at a time.
    fn day_at(&self, time: i64) -> i64 {
        let next = self.days.partition_point(|segment| segment.start <= time);
        let offset = self.days.get(next.saturating_sub(1)).map_or(0, |segment| segment.offset);
        (time + offset).div_euclid(DAY)
    }

    /// The periods of this number of months in which sessions may start: the start and the key of each. None if there are more
    /// than `most`.
    pub fn month_periods(&self, months: i64, most: usize) -> Option<Vec<(i64, i64)>> {
        let mut periods: Vec<(i64, i64)> = Vec::new();
        for (from, to) in &self.ranges {
            let [first, last] =
                [from, to].map(|time| month_of(self.day_at(*time)).div_euclid(months));
            let first = periods.last().map_or(first, |(_, key)| first.max(key + 1));
            let count = usize::try_from((last + 1).saturating_sub(first)).unwrap_or_default();
            if periods.len().saturating_add(count) > most {
                return None;
            }
            periods.extend(
                (first..=last).map(|key| (self.start_of_day(first_day(key * months)), key)),
            );
        }
        Some(periods)
    }

    /// The beginning and the end of the period of this unit with this key.
    pub fn bounds(&self, unit: Unit, key: i64) -> (i64, i64) {
        let days = |first: i64, end: i64| (self.start_of_day(first), self.start_of_day(end));
        match unit {
            Unit::Hour => {
                // The key is the beginning.
                let next = self.clock.partition_point(|segment| segment.start <= key);
                let offset = self.clock.get(next.saturating_sub(1)).map_or(0, |it| it.offset);
                let end = ((key + offset).div_euclid(HOUR) + 1) * HOUR - offset;
                (key, self.clock.get(next).map_or(end, |it| it.start.min(end)))
            }
            Unit::Day => days(key - DAYS_ADDED, key - DAYS_ADDED + 1),
            Unit::Week => {
                let monday = key * 7 - DAYS_ADDED - 3;
                days(monday, monday + 7)
            }
            Unit::Month | Unit::Quarter | Unit::Year => {
                let months = unit.months().unwrap_or(1);
                days(first_day(key * months), first_day((key + 1) * months))
            }
        }
    }
}

/// The ranges with a margin, and those that overlap as one.
fn joined(ranges: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, to) in ranges {
        let (from, to) = (from.saturating_sub(MARGIN), to.saturating_add(MARGIN));
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// The offsets by which days are counted. Where the clock goes back over midnight, the new offset counts from
/// the second midnight on.
fn days_of(clock: &[OffsetSegment]) -> Vec<OffsetSegment> {
    let mut days: Vec<OffsetSegment> = Vec::with_capacity(clock.len());
    for segment in clock {
        let mut start = segment.start;
        if let Some(last) = days.last() {
            let begun = (start - 1 + last.offset).div_euclid(DAY);
            if begun > (start + segment.offset).div_euclid(DAY) {
                start = begun * DAY - segment.offset;
            }
        }
        days.push(OffsetSegment { start, ..*segment });
    }
    days
}

#[cfg(test)]
mod tests {
    use super::{Calendar, DAY, DAYS_ADDED, HOUR, Unit};
    use crate::domain::time::{Timestamp, zone::Zone};

    fn micros(time: &str) -> i64 {
        Timestamp::parse_rfc3339(time).unwrap().micros()
    }

    fn calendar(zone: &str, from: &str, to: &str) -> Calendar {
        Calendar::new(&Zone::parse(zone).unwrap(), &[(micros(from), micros(to))])
    }

    fn day(calendar: &Calendar, time: &str) -> (i64, i64) {
        calendar.bounds(Unit::Day, calendar.day_at(micros(time)) + DAYS_ADDED)
    }

    #[test]
    fn days_last_from_midnight_to_midnight_however_long_they_are() {
        for (zone, time, start, end) in [
            (
                "Europe/Lisbon",
                "2024-03-31T12:00:00Z",
                "2024-03-31T00:00:00Z",
                "2024-03-31T23:00:00Z",
            ),
            (
                "America/New_York",
                "2024-11-03T12:00:00Z",
                "2024-11-03T04:00:00Z",
                "2024-11-04T05:00:00Z",
            ),
            // A day that begins at one o'clock.
            ("Asia/Amman", "2021-03-26T12:00:00Z", "2021-03-25T22:00:00Z", "2021-03-26T21:00:00Z"),
            // The 30th does not exist.
            (
                "Pacific/Apia",
                "2011-12-30T09:59:59Z",
                "2011-12-29T10:00:00Z",
                "2011-12-30T10:00:00Z",
            ),
            (
                "Pacific/Apia",
                "2011-12-30T10:00:00Z",
                "2011-12-30T10:00:00Z",
                "2011-12-31T10:00:00Z",
            ),
            // At one minute past midnight the clock goes back to the day before.
            (
                "America/St_Johns",
                "2006-10-29T02:30:00Z",
                "2006-10-28T02:30:00Z",
                "2006-10-29T02:30:00Z",
            ),
            (
                "America/St_Johns",
                "2006-10-29T03:00:00Z",
                "2006-10-29T02:30:00Z",
                "2006-10-30T03:30:00Z",
            ),
        ] {
            let calendar = calendar(zone, time, time);
            let (from, to) = day(&calendar, time);
            if zone != "America/St_Johns" {
                assert_eq!((from, to), (micros(start), micros(end)), "{zone} {time}");
            }
            assert!((from..to).contains(&micros(time)), "{zone} {time}");
        }
    }

    #[test]
    fn the_periods_of_a_zone_follow_each_other_without_a_gap() {
        for zone in [
            "Europe/Lisbon",
            "America/St_Johns",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Asia/Amman",
        ] {
            let calendar = calendar(zone, "1980-01-01T00:00:00Z", "2013-01-01T00:00:00Z");
            let mut time = micros("1980-01-01T00:00:00Z");
            let (mut end, end_of_all) = (day_end(&calendar, time), micros("2013-01-01T00:00:00Z"));
            while time < end_of_all {
                let (from, to) = calendar.bounds(Unit::Day, calendar.day_at(time) + DAYS_ADDED);
                assert!((from..to).contains(&time), "{zone} {time}");
                assert!(to == end || from == end, "{zone} {time}");
                assert!(to - from >= 22 * HOUR && to - from <= 26 * HOUR, "{zone} {time}");
                end = to;
                time += DAY / 96;
            }
            let months = calendar.month_periods(1, 1_000).unwrap();
            assert!((33 * 12 + 1..=33 * 12 + 2).contains(&months.len()), "{zone}");
            assert!(months.is_sorted_by(|one, next| one.0 < next.0 && one.1 + 1 == next.1));
        }
    }

    fn day_end(calendar: &Calendar, time: i64) -> i64 {
        calendar.bounds(Unit::Day, calendar.day_at(time) + DAYS_ADDED).1
    }
}
