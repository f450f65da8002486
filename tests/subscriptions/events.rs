//! Server-sent events: the distinct connections of graphql-sse.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use super::{EventStream, FEED, Served};
use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    wire,
};

on_sqlite_alone!(a_query_is_one_event, "no storage is involved");
fn a_query_is_one_event(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    for (query, member) in [("{ viewer { keyLabel } }", "data"), ("{ nonsense }", "errors")] {
        let mut stream = EventStream::request(&served.server, &served.acme.read, query, json!({}));
        let head = stream.head.to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        let answer = stream.answer();
        assert!(answer[member].is_object() || answer[member].is_array(), "{answer}");
        stream.completes();
    }
}

on_sqlite_alone!(a_long_answer_is_one_event, "no storage is involved");
fn a_long_answer_is_one_event(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let notes = "n".repeat(8_000);
    let sessions: Vec<_> = (1..=100).map(|id| (id, &*notes)).collect();
    for sessions in sessions.chunks(25) {
        served.record(&served.acme, sessions);
    }
    let query = "{ sessions(first: 100) { nodes { notes } } }";
    let mut stream = EventStream::request(&served.server, &served.acme.read, query, json!({}));
    let answer = stream.answer();
    assert_eq!(answer["data"]["sessions"]["nodes"].as_array().unwrap().len(), 100);
    stream.completes();
}

on_sqlite_alone!(what_is_not_valid_is_told_by_an_event, "no storage is involved");
fn what_is_not_valid_is_told_by_an_event(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    for variables in
        [json!({"after": "nonsense"}), json!({"filter": {"search": "a b c d e f g h i j k"}})]
    {
        let mut stream = EventStream::request(&served.server, &served.acme.read, FEED, variables);
        let errors = stream.answer()["errors"].take();
        // Some errors are found before the stream is open.
        assert_eq!(errors[0]["extensions"]["code"], "BAD_USER_INPUT", "{errors}");
        stream.completes();
    }
}

on_sqlite_alone!(a_request_without_a_valid_key_has_a_status_code, "no storage is involved");
fn a_request_without_a_valid_key_has_a_status_code(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let stream = EventStream::request(&served.server, "wrong", FEED, json!({}));
    assert!(stream.head.starts_with("HTTP/1.1 401"), "{}", stream.head);
}

on_sqlite_alone!(a_subscription_without_a_stream_gets_a_precise_error, "no storage is involved");
fn a_subscription_without_a_stream_gets_a_precise_error(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let answer = served.post(&served.acme.read, FEED, json!({}));
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("'Accept: text/event-stream'"), "{message}");
    assert!(message.contains("'graphql-transport-ws'"), "{message}");
    let target = "/graphql?query=subscription{sessionChanges{kind}}";
    for accept in ["text/event-stream", "application/json"] {
        let headers = [("x-api-key", &*served.acme.read), ("accept", accept)];
        let reply = wire::send(&served.server.url, "GET", target, &headers, b"");
        assert_eq!(reply.status, 405, "{}", reply.text());
        let message = reply.json()["errors"][0]["message"].take();
        assert!(message.as_str().unwrap().contains("subscription by POST"), "{message}");
    }
}

on_sqlite_alone!(events_are_sent_to_a_client_that_prefers_json, "no storage is involved");
fn events_are_sent_to_a_client_that_prefers_json(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    served.record(&served.acme, &[(1, "a")]);
    let headers = [
        ("x-api-key", &*served.acme.read),
        ("content-type", "application/json"),
        ("accept", "application/graphql-response+json, application/json, text/event-stream"),
    ];
    let query = |query: &str| json!({ "query": query }).to_string();
    let ask = |body: String| {
        wire::send(&served.server.url, "POST", "/graphql", &headers, body.as_bytes())
    };
    let json = ask(query("{ viewer { keyLabel } }"));
    assert!(json.header("content-type").unwrap().contains("json"));
    // A subscription that is refused ends by itself.
    let events = ask(query("subscription { sessionChanges(after: \"nonsense\") { kind } }"));
    assert!(events.header("content-type").unwrap().starts_with("text/event-stream"));
    assert!(events.text().ends_with("event: complete\ndata: \n\n"), "{}", events.text());
}

on_sqlite_alone!(comments_show_that_a_stream_is_alive, "no storage is involved");
fn comments_show_that_a_stream_is_alive(on: DatabaseKind) {
    let served = Served::start(on, &["--keep-alive", "1", "--idle-timeout", "1"]);
    let mut stream = served.feed(&served.acme, json!({}));
    std::thread::sleep(Duration::from_millis(3_500));
    served.record(&served.acme, &[(1, "a")]);
    assert_eq!(stream.numbers(1), [1]);
    assert!(stream.comments >= 3, "{}", stream.comments);
}

on_sqlite_alone!(a_field_that_fails_is_an_error_of_its_event, "no storage is involved");
fn a_field_that_fails_is_an_error_of_its_event(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let query = "subscription { change: sessionChanges { legacyId session { chatMessages(first: 1000) { nodes { body } } } } }";
    let mut stream = served.events(&served.acme.read, query, json!({}));
    served.record(&served.acme, &[(1, "a")]);
    let answer = stream.answer();
    assert_eq!(
        answer["errors"][0]["path"],
        json!(["change", "session", "chatMessages"]),
        "{answer}"
    );
    assert_ne!(answer["data"], Value::Null, "{answer}");
}

on_sqlite_alone!(events_come_over_http_2_too, "no storage is involved");
fn events_come_over_http_2_too(on: DatabaseKind) {
    let served = Served::start(on, &["--keep-alive", "1"]);
    let body = json!({ "query": FEED }).to_string();
    let mut curl = Command::new("curl")
        .args(["-sN", "--http2-prior-knowledge", "--max-time", "20", "-d", &body])
        .args(["-H", "accept: text/event-stream", "-H", "content-type: application/json"])
        .args(["-H", &format!("x-api-key: {}", served.acme.read)])
        .arg(format!("{}/graphql", served.server.url))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(curl.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), ":");
    std::thread::sleep(Duration::from_millis(2_500));
    served.record(&served.acme, &[(1, "a")]);
    let event = lines.find(|line| line.starts_with("data: ")).unwrap();
    assert!(event.contains(r#""legacyId":"1""#), "{event}");
    // The server stops although a stream is open.
    served.server.terminate();
    assert!(lines.all(|line| line.is_empty() || line == ":"));
    assert!(curl.wait().unwrap().success());
}
