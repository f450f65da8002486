//! Fields that fail below lists: their paths and locations, what becomes of the data around them,
//! and what a failure costs.

use std::sync::{Arc, Mutex};

use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
    process::{self, CommandEnvironment, Server},
    wire,
};

/// Three sessions; 1 and 2 have a chat of three messages, 1 and 3 a technician.
const HISTORY: &str = r#"{"requests":[
    {"id": 1, "tech_username": "ann", "date_start": "2024-05-03", "date_end": "2024-05-03 00:01:00",
     "chat_info": [{"date": "2024-05-03 10:00:01", "sender": "a", "text": "1"},
                   {"date": "2024-05-03 10:00:02", "sender": "a", "text": "2"},
                   {"date": "2024-05-03 10:00:03", "sender": "a", "text": "3"}],
     "video_links": ["https://v.example/1"]},
    {"id": 2, "date_start": "2024-05-02",
     "chat_info": [{"date": "2024-05-02 10:00:01", "sender": "b", "text": "1"},
                   {"date": "2024-05-02 10:00:02", "sender": "b", "text": "2"}]},
    {"id": 3, "tech_username": "bob", "date_start": "2024-05-01"}
]}"#;

async fn history(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, HISTORY).await;
    (gateway, tenant)
}

#[expect(clippy::disallowed_methods, reason = "the test spoils what the gateway stored")]
async fn spoil(gateway: &Gateway, statement: &str) {
    let database = Database::connect(gateway.database.url()).await.unwrap();
    database.execute_unprepared(statement).await.unwrap();
}

async fn ask(gateway: &Gateway, tenant: &Tenant, query: &str) -> Value {
    gateway.graphql(tenant, query, json!({})).await.json()
}

/// The path, the column and the code of each error.
fn errors(answer: &Value) -> Vec<(Value, u64, String)> {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    let error = |error: &Value| {
        let column = error["locations"][0]["column"].as_u64().unwrap();
        let code = error["extensions"]["code"].as_str().unwrap().to_owned();
        (error["path"].clone(), column, code)
    };
    errors.iter().map(error).collect()
}

fn input(path: Value, column: u64) -> (Value, u64, String) {
    (path, column, "BAD_USER_INPUT".to_owned())
}

on_each_database!(async a_wrong_argument_below_a_list_fails_the_first_item_that_has_the_field);
async fn a_wrong_argument_below_a_list_fails_the_first_item_that_has_the_field(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    for (query, path, column) in [
        (
            "{ sessions { nodes { chatMessages(first: -1) { totalCount } } } }",
            json!(["sessions", "nodes", 0, "chatMessages"]),
            22,
        ),
        (
            "{ sessions { nodes { videos(first: 1, last: 1) { totalCount } } } }",
            json!(["sessions", "nodes", 0, "videos"]),
            22,
        ),
        (
            "{ a: sessions { e: edges { n: node { c: chatMessages(after: \"nonsense\") { nodes { id } } } } } }",
            json!(["a", "e", 0, "n", "c"]),
            38,
        ),
        (
            "{ technicians { nodes { sessions(first: 501) { nodes { id } } } } }",
            json!(["technicians", "nodes", 0, "sessions"]),
            25,
        ),
    ] {
        let answer = ask(&gateway, &tenant, query).await;
        assert_eq!(answer["data"], Value::Null, "{query}");
        assert_eq!(errors(&answer), [input(path, column)], "{query}");
    }
    // No session has the field.
    let query = "{ sessions(first: 0) { nodes { chatMessages(first: -1) { totalCount } } } }";
    let answer = ask(&gateway, &tenant, query).await;
    assert_eq!(answer, json!({ "data": { "sessions": { "nodes": [] } } }));
}

on_each_database!(async an_error_leaves_null_in_the_nearest_place_that_may_be_null);
async fn an_error_leaves_null_in_the_nearest_place_that_may_be_null(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let query = "{ sessions { nodes { legacyId technician { username sessions(last: -1) { totalCount } } } }
        nodes(ids: [\"session_1\", \"session_9\", \"session_3\", \"bogus\"]) {
            id ... on Session { chatMessages(first: -1) { totalCount } } }
        viewer { keyLabel } }";
    let answer = ask(&gateway, &tenant, query).await;
    let technician = |id: &str| json!({ "legacyId": id, "technician": null });
    assert_eq!(
        answer["data"],
        json!({ "sessions": { "nodes": [technician("1"), technician("2"), technician("3")] },
            "nodes": [null, null, null, null], "viewer": { "keyLabel": "test" } })
    );
    let of_technician =
        |nth: u64| input(json!(["sessions", "nodes", nth, "technician", "sessions"]), 53);
    let of_node = |nth: u64| input(json!(["nodes", nth, "chatMessages"]), 33);
    let expected =
        [of_technician(0), of_technician(2), of_node(0), of_node(2), input(json!(["nodes", 3]), 9)];
    assert_eq!(errors(&answer), expected);
}

