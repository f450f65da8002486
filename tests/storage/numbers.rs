//! Numbers and times: exact to the last digit, and equal times in the order of the numbers.

use serde_json::{Value, json};
use session_history::{
    domain::time::Timestamp,
    history::record::{ChatLine, Field, Record},
};

use super::matching_ids;
use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

/// A gateway with sessions of these numbers and starts, which end as they start.
async fn sessions(on: DatabaseKind, sessions: &[(i64, &str)]) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let record = |(id, start): &(i64, &str)| {
        let time = Timestamp::parse_rfc3339(start).unwrap();
        let message =
            ChatLine { sent_at: time, sender: None, sender_role: None, body: String::new() };
        Record {
            id: *id,
            started_at: Field::Value(time),
            ended_at: Field::Value(time),
            chat: Some(vec![message]),
            ..Record::default()
        }
    };
    gateway.store(&tenant, &Vec::from_iter(sessions.iter().map(record))).await;
    (gateway, tenant)
}

on_each_database!(async times_are_exact_to_the_microsecond);
async fn times_are_exact_to_the_microsecond(on: DatabaseKind) {
    let starts = [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999Z",
        "2024-05-01T10:00:00Z",
        "2024-05-01T10:00:00.000001Z",
        "2024-05-01T10:00:00.000002Z",
        "2024-05-01T10:00:00.999999Z",
        "9999-12-31T23:59:59Z",
    ];
    let all: Vec<_> = (0..).zip(starts).collect();
    let (gateway, tenant) = sessions(on, &all).await;
    for (test, expected) in [
        (json!({ "gt": starts[2] }), vec![3, 4, 5, 6]),
        (json!({ "gte": starts[3], "lt": starts[4] }), vec![3]),
        (json!({ "eq": starts[5] }), vec![5]),
        (json!({ "lte": starts[1] }), vec![0, 1]),
        (json!({ "lt": starts[0] }), vec![]),
    ] {
        for filter in [
            json!({ "startedAt": test }),
            json!({ "endedAt": test }),
            json!({ "chatMessages": { "some": { "sentAt": test } } }),
        ] {
            assert_eq!(matching_ids(&gateway, &tenant, filter.clone()).await, expected, "{filter}");
        }
    }
    let query = "{ sessions(orderBy: STARTED_AT_ASC) { nodes { startedAt endedAt } } }";
    let nodes = json!(starts.map(|start| json!({ "startedAt": start, "endedAt": start })));
    let answer = gateway.data(&tenant, query, json!({})).await["sessions"].clone();
    assert_eq!(answer, json!({ "nodes": nodes }));
}

on_each_database!(async numbers_of_64_bits_are_exact);
async fn numbers_of_64_bits_are_exact(on: DatabaseKind) {
    let ids = [0, 9_007_199_254_740_992, 9_007_199_254_740_993, i64::MAX - 1, i64::MAX];
    let start = "2024-05-01T10:00:00Z";
    let (gateway, tenant) = sessions(on, &ids.map(|id| (id, start))).await;
    for id in ids {
        let text = id.to_string();
        assert_eq!(
            matching_ids(&gateway, &tenant, json!({ "legacyId": { "eq": text } })).await,
            [id]
        );
        let parameters = [("VARS", "ID"), ("FILTER_ID", text.as_str())];
        let answer = gateway.legacy(&tenant.key, &parameters).await.text();
        assert!(answer.contains(&format!("<id>{id}</id>")), "{answer}");
        let query = "query($id: ID!, $message: ID!) {
            session(id: $id) { legacyId } node(id: $message) { id } }";
        let message = format!("chatMessage_{id}_1");
        let data = gateway.data(&tenant, query, json!({ "id": text, "message": message })).await;
        assert_eq!(data, json!({ "session": { "legacyId": text }, "node": { "id": message } }));
    }
    let last_two = json!({ "legacyId": { "in": [ids[4].to_string(), ids[3].to_string()] } });
    assert_eq!(matching_ids(&gateway, &tenant, last_two).await, ids[3..]);
}

on_each_database!(async sessions_with_the_same_start_are_ordered_by_number);
async fn sessions_with_the_same_start_are_ordered_by_number(on: DatabaseKind) {
    let start = "2024-05-01T10:00:00Z";
    let ids = [30, 4, i64::MAX, 200, 5, 0];
    let (gateway, tenant) = sessions(on, &ids.map(|id| (id, start))).await;
    let query = "query($order: SessionOrder!, $a: String) {
        sessions(first: 1, after: $a, orderBy: $order) {
            nodes { legacyId } pageInfo { hasNextPage endCursor } } }";
    let ascending = ["0", "4", "5", "30", "200", "9223372036854775807"];
    let mut descending = ascending;
    descending.reverse();
    for (order, expected) in [("STARTED_AT_ASC", ascending), ("STARTED_AT_DESC", descending)] {
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        for _ in expected {
            let variables = json!({ "order": order, "a": after });
            let page = gateway.data(&tenant, query, variables).await["sessions"].clone();
            seen.push(page["nodes"][0]["legacyId"].as_str().unwrap().to_owned());
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen, expected, "{order}");
    }
}
