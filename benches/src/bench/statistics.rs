//! The workloads of statistics: groups of the sessions of a year.

/// The workloads' names, each with its operation and its query.
pub(crate) const STATISTICS: [(&str, &str, &str); 4] = [
    (
        "stats-month",
        "StatsMonth",
        "query StatsMonth($from: DateTime!, $to: DateTime!) { sessionStats(first: 1000, \
            filter: { startedAt: { gte: $from, lt: $to } }, groupBy: [{ by: MONTH }, { by: TECHNICIAN }]) { \
            nodes { key { periodStart technician { username } } count duration { sumSeconds } } } }",
    ),
    (
        "stats-day",
        "StatsDay",
        "query StatsDay($from: DateTime!, $to: DateTime!) { sessionStats(first: 1000, \
            filter: { startedAt: { gte: $from, lt: $to } }, groupBy: [{ by: DAY }]) { \
            nodes { key { periodStart } count answered } } }",
    ),
    (
        "stats-customer",
        "StatsCustomer",
        "query StatsCustomer($from: DateTime!, $to: DateTime!) { sessionStats(first: 1000, \
            filter: { startedAt: { gte: $from, lt: $to } }, groupBy: [{ by: CUSTOMER_NUMBER }]) { \
            nodes { key { customerNumber } count billedMinutes } } }",
    ),
    (
        "stats-percentile",
        "StatsPercentile",
        "query StatsPercentile($from: DateTime!, $to: DateTime!) { sessionStats(first: 1000, \
            filter: { startedAt: { gte: $from, lt: $to } }, groupBy: [{ by: TECHNICIAN }]) { \
            nodes { key { technician { username } } count duration { percentile(p: 90) } } } }",
    ),
];

/// The number of different requests of a workload, each of which takes long.
pub(crate) const STATISTICS_VARIETY: usize = 4;
/// The minutes of a year, in each of which a session starts.
pub(crate) const YEAR: usize = 366 * 24 * 60;
