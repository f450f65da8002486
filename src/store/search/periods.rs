//! The periods of starts in the index of words on PostgreSQL, which finds the sessions with words that start in some of them.
//! So a page of a search reads neither all sessions that match nor all that start before them.

use crate::{domain::search::SearchSpread, store::tokens::SAMPLED_IN};

/// The values that the index has for a start: its periods of about 19 hours, 13 days and 204 days. The last two bits tell which.
pub(super) const OF_START: &str =
    "ARRAY[started_at >> 36 << 2, (started_at >> 40 << 2) + 1, (started_at >> 44 << 2) + 2]";
/// The lengths of these periods, as powers of two of microseconds, and their last bits.
const KINDS: [(u32, i64); 3] = [(36, 0), (40, 1), (44, 2)];
/// The maximum number of periods for a page. With the longest, these are 35 years.
const MAX_PERIODS: i64 = 64;
/// The periods are expected to have this number of times the sessions of the page, which are not spread evenly.
const MARGIN: i64 = 2;

/// The time without a match of the sample, in times from one match to the next of all sessions.
const GAP: i64 = 8 * SAMPLED_IN as i64;

/// Periods of one length that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Periods {
    bits: u32,
    kind: i64,
    first: i64,
    last: i64,
}

impl Periods {
    /// The periods with all times of a range, the shortest that are not too many, unless the range is empty.
    fn of(from: i64, to: i64) -> Option<Self> {
        let mut all =
            KINDS.map(|(bits, kind)| Self { bits, kind, first: from >> bits, last: to >> bits });
        all.sort_by_key(|it| it.bits);
        all.into_iter().find(|it| from <= to && it.last - it.first < MAX_PERIODS)
    }

    /// The periods in which the first sessions are expected that match a search and start in a range, which may be open.
    pub(super) fn of_first(
        rows: u64,
        spread: &SearchSpread,
        starts: [Option<i64>; 2],
        ascending: bool,
    ) -> Option<Self> {
        let [oldest, newest] = spread.sessions;
        let [from, to] = starts;
        let (from, to) = (from.unwrap_or(oldest).max(oldest), to.unwrap_or(newest).min(newest));
        let rows = i64::try_from(rows).ok()?.saturating_mul(MARGIN);
        let length = rows.saturating_mul(spread.distance);
        // No session before the first and after the last match of the sample is likely to match, if they are that far away.
        let gap = spread.distance.saturating_mul(GAP);
        let [first, last] = spread.matches;
        match ascending {
            true => {
                let start = if first.saturating_sub(from) > gap { first } else { from };
                Self::of(from, start.saturating_add(length).min(to))
            }
            false => {
                let start = if to.saturating_sub(last) > gap { last } else { to };
                Self::of(start.saturating_sub(length).max(from), to)
            }
        }
    }

    /// The values of the index for these periods: the first, the last, and the step.
    pub(super) fn values(&self) -> [i64; 3] {
        [(self.first << 2) + self.kind, (self.last << 2) + self.kind, 4]
    }

    /// Their first and last time.
    pub(super) fn times(&self) -> [i64; 2] {
        [self.first << self.bits, ((self.last + 1) << self.bits) - 1]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{KINDS, MAX_PERIODS, Periods};
    use crate::domain::search::SearchSpread;

    const DAY: i64 = 86_400_000_000;

    proptest! {
        #[test]
        fn the_periods_of_a_range_have_all_its_times(from in -DAY * 100_000..DAY * 100_000, length in 0..DAY * 10_000) {
            let to = from + length;
            let periods = Periods::of(from, to).unwrap();
            let [first, last] = periods.times();
            prop_assert!(first <= from && to <= last);
            let [first, last, step] = periods.values();
            prop_assert!((last - first) / step < MAX_PERIODS);
            // The values of the index, as PostgreSQL makes them.
            let of_index = |time: i64| KINDS.map(|(bits, kind)| (time >> bits << 2) + kind);
            for time in [from, from + length / 2, to] {
                let is_found = |value: &i64| (first..=last).contains(value) && (value - first) % step == 0;
                prop_assert_eq!(of_index(time).iter().filter(|it| is_found(it)).count(), 1);
            }
        }
    }

    #[test]
    fn the_periods_of_a_page_begin_where_the_list_begins_or_where_the_matches_are() {
        let spread =
            |matches| SearchSpread { distance: DAY / 10, matches, sessions: [0, DAY * 1_000] };
        let times = |matches, starts, ascending| {
            let periods = Periods::of_first(50, &spread(matches), starts, ascending).unwrap();
            periods.times().map(|time| time / DAY)
        };
        let everywhere = [DAY * 20, DAY * 980];
        // A hundred times from one match to the next are ten days, and a period has 19 hours.
        assert_eq!(times(everywhere, [None, None], false), [989, 1_000]);
        assert_eq!(times(everywhere, [None, None], true), [0, 10]);
        assert_eq!(times(everywhere, [None, Some(DAY * 500)], false), [489, 500]);
        assert_eq!(times(everywhere, [Some(DAY * 500), Some(DAY * 502)], false), [499, 502]);
        assert_eq!(times([DAY * 300, DAY * 400], [None, None], false), [381, 1_005]);
        assert_eq!(times([DAY * 300, DAY * 400], [None, None], true), [0, 318]);
        // No session is between the bounds, or too many periods are.
        assert_eq!(
            Periods::of_first(50, &spread(everywhere), [Some(DAY * 1_001), None], false),
            None
        );
        let rare = SearchSpread { distance: DAY * 400, ..spread([0, DAY * 36_000]) };
        let rare = SearchSpread { sessions: [0, DAY * 36_500], ..rare };
        assert_eq!(Periods::of_first(50, &rare, [None, None], false), None);
    }
}
