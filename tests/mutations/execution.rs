//! How mutations run: one after the other, to their ends, and not at all where something is refused.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use session_history::domain::viewer::Scope;
use tokio::time::timeout;

use super::{count, recorder};
use crate::support::{
    Gateway, clock,
    database::{DatabaseKind, on_each_database, on_each_server, on_sqlite_alone},
    router,
};

/// A field that records a session with notes, and shows the notes of another one.
fn field(alias: &str, id: i64, notes: &str) -> String {
    format!(
        "{alias}: recordSessions(sessions: [{{ legacyId: {id}, startedAt: \"2024-05-01T10:00:00Z\",
            notes: \"{notes}\" }}]) {{ results {{ outcome problem session {{ notes }} }} }} "
    )
}

on_each_database!(async fields_run_one_after_the_other_and_each_shows_the_state_after_its_change);
async fn fields_run_one_after_the_other_and_each_shows_the_state_after_its_change(
    on: DatabaseKind,
) {
    let (gateway, tenant) = recorder(on).await;
    let fields: String =
        (0..10).map(|nth| field(&format!("f{nth}"), 7, &format!("notes {nth}"))).collect();
    let query = format!("mutation {{ t: __typename {fields} }}");
    let answer = gateway.graphql(&tenant, &query, json!({})).await;
    assert!(answer.text().starts_with(r#"{"data":{"t":"Mutation","f0":"#), "{}", answer.text());
    let data = answer.json()["data"].take();
    for nth in 0..10 {
        let outcome = if nth == 0 { "NEW" } else { "CHANGED" };
        let session = json!({ "notes": format!("notes {nth}") });
        let result = json!([{ "outcome": outcome, "problem": null, "session": session }]);
        assert_eq!(data[format!("f{nth}")]["results"], result);
    }
}

on_each_database!(async after_a_mutation_that_fails_no_other_runs);
async fn after_a_mutation_that_fails_no_other_runs(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let query = format!(
        "mutation {{ {} b: appendChatMessages(session: 404, messages: []) {{ id }} {} }}",
        field("a", 1, "before"),
        field("c", 2, "after")
    );
    let answer = gateway.graphql(&tenant, &query, json!({})).await;
    assert_eq!(
        (answer.status, answer.codes()),
        (StatusCode::OK, vec!["BAD_USER_INPUT".to_owned()])
    );
    assert_eq!(answer.json()["errors"][0]["path"], json!(["b"]));
    assert_eq!(answer.json()["data"], Value::Null);
    let data = gateway.data(&tenant, "{ sessions { nodes { legacyId } } }", json!({})).await;
    assert_eq!(data["sessions"]["nodes"], json!([{ "legacyId": "1" }]));
}

on_each_database!(async what_cannot_be_answered_is_refused_before_anything_is_stored);
async fn what_cannot_be_answered_is_refused_before_anything_is_stored(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let record = |selection: &str| {
        format!(
            "recordSessions(sessions: [{{ legacyId: 1, startedAt: \"2024-05-01T10:00:00Z\" }}]) {{ {selection} }}"
        )
    };
    let of_session = |selection: &str| record(&format!("results {{ session {{ {selection} }} }}"));
    let cases = [
        (of_session("chatMessages(first: -1) { totalCount }"), "BAD_USER_INPUT"),
        (of_session("chatMessages(first: 501) { totalCount }"), "BAD_USER_INPUT"),
        (of_session("chatMessages(after: \"x\") { totalCount }"), "BAD_USER_INPUT"),
        (of_session("technician { sessions(first: 1, last: 1) { totalCount } }"), "BAD_USER_INPUT"),
        (
            of_session(
                "technician { sessions(first: 200) { nodes { chatMessages(first: 500) { nodes { body } } } } }",
            ),
            "QUERY_TOO_COMPLEX",
        ),
        // The other field is refused.
        (
            format!(
                "a: {} appendChatMessages(session: \"x\", messages: []) {{ id }}",
                record("results { outcome }")
            ),
            "BAD_USER_INPUT",
        ),
        (format!("{} nothing", record("results {{ outcome }}")), "BAD_USER_INPUT"),
        (record("results { outcome(first: 1) }"), "BAD_USER_INPUT"),
    ];
    for (fields, code) in cases {
        let answer = gateway.graphql(&tenant, &format!("mutation {{ {fields} }}"), json!({})).await;
        assert_eq!(answer.codes(), [code], "{fields}: {}", answer.text());
        assert!(answer.json()["data"].is_null(), "{fields}");
        assert_eq!(count(&gateway, &tenant).await, 0, "{fields}");
    }
}

on_sqlite_alone!(async what_is_written_costs, "the cost is computed before anything is stored");
async fn what_is_written_costs(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let router = router(&gateway.store, &["--max-cost", "1000"]);
    let ask = async |query: String| {
        let request = Gateway::graphql_request(&tenant, &query, json!({}));
        Gateway::call_router(&router, request).await
    };
    let sessions = |count: i64| {
        let list: String = (0..count).map(|id| format!("{{ legacyId: {id} }} ")).collect();
        format!("mutation {{ recordSessions(sessions: [{list}]) {{ results {{ outcome }} }} }}")
    };
    // Each session costs 20, and 2 for the fields of its result.
    assert_eq!(ask(sessions(45)).await.codes(), Vec::<String>::new());
    let answer = ask(sessions(46)).await;
    assert_eq!(answer.codes(), ["QUERY_TOO_COMPLEX"]);
    assert!(answer.text().contains("costs 1,012"), "{}", answer.text());
    let message = "{ sentAt: \"2024-05-01T10:00:00Z\", body: \"x\" } ";
    let messages = |count: usize| {
        let list = message.repeat(count);
        format!("mutation {{ appendChatMessages(session: 1, messages: [{list}]) {{ legacyId }} }}")
    };
    assert_eq!(ask(messages(49)).await.codes(), ["BAD_USER_INPUT"]);
    let answer = ask(messages(50)).await;
    assert!(answer.text().contains("costs 1,001"), "{}", answer.text());
}

on_sqlite_alone!(async a_bulk_request_is_no_mutation, "refused before anything is stored");
async fn a_bulk_request_is_no_mutation(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    for query in [
        format!("mutation {{ {} }}", field("a", 1, "x")),
        "mutation { __typename }".to_owned(),
        "mutation { sessions: recordSessions(sessions: []) { nodes: results { outcome } } }"
            .to_owned(),
    ] {
        for accept in ["application/x-ndjson", "text/csv"] {
            let mut request = Gateway::graphql_request(&tenant, &query, json!({}));
            request.headers_mut().insert("accept", accept.parse().unwrap());
            let answer = gateway.call(request).await;
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
            assert!(answer.text().contains("A bulk request is a query"), "{}", answer.text());
        }
    }
    assert_eq!(count(&gateway, &tenant).await, 0);
}

on_sqlite_alone!(async a_mutation_by_get_stores_nothing, "refused before anything is stored");
async fn a_mutation_by_get_stores_nothing(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let query = format!("mutation {{ {} }}", field("a", 1, "x"));
    let encoded: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let request = Request::get(format!("/graphql?query={encoded}"))
        .header("authorization", format!("Bearer {}", tenant.key));
    let answer = gateway.call(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(count(&gateway, &tenant).await, 0);
}

on_each_database!(async a_change_ends_also_if_its_caller_leaves);
async fn a_change_ends_also_if_its_caller_leaves(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    for id in 1..=30 {
        let query = format!("mutation {{ {} }}", field("a", id, "left"));
        let request = Gateway::graphql_request(&tenant, &query, json!({}));
        let call = Gateway::call_router(&gateway.router, request);
        // The caller leaves at another moment each time.
        let _ = timeout(Duration::from_micros(id as u64 * 400), call).await;
    }
    // What was begun is stored or not, and nothing holds up the next change.
    let data = gateway
        .data(&tenant, &format!("mutation {{ {} }}", field("a", 99, "last")), json!({}))
        .await;
    assert_eq!(data["a"]["results"][0]["outcome"], "NEW");
    let query = "{ sessions(first: 200) { nodes { legacyId notes } } sessionChanges(first: 200) { nodes { legacyId } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    let numbers = |list: &str| {
        let nodes = data[list]["nodes"].as_array().unwrap().iter();
        let mut numbers: Vec<_> = nodes.map(|node| node["legacyId"].to_string()).collect();
        numbers.sort();
        numbers
    };
    assert_eq!(numbers("sessions"), numbers("sessionChanges"));
}

on_each_server!(async changes_of_an_account_that_wait_leave_connections_to_others);
/// SQLite has one writer for all accounts.
async fn changes_of_an_account_that_wait_leave_connections_to_others(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let other = gateway.tenant("other").await;
    let other = gateway.with_scopes(&other, &[Scope::Write]).await;
    // An import holds the lock of the account.
    let import = gateway.store.batch(tenant.account).await.unwrap();
    let waiting: Vec<_> = (1..=40)
        .map(|id| {
            let query = format!("mutation {{ {} }}", field("a", id, "waits"));
            let request = Gateway::graphql_request(&tenant, &query, json!({}));
            let router = gateway.router.clone();
            tokio::spawn(async move { Gateway::call_router(&router, request).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let query = "mutation { recordSessions(sessions: [{ legacyId: 1, startedAt: \"2024-05-01T10:00:00Z\" }]) {
        results { outcome } } }";
    let answer = timeout(Duration::from_secs(5), gateway.data(&other, query, json!({}))).await;
    let data = answer.expect("the other account waits for a connection");
    assert_eq!(data["recordSessions"]["results"], json!([{ "outcome": "NEW" }]));
    let changed_at = import.time_of_change(clock().now());
    assert!(changed_at > 0);
    import.commit().await.unwrap();
    for call in waiting {
        assert_eq!(call.await.unwrap().codes(), Vec::<String>::new());
    }
    assert_eq!(count(&gateway, &tenant).await, 40);
}

on_each_database!(async long_answers_to_mutations_are_sent_in_chunks);
async fn long_answers_to_mutations_are_sent_in_chunks(on: DatabaseKind) {
    let (gateway, tenant) = recorder(on).await;
    let notes = "long ".repeat(200);
    let fields: String = (0..10).map(|nth| field(&format!("f{nth}"), nth, &notes)).collect();
    let query = format!("mutation {{ {fields} }}");
    let request = || Gateway::graphql_request(&tenant, &query, json!({}));
    gateway.call(request()).await;
    let whole = gateway.call(request()).await;
    let chunked = Gateway::call_router(&gateway.in_chunks(50, 40), request()).await;
    assert!(!chunked.headers.contains_key("content-length"));
    assert_eq!(chunked.text(), whole.text());
    assert_eq!(whole.json()["data"]["f9"]["results"][0]["outcome"], "UNCHANGED");
}