on_each_database!(async a_cursor_of_a_childs_list_serves_below_a_list_and_fails_other_items);
async fn a_cursor_of_a_childs_list_serves_below_a_list_and_fails_other_items(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let query = "{ session(id: 1) { chatMessages(first: 1) { pageInfo { endCursor } } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    let cursor = &data["session"]["chatMessages"]["pageInfo"]["endCursor"];
    let page = format!("chatMessages(after: {cursor}) {{ nodes {{ body }} }}");

    let of_one = format!("{{ sessions(first: 1) {{ nodes {{ {page} }} }} }}");
    let rest = json!({ "chatMessages": { "nodes": [{ "body": "2" }, { "body": "3" }] } });
    let answer = ask(&gateway, &tenant, &of_one).await;
    assert_eq!(answer, json!({ "data": { "sessions": { "nodes": [rest] } } }));

    let ids = "ids: [\"session_1\", \"session_2\"]";
    let of_two = format!("{{ nodes({ids}) {{ ... on Session {{ {page} }} }} }}");
    let answer = ask(&gateway, &tenant, &of_two).await;
    assert_eq!(answer["data"], json!({ "nodes": [rest, null] }));
    assert_eq!(errors(&answer), [input(json!(["nodes", 1, "chatMessages"]), 61)]);
}

on_each_database!(async a_cursor_is_refused_by_another_order);
async fn a_cursor_is_refused_by_another_order(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let query = "{ sessions(first: 1) { pageInfo { endCursor } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    let cursor = &data["sessions"]["pageInfo"]["endCursor"];
    let page = |order| {
        format!("{{ sessions(after: {cursor}, orderBy: {order}) {{ nodes {{ legacyId }} }} }}")
    };
    let answer = ask(&gateway, &tenant, &page("STARTED_AT_DESC")).await;
    let nodes = json!([{ "legacyId": "2" }, { "legacyId": "3" }]);
    assert_eq!(answer["data"]["sessions"]["nodes"], nodes);
    let answer = ask(&gateway, &tenant, &page("STARTED_AT_ASC")).await;
    assert_eq!(
        (errors(&answer), &answer["data"]),
        (vec![input(json!(["sessions"]), 3)], &Value::Null)
    );
}

on_each_database!(async a_number_that_passes_32_bits_is_an_error_beside_null);
async fn a_number_that_passes_32_bits_is_an_error_beside_null(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    for (seconds, fits) in [(i64::from(i32::MAX), true), (i64::from(i32::MAX) + 1, false)] {
        // 2,147,483,647 seconds, and one more.
        spoil(&gateway, &format!("UPDATE session SET duration_seconds = {seconds}")).await;
        spoil(&gateway, &format!("UPDATE video SET duration_seconds = {seconds}")).await;
        let query = "{ sessions(first: 1) { nodes { durationSeconds videos { nodes { durationSeconds } } } } }";
        let answer = ask(&gateway, &tenant, query).await;
        let value = if fits { json!(seconds) } else { Value::Null };
        let video = json!({ "nodes": [{ "durationSeconds": value }] });
        let nodes = json!([{ "durationSeconds": value, "videos": video }]);
        assert_eq!(answer["data"]["sessions"]["nodes"], nodes);
        let expected = [
            input(json!(["sessions", "nodes", 0, "durationSeconds"]), 32),
            input(json!(["sessions", "nodes", 0, "videos", "nodes", 0, "durationSeconds"]), 65),
        ];
        let expected = if fits { Vec::new() } else { expected.to_vec() };
        assert_eq!(errors(&answer), expected);
    }
}

on_each_database!(async a_stored_time_out_of_range_is_an_error_beside_null);
async fn a_stored_time_out_of_range_is_an_error_beside_null(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    spoil(&gateway, &format!("UPDATE session SET ended_at = {} WHERE id = 1", i64::MAX)).await;
    spoil(&gateway, &format!("UPDATE video SET recorded_at = {}", i64::MIN)).await;
    let query = "{ session(id: 1) { endedAt videos { nodes { recordedAt } } } }";
    let answer = ask(&gateway, &tenant, query).await;
    let videos = json!({ "nodes": [{ "recordedAt": null }] });
    assert_eq!(answer["data"]["session"], json!({ "endedAt": null, "videos": videos }));
    let paths: Vec<_> = errors(&answer).into_iter().map(|(path, _, code)| (path, code)).collect();
    let internal = |path| (path, "INTERNAL".to_owned());
    let expected = [
        internal(json!(["session", "endedAt"])),
        internal(json!(["session", "videos", "nodes", 0, "recordedAt"])),
    ];
    assert_eq!(paths, expected);
}

