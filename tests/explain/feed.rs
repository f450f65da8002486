//! A page of the change feed with a filter tests a limited number of changes, each by its key.

use serde_json::{Value, json};

use super::{Watched, plan};
use crate::support::{
    Gateway,
    database::{DatabaseKind, on_each_database},
    router,
};

/// Filters that few sessions match, and the tables that they read. (PostgreSQL reads a whole table of messages where it
/// expects that to take less time than to find those of 1,000 sessions.)
const FILTERS: [(&str, &[&str]); 7] = [
    ("{notes: {eq: \"notes of 17003\"}}", &[]),
    ("{not: {notes: {contains: \"notes\"}}}", &[]),
    ("{customer: {name: {eq: \"c4999\"}}}", &[]),
    ("{startedAt: {lt: \"2024-01-01T00:00:01Z\"}, answered: true}", &[]),
    ("{updatedAt: {gte: \"2024-01-01T01:00:00Z\"}}", &[]),
    ("{technician: {username: {eq: \"t7\"}}}", &["technician_by_username username_folded"]),
    ("{search: \"17003\"}", &["session_words_key session_id"]),
];

on_each_database!(async a_filter_reads_the_changes_in_their_order_and_their_sessions_by_key);
async fn a_filter_reads_the_changes_in_their_order_and_their_sessions_by_key(on: DatabaseKind) {
    let watched = Watched::new(on).await;
    let document = |filter: &str| {
        format!(
            "query($after: String) {{ sessionChanges(after: $after, filter: {filter}) {{
                cursor pageInfo {{ hasNextPage endCursor }}
                nodes {{ legacyId session {{ notes }} }} }} }}"
        )
    };
    let mut faults = Vec::new();
    for (filter, tables) in FILTERS {
        let document = document(filter);
        let first = watched.gateway.data(&watched.tenant, &document, json!({})).await;
        let expected =
            [&["session_change_by_position position", "session_key id"], tables].concat();
        for after in [&Value::Null, &first["sessionChanges"]["cursor"]] {
            let plans = watched.plans(&document, json!({ "after": after })).await;
            let found = plan::faults(&plans, &expected).into_iter();
            faults.extend(found.map(|fault| format!("{filter} after {after}\n{fault}")));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n\n"));

    // None of 1,000 changes matches, and the next page continues after them.
    let (mut after, mut pages) = (Value::Null, Vec::new());
    loop {
        let variables = json!({ "after": after });
        let (filter, _) = FILTERS[0];
        let page = watched.gateway.data(&watched.tenant, &document(filter), variables).await;
        let page = &page["sessionChanges"];
        pages.push(page["nodes"].as_array().unwrap().len());
        after = page["cursor"].clone();
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        assert_eq!(page["pageInfo"]["endCursor"], after);
    }
    assert_eq!((pages.len(), pages[17], pages.iter().sum::<usize>()), (20, 1, 1), "{pages:?}");

    // A bulk request tests all changes, and costs so.
    let in_bulk = |filter: &str| {
        let query = document(filter).replace("cursor pageInfo { hasNextPage endCursor }", "");
        let mut request = Gateway::graphql_request(&watched.tenant, &query, json!({}));
        request.headers_mut().insert("accept", "application/x-ndjson".parse().unwrap());
        request
    };
    let lines = watched.gateway.call(in_bulk(FILTERS[0].0)).await.text();
    assert!(lines.starts_with("{\"legacyId\":\"17003\""), "{lines}");
    assert!(lines.contains("\"complete\":true,\"count\":1}"), "{lines}");
    let limited = router(&watched.gateway.store, &["--max-cost", "3000"]);
    let (search, _) = FILTERS[1];
    let page = Gateway::graphql_request(&watched.tenant, &document(search), json!({}));
    assert_eq!(Gateway::call_router(&limited, page).await.codes(), Vec::<String>::new());
    let refused = Gateway::call_router(&limited, in_bulk(search)).await;
    assert_eq!(refused.codes(), ["QUERY_TOO_COMPLEX"]);
}
