//! Errors in responses: their paths and locations, their messages, and the data around them.

use axum::http::StatusCode;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::{Value, json};

use crate::support::{
    Answer, Gateway, Tenant,
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
};

const HISTORY: &str = r#"{"requests":[
    {"id": 7, "tech_username": "ann@acme.example", "tech_name": "Ann", "customer_name": "Zoe",
     "date_start": "2024-05-01 10:00:00",
     "chat_info": [{"date": "2024-05-01 10:00:01", "sender": "Zoe", "text": "hello"}],
     "video_links": ["https://videos.example/7"],
     "custom_fields": [{"name": "Tag", "value": "A-1"}]},
    {"id": 8, "date_start": "2024-05-02 10:00:00"}
]}"#;

async fn history(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, HISTORY).await;
    (gateway, tenant)
}

async fn ask(gateway: &Gateway, tenant: &Tenant, query: &str) -> Answer {
    gateway.graphql(tenant, query, json!({})).await
}

/// Errors as (path, line, column, code), by path.
fn locations(answer: &Value) -> Vec<(String, u64, u64, String)> {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    let location = |error: &Value| {
        let at = &error["locations"][0];
        let path = error["path"].as_array().unwrap_or_else(|| panic!("no path: {error}"));
        let path: Vec<_> = path.iter().map(|it| it.to_string().replace('"', "")).collect();
        let code = error["extensions"]["code"].as_str().unwrap().to_owned();
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()));
        (path.join("."), at["line"].as_u64().unwrap(), at["column"].as_u64().unwrap(), code)
    };
    let mut locations: Vec<_> = errors.iter().map(location).collect();
    locations.sort();
    locations
}

fn location(path: &str, line: u64, column: u64, code: &str) -> (String, u64, u64, String) {
    (path.to_owned(), line, column, code.to_owned())
}

/// The gateway's database, behind its back.
#[expect(clippy::disallowed_methods, reason = "the test spoils what the gateway stored")]
async fn database(gateway: &Gateway) -> DatabaseConnection {
    Database::connect(gateway.database.url()).await.unwrap()
}

async fn spoil(gateway: &Gateway, statement: &str) {
    database(gateway).await.execute_unprepared(statement).await.unwrap();
}

on_each_database!(async a_nullable_field_that_fails_is_null_beside_its_error);
async fn a_nullable_field_that_fails_is_null_beside_its_error(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let query = "{
        before: session(id: 7) { legacyId }
        wrong: session(id: \"x\") { legacyId }
        after: viewer { keyLabel }
    }";
    let answer = ask(&gateway, &tenant, query).await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = answer.json();
    let data =
        json!({ "before": { "legacyId": "7" }, "wrong": null, "after": { "keyLabel": "test" } });
    assert_eq!(answer["data"], data);
    assert_eq!(locations(&answer), [location("wrong", 3, 9, "BAD_USER_INPUT")]);
}

on_each_database!(async an_item_that_fails_is_null_among_the_others);
async fn an_item_that_fails_is_null_among_the_others(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let query = "{ nodes(ids: [\"session_7\", \"x\", \"session_99\", \"session_8\"]) { id } }";
    let answer = ask(&gateway, &tenant, query).await.json();
    let data = json!({ "nodes": [{ "id": "session_7" }, null, null, { "id": "session_8" }] });
    assert_eq!(answer["data"], data);
    assert_eq!(locations(&answer), [location("nodes.1", 1, 3, "BAD_USER_INPUT")]);
}

on_each_database!(async a_field_that_cannot_be_null_nulls_its_nearest_nullable_parent);
async fn a_field_that_cannot_be_null_nulls_its_nearest_nullable_parent(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let query = "{
        bad: session(id: 7) { legacyId chatMessages(first: 1, last: 1) { nodes { body } } }
        good: session(id: 8) { legacyId }
    }";
    let answer = ask(&gateway, &tenant, query).await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = answer.json();
    assert_eq!(answer["data"], json!({ "bad": null, "good": { "legacyId": "8" } }));
    assert_eq!(locations(&answer), [location("bad.chatMessages", 2, 40, "BAD_USER_INPUT")]);

    let through_a_list = "{ technicians { nodes { sessions { nodes {
        technician { username sessions(first: -1) { totalCount } } } } } } }";
    let answer = ask(&gateway, &tenant, through_a_list).await.json();
    let node = json!({ "technician": null });
    assert_eq!(
        answer["data"],
        json!({ "technicians": { "nodes": [{ "sessions": { "nodes": [node] } }] } })
    );
    let path = "technicians.nodes.0.sessions.nodes.0.technician.sessions";
    assert_eq!(locations(&answer), [location(path, 2, 31, "BAD_USER_INPUT")]);
}