on_each_database!(async a_failed_statement_runs_once_and_fails_each_field_that_needs_it);
async fn a_failed_statement_runs_once_and_fails_each_field_that_needs_it(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    spoil(&gateway, "DROP TABLE chat_message").await;
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = seen.clone();
    gateway.observe_statements(move |statement| kept.lock().unwrap().push(statement.sql.clone()));
    let ids = "ids: [\"session_1\", \"session_2\", \"session_3\"]";
    let query = format!(
        "{{ nodes({ids}) {{ id ... on Session {{ chatMessages {{ nodes {{ body }} }} }} }} }}"
    );
    let answer = ask(&gateway, &tenant, &query).await;
    // The statement was for the two that have a chat.
    assert_eq!(answer["data"]["nodes"], json!([null, null, null]));
    let expected = [0, 1, 2].map(|nth| json!(["nodes", nth, "chatMessages"]));
    let paths = errors(&answer).into_iter().map(|(path, ..)| path);
    assert_eq!(paths.collect::<Vec<_>>(), expected);
    let ran = seen.lock().unwrap().iter().filter(|sql| sql.contains("chat_message")).count();
    assert_eq!(ran, 1);
}

on_each_database!(a_failed_statement_is_logged_once_however_many_fields_fail_for_it);
fn a_failed_statement_is_logged_once_however_many_fields_fail_for_it(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    std::fs::write(environment.path().join("history.json"), HISTORY).unwrap();
    process::stdout(&environment, &["import", "history.json", "--account", "acme"]);
    let key = process::stdout(&environment, &["key", "create", "--account", "acme"]);
    let server = Server::start(&environment, &["--log", "warn", "--log-format", "json"]);
    crate::support::server::administer(&environment.url(), &["DROP TABLE chat_message"]).unwrap();
    let query = "{ nodes(ids: [\"session_1\", \"session_2\"]) {
        id ... on Session { chatMessages { nodes { body } } } } }";
    let body = json!({ "query": query }).to_string();
    let headers = [("content-type", "application/json"), ("x-api-key", key.trim())];
    let answer = wire::send(&server.url, "POST", "/graphql", &headers, body.as_bytes()).json();
    assert_eq!(answer["data"]["nodes"], json!([null, null]));
    let log = server.stop();
    let failures = log.lines().filter(|line| line.contains("request failed"));
    assert_eq!(failures.count(), 1, "{log}");
}

on_each_database!(async single_objects_of_one_document_share_their_statements);
async fn single_objects_of_one_document_share_their_statements(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let seen: Arc<Mutex<usize>> = Arc::default();
    let kept = seen.clone();
    gateway.observe_statements(move |statement| {
        *kept.lock().unwrap() += usize::from(!statement.sql.contains("api_key"));
    });
    let query = "{ a: session(id: 1) { ...S } b: session(id: 2) { ...S notes }
        c: node(id: \"session_3\") { ... on Session { chatMessages { nodes { body } } } }
        d: session(id: 3) { legacyId } }
        fragment S on Session { legacyId chatMessages { nodes { body } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    let bodies = |name: &str| {
        let nodes = data[name]["chatMessages"]["nodes"].as_array().unwrap().iter();
        nodes.map(|node| node["body"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(bodies("a"), ["1", "2", "3"]);
    assert_eq!(bodies("b"), ["1", "2"]);
    assert_eq!(bodies("c"), Vec::<String>::new());
    assert_eq!(data["d"], json!({ "legacyId": "3" }));
    // The sessions, and their chats.
    assert_eq!(*seen.lock().unwrap(), 2);
}

on_each_database!(async the_schema_has_no_description_of_its_own_and_connections_have_one);
async fn the_schema_has_no_description_of_its_own_and_connections_have_one(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let query = "query($name: String! = \"SessionConnection\") {
        __schema { d: description description queryType { description } }
        __type(name: $name) { description fields { description } }
        sessions(first: 1) { nodes { legacyId } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    assert_eq!(data["__schema"]["d"], Value::Null);
    assert_eq!(data["__schema"]["description"], Value::Null);
    assert!(data["__schema"]["queryType"]["description"].is_string());
    assert_eq!(data["__type"]["description"], "A page of sessions.");
    let fields = data["__type"]["fields"].as_array().unwrap();
    assert!(fields.iter().all(|field| field["description"].is_string()));
    assert_eq!(data["sessions"]["nodes"], json!([{ "legacyId": "1" }]));
}
