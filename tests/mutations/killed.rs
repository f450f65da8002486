//! A gateway that is killed while callers record: what it acknowledged is there, and no call is stored in part.
//!
//! `TEST_ROUNDS` sets the number of kills: `TEST_ROUNDS=20 cargo test --workspace --test behaviour -- killed`.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicI64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{
    database::{DatabaseKind, on_each_database},
    feed::{Mirror, settled_position, stored_notes},
    process::{CommandEnvironment, Server, stdout},
    rounds::{report, rounds},
    server::select,
    wire,
};

/// The sessions of a call.
const SIZE: i64 = 20;
/// The calls that are sent at the same time.
const CALLERS: usize = 3;

const RECORD: &str = "mutation($sessions: [SessionInput!]!) {
    recordSessions(sessions: $sessions) { results { outcome } } }";

/// The notes of the sessions of a call.
fn notes(call: i64) -> String {
    format!("call {call}")
}

fn sessions(call: i64) -> Value {
    let message = json!({ "sentAt": "2024-05-01T10:00:01Z", "sender": "Ann", "body": "hello" });
    let session = |id| {
        json!({
            "legacyId": id, "startedAt": "2024-05-01T10:00:00Z", "notes": notes(call),
            "technician": { "username": format!("t{call}") }, "chatMessages": [message, message],
            "videos": [{ "url": "https://v.example" }],
            "customFields": [{ "name": "Ticket", "value": "7" }],
        })
    };
    (call * SIZE..(call + 1) * SIZE).map(session).collect()
}

/// The answer of a gateway that may be killed meanwhile.
fn ask(url: &str, key: &str, query: &str, variables: &Value) -> Option<Value> {
    let authorization = format!("Bearer {key}");
    let headers = [
        ("content-type", "application/json"),
        ("accept", "application/graphql-response+json"),
        ("authorization", &authorization),
    ];
    let body = json!({ "query": query, "variables": variables }).to_string();
    let (reply, _) = wire::try_send_raw(url, "POST", "/graphql", &headers, body.as_bytes()).ok()?;
    serde_json::from_slice(&reply.body).ok()
}

/// Records the sessions of a call. Returns the outcomes, if the gateway acknowledged them.
fn record(url: &str, key: &str, call: i64) -> Option<BTreeSet<String>> {
    let answer = ask(url, key, RECORD, &json!({ "sessions": sessions(call) }))?;
    let results = answer["data"]["recordSessions"]["results"].as_array();
    let results = results.unwrap_or_else(|| panic!("{answer}"));
    assert_eq!(results.len() as i64, SIZE);
    Some(results.iter().map(|result| result["outcome"].as_str().unwrap().to_owned()).collect())
}

/// Checks that each call is stored as a whole or not at all, that those that were acknowledged are stored, and that
/// the change log and the audit agree with that.
fn assert_whole(environment: &CommandEnvironment, acknowledged: &[i64]) {
    let number = |query: &str| -> i64 {
        select(&environment.url(), query).unwrap()[0].try_get_by_index(0).unwrap()
    };
    let last = settled_position(&environment.url());
    let stored = stored_notes(&environment.url());
    for (id, stored) in &stored {
        assert_eq!(*stored, json!(notes(id / SIZE)), "{id}");
    }
    let calls: BTreeSet<_> = stored.keys().map(|id| id / SIZE).collect();
    let sessions = calls.len() as i64 * SIZE;
    assert_eq!(stored.len() as i64, sessions, "a call is stored in part");
    let lost: Vec<_> = acknowledged.iter().filter(|call| !calls.contains(call)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    for (table, each) in
        [("chat_message", 2), ("video", 1), ("custom_field", 1), ("session_words", 1)]
    {
        assert_eq!(number(&format!("SELECT COUNT(*) FROM {table}")), sessions * each, "{table}");
    }
    assert_eq!(number("SELECT COUNT(*) FROM technician"), calls.len() as i64);
    // Each session is in the change log once, and the positions have no gap, since each was stored once.
    assert_eq!(number("SELECT COUNT(*) FROM session_change"), sessions);
    assert_eq!(number("SELECT COUNT(DISTINCT position) FROM session_change"), sessions);
    assert_eq!(last, sessions);
    let events = "SELECT COUNT(*) FROM audit_event WHERE action = 'RECORD' AND changed = 20";
    assert_eq!(number(events), calls.len() as i64);
}

on_each_database!(what_a_killed_gateway_acknowledged_is_stored_and_nothing_is_stored_in_part);
fn what_a_killed_gateway_acknowledged_is_stored_and_nothing_is_stored_in_part(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "acme"]);
    let create = ["key", "create", "--account", "acme", "--scope", "read,write"];
    let key = stdout(&environment, &create).trim_end().to_owned();
    let (next_call, acknowledged) = (AtomicI64::new(0), Mutex::new(Vec::new()));
    let mut mirror = Mirror::default();
    for round in 0..rounds(3) {
        let server = Server::start(&environment, &[]);
        let url = server.url.clone();
        let before = acknowledged.lock().unwrap().len();
        thread::scope(|scope| {
            for _ in 0..CALLERS {
                scope.spawn(|| {
                    loop {
                        let call = next_call.fetch_add(1, Ordering::Relaxed);
                        let Some(outcomes) = record(&url, &key, call) else { return };
                        assert!(outcomes.iter().eq(["NEW"]), "{outcomes:?}");
                        acknowledged.lock().unwrap().push(call);
                    }
                });
            }
            // A reader of the feed continues with the next gateway.
            scope.spawn(|| {
                loop {
                    let (query, variables) = mirror.next();
                    let Some(answer) = ask(&url, &key, query, &variables) else { return };
                    mirror.apply(&answer).unwrap_or_else(|| panic!("{answer}"));
                }
            });
            let start = Instant::now();
            while acknowledged.lock().unwrap().len() < before + CALLERS {
                assert!(start.elapsed() < Duration::from_secs(60), "nothing is recorded");
                thread::sleep(Duration::from_millis(1));
            }
            // At another moment each time.
            thread::sleep(Duration::from_millis(round as u64 * 7 % 50));
            server.stop();
        });
        assert_whole(&environment, &acknowledged.lock().unwrap());
    }
    let server = Server::start(&environment, &[]);
    let known = stored_notes(&environment.url());
    // What was not acknowledged is sent again.
    let calls = next_call.into_inner();
    for call in 0..calls {
        let expected = if known.contains_key(&(call * SIZE)) { "UNCHANGED" } else { "NEW" };
        let outcomes = record(&server.url, &key, call).unwrap();
        assert!(outcomes.iter().eq([expected]), "{call}: {outcomes:?}, not {expected}");
    }
    assert_whole(&environment, &Vec::from_iter(0..calls));
    loop {
        let (query, variables) = mirror.next();
        let answer = ask(&server.url, &key, query, &variables).unwrap();
        if !mirror.apply(&answer).unwrap_or_else(|| panic!("{answer}")) {
            break;
        }
    }
    let stored = stored_notes(&environment.url());
    assert_eq!(stored.len() as i64, calls * SIZE);
    assert_eq!(mirror.differences(&stored), Vec::<i64>::new());
    let acknowledged = acknowledged.into_inner().unwrap().len();
    report(&format!(
        "{on:?}: {} kills, {calls} calls, {acknowledged} acknowledged before a kill, {} stored without that",
        rounds(3),
        known.len() as i64 / SIZE - acknowledged as i64
    ));
}