on_each_database!(async a_root_field_that_cannot_be_null_leaves_no_data);
async fn a_root_field_that_cannot_be_null_leaves_no_data(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let answer =
        ask(&gateway, &tenant, "{ viewer { keyLabel } sessions(first: -1) { totalCount } }").await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = answer.json();
    assert_eq!(answer.get("data"), Some(&Value::Null));
    assert_eq!(locations(&answer), [location("sessions", 1, 23, "BAD_USER_INPUT")]);
}

on_each_database!(async every_field_that_fails_has_its_error);
async fn every_field_that_fails_has_its_error(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let query = "{
        a: session(id: \"x\") { id }
        b: node(id: \"y\") { id }
        c: technician(username: \"ann@acme.example\") { sessions(last: -1) { totalCount } }
        d: session(id: 7) { videos(after: \"z\") { nodes { url } } }
        e: session(id: 7) { legacyId }
    }";
    let answer = ask(&gateway, &tenant, query).await.json();
    assert_eq!(
        answer["data"],
        json!({ "a": null, "b": null, "c": null, "d": null, "e": { "legacyId": "7" } })
    );
    assert_eq!(
        locations(&answer),
        [
            location("a", 2, 9, "BAD_USER_INPUT"),
            location("b", 3, 9, "BAD_USER_INPUT"),
            location("c.sessions", 4, 55, "BAD_USER_INPUT"),
            location("d.videos", 5, 29, "BAD_USER_INPUT"),
        ]
    );
}

on_each_database!(async more_than_five_fields_can_fail_and_all_errors_are_returned);
async fn more_than_five_fields_can_fail_and_all_errors_are_returned(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let fields: String = (0..20).map(|n| format!("f{n}: session(id: \"x\") {{ id }} ")).collect();
    let answer = ask(&gateway, &tenant, &format!("{{ {fields} }}")).await.json();
    assert_eq!(locations(&answer).len(), 20);
}

on_each_database!(async at_most_five_validation_errors_are_returned);
async fn at_most_five_validation_errors_are_returned(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let fields: String = (0..20).map(|n| format!("f{n} ")).collect();
    let answer = ask(&gateway, &tenant, &format!("{{ {fields} }}")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"; 5]);
    let answer = answer.json();
    for error in answer["errors"].as_array().unwrap() {
        assert!(error["locations"][0]["line"].is_u64(), "{error}");
        assert_eq!(error.get("path"), None, "{error}");
    }
}

/// The keys of an answer's objects in the order in which they are written.
fn keys(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for (at, _) in text.match_indices("\":") {
        keys.push(text[..at].rsplit('"').next().unwrap().to_owned());
    }
    keys
}

on_each_database!(async fields_are_in_the_order_of_the_selection);
/// Scalars are there at once, a list needs the database, and a total is counted after it.
async fn fields_are_in_the_order_of_the_selection(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let query = "query($no: Boolean! = false, $yes: Boolean! = true) {
        slow: sessions { totalCount ...N }
        none: viewer @include(if: $no) { keyLabel }
        __typename
        one: session(id: 7) {
            videos { nodes { url } }
            id
            technician { name username }
            ...Rest
            skipped: id @skip(if: $yes)
            again: startedAt
            id
        }
        fast: viewer { keyLabel scopes }
    }
    fragment N on SessionConnection { nodes { technician { id } legacyId } }
    fragment Rest on Session {
        chatMessages { totalCount nodes { body } }
        ... on Node { number: id @include(if: $yes) }
        customFields { value name }
        technician { id }
    }";
    let expected = "data slow totalCount nodes technician id legacyId technician legacyId \
        __typename one videos nodes url id technician name username id chatMessages totalCount \
        nodes body number customFields value name again fast keyLabel scopes";
    // The second session has no technician, so that its `technician` has no fields.
    let expected = expected.replacen(
        "technician id legacyId technician",
        "technician legacyId technician id",
        1,
    );
    for _ in 0..20 {
        let answer = ask(&gateway, &tenant, query).await;
        assert_eq!(keys(&answer.text()).join(" "), expected, "{}", answer.text());
    }
}

/// What a caller may not learn: the words of the database, of the code and of the stored values.
fn assert_tells_nothing(answer: &Answer) {
    assert!(!answer.text().to_lowercase().contains("bogus"), "{}", answer.text());
    for error in answer.json()["errors"].as_array().unwrap() {
        let extensions = error["extensions"].as_object().unwrap();
        assert_eq!(Vec::from_iter(extensions.keys()), ["code"]);
        let sentences = [FIXED, "The service is temporarily unavailable."];
        assert!(sentences.contains(&error["message"].as_str().unwrap()), "{error}");
    }
}

const FIXED: &str = "An internal error occurred.";

on_each_database!(async a_stored_value_that_makes_no_sense_is_an_internal_error_that_tells_nothing);
async fn a_stored_value_that_makes_no_sense_is_an_internal_error_that_tells_nothing(
    on: DatabaseKind,
) {
    let (gateway, tenant) = history(on).await;
    spoil(&gateway, "UPDATE session SET start_method = 'BOGUS' WHERE id = 7").await;
    let query = "{ a: session(id: 7) { legacyId startMethod } b: session(id: 8) { startMethod } }";
    let answer = ask(&gateway, &tenant, query).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_tells_nothing(&answer);
    let answer = answer.json();
    assert_eq!(answer["data"], json!({ "a": null, "b": { "startMethod": "APPLET" } }));
    assert_eq!(locations(&answer), [location("a.startMethod", 1, 32, "INTERNAL")]);
    assert_eq!(answer["errors"][0]["message"], FIXED);
}

on_sqlite_alone!(async a_stored_value_of_another_type_is_an_internal_error_that_tells_nothing, "a server's columns hold nothing of another type");
async fn a_stored_value_of_another_type_is_an_internal_error_that_tells_nothing(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    spoil(&gateway, "UPDATE chat_message SET sent_at = 'bogus'").await;
    let query =
        "{ viewer { keyLabel } session(id: 7) { legacyId chatMessages { nodes { sentAt } } } }";
    let answer = ask(&gateway, &tenant, query).await;
    assert_tells_nothing(&answer);
    let answer = answer.json();
    assert_eq!(answer["data"], json!({ "viewer": { "keyLabel": "test" }, "session": null }));
    assert_eq!(
        locations(&answer),
        [location("session.chatMessages.nodes.0.sentAt", 1, 72, "INTERNAL")]
    );
    assert_eq!(answer["errors"][0]["message"], FIXED);
}

on_each_database!(async a_lost_table_is_an_internal_error_that_tells_nothing);
async fn a_lost_table_is_an_internal_error_that_tells_nothing(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    spoil(&gateway, "DROP TABLE video").await;
    let query = "{ session(id: 7) { legacyId videos { nodes { url } } } viewer { keyLabel } }";
    let answer = ask(&gateway, &tenant, query).await;
    assert_tells_nothing(&answer);
    let answer = answer.json();
    assert_eq!(answer["data"], json!({ "session": null, "viewer": { "keyLabel": "test" } }));
    assert_eq!(locations(&answer), [location("session.videos", 1, 29, "INTERNAL")]);
    assert_eq!(answer["errors"][0]["message"], FIXED);
}

on_each_database!(async a_failed_lookup_of_a_key_is_an_internal_error_without_details);
async fn a_failed_lookup_of_a_key_is_an_internal_error_without_details(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    spoil(&gateway, "ALTER TABLE api_key RENAME COLUMN label TO other").await;
    let answer = ask(&gateway, &tenant, "{ viewer { keyLabel } }").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_tells_nothing(&answer);
    assert_eq!(answer.codes(), ["INTERNAL"]);
    assert_eq!(answer.json()["errors"][0]["message"], FIXED);
    assert_eq!(answer.json().get("data"), None);
}
