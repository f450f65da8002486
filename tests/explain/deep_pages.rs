//! A page is read from its cursor, so that it costs the same at any depth of the list.

use serde_json::json;

use super::{Watched, plan::Plan};
use crate::support::database::{DatabaseKind, on_sqlite_alone};

/// Orders, the columns of each, and a filter of the first of them that bounds the list from the same side as a cursor.
const BOUNDED: [(&str, &str, &str); 7] = [
    ("STARTED_AT_ASC", "started_at", "startedAt: {gte: \"2000-01-01T00:00:00Z\"}"),
    ("STARTED_AT_DESC", "started_at", "startedAt: {lt: \"2040-01-01T00:00:00Z\"}"),
    ("ENDED_AT_ASC", "ended_at", ""),
    ("ENDED_AT_ASC", "ended_at", "endedAt: {gte: \"2000-01-01T00:00:00Z\"}"),
    ("ENDED_AT_DESC", "ended_at", "endedAt: {lt: \"2040-01-01T00:00:00Z\"}"),
    ("UPDATED_AT_ASC", "updated_at", "updatedAt: {gte: \"2000-01-01T00:00:00Z\"}"),
    ("DURATION_ASC", "duration_seconds", "durationSeconds: {gte: 0}"),
];

on_sqlite_alone!(async a_page_is_read_from_its_cursor_also_within_a_filter_of_the_same_column,
    "SQLite reads from the first of two bounds, the others from the nearer one"
);
async fn a_page_is_read_from_its_cursor_also_within_a_filter_of_the_same_column(on: DatabaseKind) {
    let watched = Watched::new(on).await;
    for (order, column, filter) in BOUNDED {
        let page = format!(
            "query($after: String) {{ sessions(first: 20, after: $after, orderBy: {order},
                filter: {{{filter}}}) {{ pageInfo {{ endCursor }} }} }}"
        );
        let first = watched.gateway.data(&watched.tenant, &page, json!({})).await;
        let after = &first["sessions"]["pageInfo"]["endCursor"];
        assert!(after.is_string(), "{order}");
        let plans = watched.plans(&page, json!({ "after": after })).await;
        let from_cursor = format!("({column},id)");
        let is_read = |(_, plan): &(String, Plan)| plan.text.contains(&from_cursor);
        assert!(plans.iter().any(is_read), "{order} {filter}: {plans:?}");
    }
}

on_sqlite_alone!(async a_page_of_the_sessions_of_a_period_is_read_from_its_cursor,
    "SQLite reads from the first of two bounds, the others from the nearer one"
);
async fn a_page_of_the_sessions_of_a_period_is_read_from_its_cursor(on: DatabaseKind) {
    let watched = Watched::new(on).await;
    for (by, order) in [
        ("{by: DAY}", "STARTED_AT_ASC"),
        ("{by: DAY}", "STARTED_AT_DESC"),
        ("{by: MONTH}, {by: TECHNICIAN}", "STARTED_AT_DESC"),
    ] {
        let page = format!(
            "query($after: String) {{ sessionStats(groupBy: [{by}], first: 1) {{ nodes {{
                sessions(first: 5, after: $after, orderBy: {order}) {{
                    pageInfo {{ endCursor }} nodes {{ notes }} }} }} }} }}"
        );
        let first = watched.gateway.data(&watched.tenant, &page, json!({})).await;
        let after = &first["sessionStats"]["nodes"][0]["sessions"]["pageInfo"]["endCursor"];
        assert!(after.is_string(), "{by} {order}");
        let plans = watched.plans(&page, json!({ "after": after })).await;
        let of_sessions = |(statement, _): &&(String, Plan)| statement.contains("session.notes");
        let of_sessions: Vec<_> = plans.iter().filter(of_sessions).collect();
        assert!(!of_sessions.is_empty(), "{plans:?}");
        for (statement, plan) in of_sessions {
            assert!(plan.text.contains("(started_at,id)"), "{statement}\n{}", plan.text);
        }
    }
}
