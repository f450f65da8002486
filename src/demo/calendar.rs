//! When sessions start: mostly on working days, mostly in working hours.

use super::random::Random;
use crate::domain::time::Timestamp;

const SECOND: i64 = 1_000_000;
const HOUR_SECONDS: i64 = 3_600;
const DAY_SECONDS: i64 = 86_400;
const DAY: i64 = DAY_SECONDS * SECOND;

/// The relative number of sessions of each day of the week, from Sunday on.
const WEEKDAYS: [i64; 7] = [2, 22, 21, 20, 19, 17, 5];

/// The relative number of sessions of each hour of a day.
const HOURS: [u32; 24] =
    [1, 1, 1, 1, 1, 2, 6, 18, 34, 40, 38, 30, 22, 30, 36, 34, 28, 18, 10, 7, 5, 4, 3, 2];

/// How many seconds before the end the last sessions start, whatever the hour.
const LAST_STARTS: [i64; 3] = [1_560, 660, 240];

/// Returns `count` points in time in the `days` days before `until`, in order.
pub(super) fn starts(until: Timestamp, days: i64, count: i64) -> impl Iterator<Item = Timestamp> {
    let last = LAST_STARTS.map(|seconds| after(until, -seconds));
    // Nothing stands between the last starts.
    let (end, count) = (after(until, -LAST_STARTS[0]), count - LAST_STARTS.len() as i64);
    let today = end.micros().div_euclid(DAY);
    let today_seconds = end.micros().rem_euclid(DAY) / SECOND;
    let seconds = move |day: i64| if day == today { today_seconds } else { DAY_SECONDS };
    let weight = move |day: i64| {
        let hours: u32 = hour_weights(seconds(day)).iter().sum();
        WEEKDAYS[(day + 4).rem_euclid(7) as usize] * i64::from(hours)
    };
    let total: i64 = (today - days + 1..=today).map(weight).sum();
    let mut sum = 0;
    (today - days + 1..=today)
        .flat_map(move |day| {
            // The share up to this day less the share before it loses nothing to rounding.
            let before = sum * count / total;
            sum += weight(day);
            starts_of_day(day, seconds(day), sum * count / total - before)
        })
        .chain(last)
}

/// Returns `count` points in the first `seconds` of one day, in order.
fn starts_of_day(day: i64, seconds: i64, count: i64) -> Vec<Timestamp> {
    let mut random = Random::new(day.unsigned_abs());
    let weights = hour_weights(seconds);
    let mut starts: Vec<i64> = (0..count)
        .map(|_| {
            let hour = random.weighted(&weights) as i64;
            let last = (seconds - hour * HOUR_SECONDS).clamp(1, HOUR_SECONDS) - 1;
            hour * HOUR_SECONDS + random.between(0, last)
        })
        .collect();
    starts.sort_unstable();
    starts.into_iter().filter_map(|it| Timestamp::from_micros(day * DAY + it * SECOND)).collect()
}

/// The weight of each hour, as far as it is in the first `seconds` of a day.
fn hour_weights(seconds: i64) -> [u32; 24] {
    let mut weights = HOURS;
    for (hour, weight) in (0..).zip(&mut weights) {
        *weight *= (seconds - hour * HOUR_SECONDS).clamp(0, HOUR_SECONDS) as u32;
    }
    weights
}

/// The time without its fraction of a second.
pub(super) fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_micros(time.micros() - time.micros().rem_euclid(SECOND)).unwrap_or(time)
}

/// The point `seconds` after `time`.
pub(super) fn after(time: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_micros(time.micros() + seconds * SECOND).unwrap_or(time)
}
