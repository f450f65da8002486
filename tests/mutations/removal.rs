//! `deleteSessions`, `anonymizeSessions` and holds: what they change, and what stays.

use serde_json::{Value, json};
use session_history::domain::viewer::Scope;

use super::{append, message, outcomes, record};
use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

const REMOVED: &str = "{ matched removed held dryRun }";

/// A gateway with three sessions of an account, and a key of it with all scopes.
async fn with_sessions(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let reader = gateway.tenant("acme").await;
    let admin = gateway.with_scopes(&reader, &[Scope::Read, Scope::Write, Scope::Admin]).await;
    let session = |id: i64| {
        json!({ "legacyId": id, "startedAt": format!("2024-05-0{id}T10:00:00Z"),
            "endedAt": format!("2024-05-0{id}T10:10:00Z"), "notes": "secret words",
            "customer": { "name": "Zoe" }, "technician": { "username": "ann" },
            "chatMessages": [message(1, "Zoe", "secret words")] })
    };
    record(&gateway, &admin, json!([session(1), session(2), session(3)])).await;
    (gateway, admin)
}

/// The result of a removal of the sessions before May 3.
async fn remove(gateway: &Gateway, tenant: &Tenant, name: &str, more: &str) -> Value {
    let filter = "filter: { startedAt: { lt: \"2024-05-03T00:00:00Z\" } }";
    let query = format!("mutation {{ {name}({filter} {more}) {REMOVED} }}");
    gateway.data(tenant, &query, json!({})).await[name].take()
}

fn counts(matched: u64, removed: u64, held: u64, dry_run: bool) -> Value {
    json!({ "matched": matched, "removed": removed, "held": held, "dryRun": dry_run })
}

/// The numbers of the account's sessions.
async fn numbers(gateway: &Gateway, tenant: &Tenant) -> Value {
    let query = "{ sessions(orderBy: STARTED_AT_ASC) { nodes { legacyId } } }";
    let data = gateway.data(tenant, query, json!({})).await;
    let nodes = data["sessions"]["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["legacyId"].clone()).collect()
}

on_each_database!(async sessions_are_deleted_unless_it_is_a_dry_run);
async fn sessions_are_deleted_unless_it_is_a_dry_run(on: DatabaseKind) {
    let (gateway, admin) = with_sessions(on).await;
    for dry_run in ["", "dryRun: true"] {
        let result = remove(&gateway, &admin, "deleteSessions", dry_run).await;
        assert_eq!(result, counts(2, 2, 0, true));
    }
    assert_eq!(numbers(&gateway, &admin).await, json!(["1", "2", "3"]));
    let result = remove(&gateway, &admin, "deleteSessions", "dryRun: false").await;
    assert_eq!(result, counts(2, 2, 0, false));
    assert_eq!(numbers(&gateway, &admin).await, json!(["3"]));
    let again = remove(&gateway, &admin, "deleteSessions", "dryRun: false").await;
    assert_eq!(again, counts(0, 0, 0, false));
    let query = "{ sessionChanges { nodes { kind legacyId session { legacyId } } }
        sessions(filter: { search: \"secret\" }) { totalCount } sessionStats { total { count } } }";
    let data = gateway.data(&admin, query, json!({})).await;
    let changes = data["sessionChanges"]["nodes"].as_array().unwrap();
    let deleted: Vec<_> = changes.iter().filter(|it| it["kind"] == "DELETED").collect();
    assert_eq!((changes.len(), deleted.len()), (3, 2), "{changes:?}");
    assert!(deleted.iter().all(|change| change["session"].is_null()));
    assert_eq!(data["sessions"]["totalCount"], 1);
    assert_eq!(data["sessionStats"]["total"]["count"], 1);
    // A recorder does not bring them back.
    let again = json!([{ "legacyId": 1, "startedAt": "2024-05-01T10:00:00Z" }, { "legacyId": 3 }]);
    let results = record(&gateway, &admin, again).await;
    assert_eq!(outcomes(&results), ["REJECTED", "UNCHANGED"]);
    assert!(results[0]["problem"].as_str().unwrap().contains("was deleted at"), "{results:?}");
    let answer = append(&gateway, &admin, "1", &[message(1, "Zoe", "x")]).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    assert_eq!(numbers(&gateway, &admin).await, json!(["3"]));
}

on_each_database!(async anonymized_sessions_keep_their_times_and_counts);
async fn anonymized_sessions_keep_their_times_and_counts(on: DatabaseKind) {
    let (gateway, admin) = with_sessions(on).await;
    let query =
        "{ sessions(orderBy: STARTED_AT_ASC) { nodes { startedAt durationSeconds chatMessageCount
        technician { username } customer { name } notes } } }";
    let before = gateway.data(&admin, query, json!({})).await["sessions"]["nodes"].take();
    let dry_run = remove(&gateway, &admin, "anonymizeSessions", "").await;
    assert_eq!(dry_run, counts(2, 2, 0, true));
    assert_eq!(gateway.data(&admin, query, json!({})).await["sessions"]["nodes"], before);
    let result = remove(&gateway, &admin, "anonymizeSessions", "dryRun: false").await;
    assert_eq!(result, counts(2, 2, 0, false));
    let mut expected = before;
    for nth in 0..2 {
        expected[nth]["notes"] = Value::Null;
        expected[nth]["customer"]["name"] = Value::Null;
    }
    assert_eq!(gateway.data(&admin, query, json!({})).await["sessions"]["nodes"], expected);
    let results =
        record(&gateway, &admin, json!([{ "legacyId": 1, "notes": "secret again" }])).await;
    assert_eq!(outcomes(&results), ["REJECTED"]);
    let answer = append(&gateway, &admin, "1", &[message(9, "Zoe", "secret again")]).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    assert!(answer.text().contains("was anonymized at"), "{}", answer.text());
}

