//! Which scopes a mutation needs, and what a key without them gets.

use serde_json::{Value, json};
use session_history::domain::viewer::Scope;

use super::{APPEND, RECORD, count, message, record, recorder};
use crate::support::{
    Gateway,
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
};

const READ: Scope = Scope::Read;
const WRITE: Scope = Scope::Write;
const ADMIN: Scope = Scope::Admin;

/// Every mutation, with a name, its variables, and the scopes that it needs.
fn mutations() -> Vec<(&'static str, &'static str, Value, Vec<Scope>)> {
    let sessions = json!({ "sessions": [{ "legacyId": 8, "startedAt": "2024-05-01T10:00:00Z" }] });
    let messages = json!({ "session": "7", "messages": [message(1, "Zoe", "hello")] });
    let outcomes = "mutation($sessions: [SessionInput!]!) {
        recordSessions(sessions: $sessions) { results { outcome problem } } }";
    vec![
        ("recordSessions", RECORD, sessions.clone(), vec![READ, WRITE]),
        ("recordSessions", outcomes, sessions, vec![WRITE]),
        ("appendChatMessages", APPEND, messages, vec![READ, WRITE]),
        (
            "deleteSessions",
            "mutation($f: SessionFilter!) { deleteSessions(filter: $f, dryRun: false) { removed } }",
            json!({ "f": { "legacyId": { "eq": 7 } } }),
            vec![ADMIN],
        ),
        (
            "anonymizeSessions",
            "mutation($f: SessionFilter!) { anonymizeSessions(filter: $f, dryRun: false) { removed } }",
            json!({ "f": { "legacyId": { "eq": 7 } } }),
            vec![ADMIN],
        ),
        (
            "holdSessions",
            "mutation($f: SessionFilter!) { holdSessions(filter: $f, reason: \"x\") { sessions } }",
            json!({ "f": { "legacyId": { "eq": 7 } } }),
            vec![ADMIN],
        ),
        (
            "releaseHold",
            "mutation($id: ID!) { releaseHold(id: $id) { sessions } }",
            json!({ "id": "1" }),
            vec![ADMIN],
        ),
    ]
}

on_each_database!(async a_key_without_a_scope_that_a_mutation_needs_changes_nothing);
async fn a_key_without_a_scope_that_a_mutation_needs_changes_nothing(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let session = json!([{ "legacyId": 7, "startedAt": "2024-05-01T10:00:00Z" }]);
    record(&gateway, &tenant, session).await;
    let state =
        "{ sessions { nodes { legacyId updatedAt chatMessageCount } } sessionChanges { cursor } }";
    let before = gateway.data(&tenant, state, json!({})).await;
    let every = [
        &[][..],
        &[READ],
        &[WRITE],
        &[ADMIN],
        &[READ, WRITE],
        &[READ, ADMIN],
        &[WRITE, ADMIN],
        &[READ, WRITE, ADMIN],
    ];
    let mut allowed = Vec::new();
    for scopes in every {
        let caller = gateway.with_scopes(&tenant, scopes).await;
        for (name, query, variables, needed) in mutations() {
            if needed.iter().all(|scope| scopes.contains(scope)) {
                allowed.push((caller.clone(), query, variables));
                continue;
            }
            let answer = gateway.graphql(&caller, query, variables).await;
            assert_eq!(answer.codes(), ["FORBIDDEN"], "{scopes:?} {query}");
            assert_eq!(answer.json()["data"], Value::Null);
            assert_eq!(answer.json()["errors"][0]["path"], json!([name]));
            assert_eq!(gateway.data(&tenant, state, json!({})).await, before, "{scopes:?} {query}");
        }
    }
    assert_eq!(allowed.len(), 8 + 4 * 4);
    // Recorders come first: what is deleted cannot be recorded.
    allowed.sort_by_key(|(_, query, _)| query.contains("SessionFilter"));
    for (caller, query, variables) in allowed {
        let codes = gateway.graphql(&caller, query, variables).await.codes();
        // A hold is released once.
        let expected: &[&str] =
            if query.contains("releaseHold") { &["BAD_USER_INPUT"] } else { &[] };
        assert!(codes.is_empty() || codes == expected, "{query}: {codes:?}");
    }
    assert_eq!(count(&gateway, &tenant).await, 1);
}

on_sqlite_alone!(async every_mutation_of_the_schema_has_a_test_of_its_scopes, "the schema has no database");
async fn every_mutation_of_the_schema_has_a_test_of_its_scopes(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let query = "{ __type(name: \"Mutation\") { fields { name } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    let fields = data["__type"]["fields"].as_array().unwrap().iter();
    let fields: Vec<_> = fields.map(|field| field["name"].as_str().unwrap()).collect();
    let mut tested: Vec<_> = mutations().into_iter().map(|(name, ..)| name).collect();
    tested.dedup();
    assert_eq!(fields, tested);
}

on_each_database!(async a_mutation_needs_a_key);
async fn a_mutation_needs_a_key(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    for (name, query, variables, _) in mutations() {
        let request = |key: Option<&str>| {
            let mut request = Gateway::graphql_request(&tenant, query, variables.clone());
            request.headers_mut().remove("authorization");
            if let Some(key) = key {
                let value = format!("Bearer {key}").parse().unwrap();
                request.headers_mut().insert("authorization", value);
            }
            request
        };
        for key in [None, Some("unknown-key-0123456789")] {
            assert_eq!(gateway.call(request(key)).await.codes(), ["UNAUTHENTICATED"], "{name}");
        }
    }
    assert_eq!(count(&gateway, &tenant).await, 0);
}

on_sqlite_alone!(async a_viewer_sees_its_scopes, "scopes are read with the key");
async fn a_viewer_sees_its_scopes(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    for (scopes, shown) in [
        (&[READ][..], json!(["READ"])),
        (&[WRITE], json!(["WRITE"])),
        (&[READ, WRITE, ADMIN], json!(["READ", "WRITE", "ADMIN"])),
    ] {
        let caller = gateway.with_scopes(&tenant, scopes).await;
        let data = gateway.data(&caller, "{ viewer { scopes } }", json!({})).await;
        assert_eq!(data["viewer"]["scopes"], shown);
    }
}
