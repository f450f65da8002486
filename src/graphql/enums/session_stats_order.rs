//! The orders of groups of sessions.

use async_graphql::Enum;

use crate::domain::statistics::{
    GroupOrder,
    measure::{Aggregate, Measure, Seconds},
};

/// The order of groups. Groups with the same value are ordered by key, the smallest first.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum SessionStatsOrder {
    /// By key; groups without a value last. Technicians are ordered by user name.
    KeyAsc,
    /// By key, the largest first; groups without a value first.
    KeyDesc,
    /// By number of sessions, the smallest first.
    CountAsc,
    /// By number of sessions, the largest first.
    CountDesc,
    /// By number of sessions that were not answered, the smallest first.
    MissedAsc,
    /// By number of sessions that were not answered, the largest first.
    MissedDesc,
    /// By sum of durations, the smallest first.
    DurationSumAsc,
    /// By sum of durations, the largest first.
    DurationSumDesc,
    /// By time with at least one session, the shortest first.
    BusyAsc,
    /// By time with at least one session, the longest first.
    BusyDesc,
}

const DURATION_SUM: Measure = Measure::Seconds(Seconds::Duration, Aggregate::Sum);

impl SessionStatsOrder {
    /// The order of a question.
    pub(in crate::graphql) fn order(self) -> GroupOrder {
        let (name, by, ascending) = match self {
            Self::KeyAsc => ("k", None, true),
            Self::KeyDesc => ("K", None, false),
            Self::CountAsc => ("c", Some(Measure::Count), true),
            Self::CountDesc => ("C", Some(Measure::Count), false),
            Self::MissedAsc => ("m", Some(Measure::Missed), true),
            Self::MissedDesc => ("M", Some(Measure::Missed), false),
            Self::DurationSumAsc => ("d", Some(DURATION_SUM), true),
            Self::DurationSumDesc => ("D", Some(DURATION_SUM), false),
            Self::BusyAsc => ("b", Some(Measure::BusyMicros), true),
            Self::BusyDesc => ("B", Some(Measure::BusyMicros), false),
        };
        GroupOrder { name, by, ascending }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::resolver_utils::EnumType;

    use super::SessionStatsOrder;

    #[test]
    fn each_order_of_groups_has_a_name_of_its_own() {
        let items = SessionStatsOrder::items();
        let names: std::collections::BTreeSet<_> =
            items.iter().map(|item| item.value.order().name).collect();
        assert_eq!(names.len(), items.len());
    }
}