on_each_database!(async held_sessions_are_removed_only_after_the_release_of_each_hold);
async fn held_sessions_are_removed_only_after_the_release_of_each_hold(on: DatabaseKind) {
    let (gateway, admin) = with_sessions(on).await;
    let hold = "mutation { holdSessions(filter: { legacyId: { in: [2, 3] } }, reason: \"case 7\") {
        id reason sessions releasedAt createdAt } }";
    let mut ids = Vec::new();
    for _ in 0..2 {
        let data = gateway.data(&admin, hold, json!({})).await["holdSessions"].take();
        assert_eq!((&data["reason"], &data["sessions"]), (&json!("case 7"), &json!(2)));
        assert_eq!((&data["releasedAt"], data["createdAt"].is_string()), (&Value::Null, true));
        ids.push(data["id"].as_str().unwrap().to_owned());
    }
    for name in ["deleteSessions", "anonymizeSessions"] {
        assert_eq!(remove(&gateway, &admin, name, "").await, counts(2, 1, 1, true), "{name}");
    }
    let removed = remove(&gateway, &admin, "deleteSessions", "dryRun: false").await;
    assert_eq!(removed, counts(2, 1, 1, false));
    assert_eq!(numbers(&gateway, &admin).await, json!(["2", "3"]));
    let release =
        "mutation($id: ID!) { releaseHold(id: $id) { id sessions releasedAt __typename } }";
    for (nth, id) in ids.iter().enumerate() {
        let data = gateway.data(&admin, release, json!({ "id": id })).await["releaseHold"].take();
        assert_eq!((&data["id"], data["releasedAt"].is_string()), (&json!(id), true));
        let answer = gateway.graphql(&admin, release, json!({ "id": id })).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "released twice");
        let held = 1 - nth as u64;
        let result = remove(&gateway, &admin, "deleteSessions", "").await;
        assert_eq!(result, counts(1, 1 - held, held, true));
    }
    assert_eq!(
        gateway.graphql(&admin, release, json!({ "id": "x" })).await.codes(),
        ["BAD_USER_INPUT"]
    );
}

on_each_database!(async a_filter_that_matches_every_session_is_refused);
async fn a_filter_that_matches_every_session_is_refused(on: DatabaseKind) {
    let (gateway, admin) = with_sessions(on).await;
    for filter in [
        "{}",
        "{ and: [] }",
        "{ not: { or: [] } }",
        "{ startedAt: {} }",
        "{ or: [{}, { answered: true }] }",
    ] {
        for name in ["deleteSessions", "anonymizeSessions"] {
            for dry_run in [true, false] {
                let query =
                    format!("mutation {{ {name}(filter: {filter}, dryRun: {dry_run}) {REMOVED} }}");
                let answer = gateway.graphql(&admin, &query, json!({})).await;
                assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{query}: {}", answer.text());
            }
        }
    }
    assert_eq!(numbers(&gateway, &admin).await, json!(["1", "2", "3"]));
}

