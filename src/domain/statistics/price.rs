//! The time that statistics take for each session.

use super::{
    GroupColumn, Statistics,
    measure::{Aggregate, Measure},
};

/// The nanoseconds for each session to find its group by a part of the key.
const GROUP: u64 = 200;
/// The nanoseconds for each session to find one more item of the sorted sessions.
const ITEM_OF_SORTED: u64 = 100;

impl Statistics {
    /// The nanoseconds for each session, beyond reading it, of these columns of groups.
    pub fn nanos<'a>(&self, columns: impl Iterator<Item = &'a GroupColumn>) -> u64 {
        let having = self.having.iter().map(|(measure, ..)| measure.nanos()).sum::<u64>();
        let by = self.order.by.map_or(0, Measure::nanos);
        let parts = GROUP * self.grouping.parts() as u64;
        Self::nanos_of_whole(columns) + having + by + parts
    }

    /// The same for the group of all sessions. Percentiles of the same seconds sort the sessions once.
    pub fn nanos_of_whole<'a>(columns: impl Iterator<Item = &'a GroupColumn>) -> u64 {
        let mut sorted = Vec::new();
        let price = |column: &GroupColumn| {
            let GroupColumn::Measure(measure) = column else { return 0 };
            if let Measure::Seconds(of, Aggregate::Percentile(_)) = measure {
                if sorted.contains(of) {
                    return ITEM_OF_SORTED;
                }
                sorted.push(*of);
            }
            measure.nanos()
        };
        columns.map(price).sum()
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{
        account_size::AccountSize,
        filter::{SessionFilter, scan::NANOS_OF_A_COST},
        statistics::{
            Criterion, GroupColumn, GroupOrder, Grouping, Statistics,
            measure::{Aggregate, Measure, Percent, Seconds},
            period::Unit,
        },
        time::zone::Zone,
    };

    #[test]
    fn percentiles_of_the_same_seconds_cost_one_sort() {
        let percentile = |of, percent: f64| {
            let percent = Percent::parse(percent).unwrap();
            GroupColumn::Measure(Measure::Seconds(of, Aggregate::Percentile(percent)))
        };
        let nanos = |columns: &[GroupColumn]| Statistics::nanos_of_whole(columns.iter());
        let median = percentile(Seconds::Duration, 50.0);
        let both = [median.clone(), percentile(Seconds::Duration, 90.0)];
        let of_two = [median.clone(), percentile(Seconds::FirstResponse, 50.0)];
        assert!(nanos(&both) < nanos(std::slice::from_ref(&median)) * 11 / 10);
        assert_eq!(nanos(&of_two), nanos(&[median]) * 2);
    }

    #[test]
    fn a_million_sessions_by_day_and_technician_take_less_than_the_limit_for_a_request() {
        let (filter, zone) = (SessionFilter::default(), Zone::parse("UTC").unwrap());
        let criteria = vec![Criterion::Period(Unit::Day), Criterion::Technician];
        let grouping = Grouping { filter: filter.clone(), criteria, zone };
        let order = GroupOrder { name: "k", by: None, ascending: true };
        let statistics = Statistics { grouping, having: Vec::new(), order };
        let columns = [
            Measure::Count,
            Measure::Missed,
            Measure::Seconds(Seconds::Duration, Aggregate::Sum),
            Measure::Seconds(Seconds::FirstResponse, Aggregate::Sum),
            Measure::BilledMinutes { step: 15, minimum: 15 },
        ]
        .map(GroupColumn::Measure);
        let size = AccountSize { sessions: 1_000_000, ..AccountSize::default() };
        let page = filter.nanos_of_statistics(&size, statistics.nanos(columns.iter()));
        let total = filter.nanos_of_statistics(&size, Statistics::nanos_of_whole(columns.iter()));
        // Of the limit of 100,000, a page of 1,000 groups with 10 fields has 10,000.
        assert!((page + total) / NANOS_OF_A_COST < 90_000, "{}", (page + total) / NANOS_OF_A_COST);
    }
}
