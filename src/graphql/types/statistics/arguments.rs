//! The arguments of `sessionStats`: which sessions, which groups, and which page of groups.

use super::super::{
    super::{
        definition::{
            ArgumentDefinition,
            arguments::{Argument, FieldArguments},
        },
        enums::SessionStatsOrder,
        input::{
            FilterInput,
            statistics::{SessionGroupBy, SessionStatsFilter, criteria},
        },
        scalar::TimeZone,
    },
    session::FILTER,
};
use crate::{
    domain::{
        cursor::{self, ExpectedCursor},
        page::{End, KeyKind, PageRequest},
        statistics::{Grouping, Statistics},
    },
    error::{Error, Result},
    store::order::GROUPS,
};

/// The groups of a page if the request does not say.
pub(in crate::graphql) const DEFAULT_GROUPS: u32 = 100;
/// The maximum number of groups of a page.
pub(in crate::graphql) const MAX_GROUPS_OF_A_PAGE: u32 = 1_000;
const GROUP_BY: Argument<Option<Vec<SessionGroupBy>>> = Argument::new(
    "groupBy",
    "What the sessions of a group have in common: at most three properties, and at most one of them a \
     period. Without any, all sessions are one group.",
);
const TIME_ZONE: Argument<TimeZone> =
    Argument::new("timeZone", "The time zone of periods, hours and days.").default("\"UTC\"");
const HAVING: Argument<Option<SessionStatsFilter>> =
    Argument::new("having", "Returns only groups that match this filter.");
const ORDER_BY: Argument<SessionStatsOrder> =
    Argument::new("orderBy", "The order of the groups.").default("KEY_ASC");
const FIRST: Argument<i32> =
    Argument::new("first", "Returns the first n groups: 1,000 at most.").default("100");
const AFTER: Argument<Option<String>> =
    Argument::new("after", "Returns only groups after this cursor.");

/// The arguments of `sessionStats`.
pub(in crate::graphql::types) const STATISTICS_ARGUMENTS: &[ArgumentDefinition] = &[
    FILTER.definition(),
    GROUP_BY.definition(),
    TIME_ZONE.definition(),
    HAVING.definition(),
    ORDER_BY.definition(),
    FIRST.definition(),
    AFTER.definition(),
];

/// The groups that the arguments of a field ask for.
pub(super) fn statistics(arguments: &FieldArguments<'_>) -> Result<(Statistics, PageRequest)> {
    let filter =
        arguments.get(&FILTER)?.unwrap_or_default().into_domain(arguments.request().now())?;
    let criteria = criteria(arguments.get(&GROUP_BY)?.unwrap_or_default())?;
    let zone = arguments.get(&TIME_ZONE)?.0;
    let having =
        arguments.get(&HAVING)?.unwrap_or_default().comparisons(arguments.request().now())?;
    let order = arguments.get(&ORDER_BY)?.order();
    let grouping = Grouping { filter, criteria, zone };
    let statistics = Statistics { grouping, having, order };
    let first = arguments.get(&FIRST)?;
    let size = u32::try_from(first)
        .map_err(|_| Error::input(format!("'first' is {first}; it must not be negative.")))?;
    if size > MAX_GROUPS_OF_A_PAGE {
        let max = MAX_GROUPS_OF_A_PAGE;
        return Err(Error::input(format!("'first' is {first}; the maximum is {max}.")));
    }
    let after = arguments.get(&AFTER)?.map(|after| {
        let expected = ExpectedCursor { tag: GROUPS.tag, has_parent: false, key: &[KeyKind::Text] };
        cursor::decode(arguments.cursor_key()?, expected, &after).map(|(_, position)| position)
    });
    let after = after.transpose()?;
    if let Some(position) = &after {
        statistics.decode_position(position)?;
    }
    Ok((statistics, PageRequest { size, end: End::First, after, before: None }))
}
