//! When sessions begin: mostly on working days, mostly in working hours.

use super::random::Random;
use crate::domain::time::Timestamp;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// How busy each day of the week is, from Sunday on.
const WEEKDAYS: [i64; 7] = [2, 22, 21, 20, 19, 17, 5];

/// How busy each hour of a day is.
const HOURS: [u32; 24] =
    [1, 1, 1, 1, 1, 2, 6, 18, 34, 40, 38, 30, 22, 30, 36, 34, 28, 18, 10, 7, 5, 4, 3, 2];

/// About `count` points in time in the `days` days that end at `until`, in order.
pub(super) fn starts(until: Timestamp, days: i64, count: i64) -> impl Iterator<Item = Timestamp> {
    let today = until.micros().div_euclid(DAY);
    let weight = |day: i64| WEEKDAYS[(day + 4).rem_euclid(7) as usize];
    let total: i64 = (today - days + 1..=today).map(weight).sum();
    let mut weighed = 0;
    (today - days + 1..=today)
        .flat_map(move |day| {
            // The share up to this day less the share before it loses nothing to rounding.
            let before = weighed * count / total;
            weighed += weight(day);
            on(day, weighed * count / total - before)
        })
        .filter(move |start| *start < until)
}

/// The points in time of one day, in order.
fn on(day: i64, count: i64) -> Vec<Timestamp> {
    let mut random = Random::new(day.unsigned_abs());
    let mut seconds: Vec<i64> = (0..count)
        .map(|_| random.weighted(&HOURS) as i64 * 3_600 + random.between(0, 3_599))
        .collect();
    seconds.sort_unstable();
    seconds.into_iter().filter_map(|it| Timestamp::from_micros(day * DAY + it * SECOND)).collect()
}

/// The point `seconds` after `time`.
pub(super) fn after(time: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_micros(time.micros() + seconds * SECOND).unwrap_or(time)
}