on_each_database!(async another_account_is_neither_removed_nor_held);
async fn another_account_is_neither_removed_nor_held(on: DatabaseKind) {
    let (gateway, admin) = with_sessions(on).await;
    let other = gateway.tenant("other").await;
    let scopes = [Scope::Read, Scope::Write, Scope::Admin];
    let other = gateway.with_scopes(&other, &scopes).await;
    for name in ["deleteSessions", "anonymizeSessions"] {
        assert_eq!(remove(&gateway, &other, name, "dryRun: false").await, counts(0, 0, 0, false));
    }
    let hold =
        "mutation { holdSessions(filter: { answered: true }, reason: \"x\") { id sessions } }";
    let held = gateway.data(&other, hold, json!({})).await["holdSessions"].take();
    assert_eq!(held["sessions"], 0);
    // Each account has holds of its own, although their numbers are the same.
    let held = gateway.data(&admin, hold, json!({})).await["holdSessions"].take();
    let release = "mutation($id: ID!) { releaseHold(id: $id) { sessions } }";
    let released = gateway.data(&other, release, json!({ "id": held["id"] })).await;
    assert_eq!(released["releaseHold"]["sessions"], 0);
    let result = remove(&gateway, &admin, "deleteSessions", "dryRun: false").await;
    assert_eq!(result, counts(2, 0, 2, false));
    assert_eq!(numbers(&gateway, &admin).await, json!(["1", "2", "3"]));
}

on_each_database!(async each_mutation_that_changes_something_is_an_event_with_its_key);
async fn each_mutation_that_changes_something_is_an_event_with_its_key(on: DatabaseKind) {
    let (gateway, admin) = with_sessions(on).await;
    record(&gateway, &admin, json!([{ "legacyId": 1 }])).await;
    append(&gateway, &admin, "1", &[message(5, "Zoe", "more")]).await;
    let hold = "mutation { holdSessions(filter: { legacyId: { eq: 3 } }, reason: \"x\") { id } }";
    let id = gateway.data(&admin, hold, json!({})).await["holdSessions"]["id"].take();
    remove(&gateway, &admin, "deleteSessions", "").await;
    remove(&gateway, &admin, "anonymizeSessions", "dryRun: false").await;
    remove(&gateway, &admin, "deleteSessions", "dryRun: false").await;
    let release = "mutation($id: ID!) { releaseHold(id: $id) { id } }";
    gateway.data(&admin, release, json!({ "id": id })).await;
    let query = "{ auditEvents { nodes { action source keyLabel matched changed held } } }";
    let data = gateway.data(&admin, query, json!({})).await;
    let events = data["auditEvents"]["nodes"].as_array().unwrap().iter().rev();
    let events: Vec<_> = events.filter(|event| event["source"] == "KEY").collect();
    let shown: Vec<_> = events
        .iter()
        .map(|event| (event["action"].as_str().unwrap(), event["changed"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        shown,
        [
            ("RECORD", 3),
            ("RECORD", 1),
            ("HOLD", 0),
            ("ANONYMIZE", 2),
            ("DELETE", 2),
            ("RELEASE_HOLD", 0)
        ]
    );
    assert!(events.iter().all(|event| event["keyLabel"] == "test"), "{events:?}");
}

on_each_database!(async recorders_go_on_beside_a_removal_which_ends_without_its_caller);
async fn recorders_go_on_beside_a_removal_which_ends_without_its_caller(on: DatabaseKind) {
    let (gateway, admin) = with_sessions(on).await;
    let old =
        |id: i64| json!({ "legacyId": id, "startedAt": "2024-04-01T10:00:00Z", "notes": "old" });
    for first in (1_000..3_000).step_by(500) {
        let sessions: Vec<_> = (first..first + 500).map(old).collect();
        let query = "mutation($sessions: [SessionInput!]!) {
            recordSessions(sessions: $sessions) { results { outcome } } }";
        gateway.data(&admin, query, json!({ "sessions": sessions })).await;
    }
    let query = format!(
        "mutation {{ deleteSessions(filter: {{ startedAt: {{ lt: \"2024-05-01T00:00:00Z\" }} }}, dryRun: false) {REMOVED} }}"
    );
    let (router, request) =
        (gateway.router.clone(), Gateway::graphql_request(&admin, &query, json!({})));
    let call = tokio::spawn(async move { Gateway::call_router(&router, request).await });
    let mut recorded = 0;
    loop {
        let session = json!([{ "legacyId": 10 + recorded, "startedAt": "2024-05-01T10:00:00Z" }]);
        assert_eq!(outcomes(&record(&gateway, &admin, session).await), ["NEW"]);
        recorded += 1;
        let query = "{ sessions(filter: { legacyId: { gte: 1000 } }) { totalCount } }";
        let data = gateway.data(&admin, query, json!({})).await;
        match data["sessions"]["totalCount"].as_u64().unwrap() {
            2_000 => {}
            0 => break,
            // The caller leaves while the removal is at work.
            _ => call.abort(),
        }
    }
    let query = "{ sessions { totalCount } }";
    let data = gateway.data(&admin, query, json!({})).await;
    assert_eq!(data["sessions"]["totalCount"], 3 + recorded);
}
