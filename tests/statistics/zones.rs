//! Periods of zones, from what the library of time zones says of single points in time.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
    tz::{TimeZone, TimeZoneDatabase},
};
use serde_json::{Value, json};

use crate::model::time::{SECOND, rfc3339};

const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// The zone with a name.
pub fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

/// The library's times end a day before the year does.
fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
}

fn offset(zone: &TimeZone, micros: i64) -> i64 {
    i64::from(zone.to_offset(instant(micros)).seconds()) * SECOND
}

fn local(zone: &TimeZone, micros: i64) -> i64 {
    micros + offset(zone, micros)
}

pub fn hour_of_day(zone: &TimeZone, micros: i64) -> i64 {
    local(zone, micros).div_euclid(HOUR).rem_euclid(24)
}

pub fn day_of_week(zone: &TimeZone, micros: i64) -> i64 {
    // The first of January 1970 was a Thursday.
    (local(zone, micros).div_euclid(DAY) + 3).rem_euclid(7) + 1
}

fn day_number(day: Date) -> i64 {
    i64::from((day - date(1970, 1, 1)).get_days())
}

fn day_of(number: i64) -> Option<Date> {
    date(1970, 1, 1).checked_add(i32::try_from(number).ok()?.days()).ok()
}

/// The first time of a day.
fn start(zone: &TimeZone, day: Date) -> i64 {
    match day.to_zoned(zone.clone()) {
        Ok(zoned) => zoned.timestamp().as_microsecond(),
        Err(_) => {
            let midnight = day_number(day) * DAY;
            midnight - offset(zone, midnight)
        }
    }
}

/// The last day that has begun at a time.
fn day_at(zone: &TimeZone, micros: i64) -> Option<Date> {
    let number = local(zone, micros).div_euclid(DAY);
    [number + 1, number, number - 1]
        .into_iter()
        .filter_map(day_of)
        .find(|day| start(zone, *day) <= micros)
}

/// The beginning and the end of the period of this kind that has a time.
pub fn period(kind: &str, zone: &TimeZone, micros: i64) -> (i64, Option<i64>) {
    if kind == "HOUR" {
        let begin = local(zone, micros).div_euclid(HOUR) * HOUR - offset(zone, micros);
        let changes = |it: jiff::tz::TimeZoneTransition<'_>| it.timestamp().as_microsecond();
        // Changes of the name of the time alone are none.
        let is_change = |at: &i64| offset(zone, *at) != offset(zone, *at - 1);
        let later = instant(micros + 1);
        let before = zone.preceding(later).map(changes).take(5).find(is_change);
        let after = zone.following(instant(micros)).map(changes).take(5).find(is_change);
        let end = (begin + HOUR).min(after.unwrap_or(i64::MAX));
        return (begin.max(before.unwrap_or(i64::MIN)), Some(end));
    }
    let day = day_at(zone, micros).unwrap();
    let weekday = i64::from(day.weekday().to_monday_zero_offset());
    let quarter = (day.month() - 1) / 3 * 3 + 1;
    let first_of = |year: i16, month: i8| Date::new(year, month, 1).ok();
    let next_month = |month: i8, months: i8| match month + months {
        next if next > 12 => day.year().checked_add(1).and_then(|year| first_of(year, next - 12)),
        next => first_of(day.year(), next),
    };
    let monday = day_number(day) - weekday;
    let (from, to) = match kind {
        "DAY" => (Some(day), day_of(day_number(day) + 1)),
        "WEEK" => (day_of(monday), day_of(monday + 7)),
        "MONTH" => (first_of(day.year(), day.month()), next_month(day.month(), 1)),
        "QUARTER" => (first_of(day.year(), quarter), next_month(quarter, 3)),
        "YEAR" => (first_of(day.year(), 1), next_month(1, 12)),
        other => panic!("{other}"),
    };
    (start(zone, from.unwrap()), to.map(|to| start(zone, to)))
}

/// A time as an answer has it; null outside of the years 1 to 9999.
pub fn time(micros: i64) -> Value {
    if !(-62_135_596_800 * SECOND..253_402_300_800 * SECOND).contains(&micros) {
        return Value::Null;
    }
    let digits = format!("{:06}", micros.rem_euclid(SECOND));
    json!(rfc3339(micros, 0, digits.trim_end_matches('0')))
}
