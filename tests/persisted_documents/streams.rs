//! Hashes over WebSockets, as events, and in bulk requests.

use serde_json::json;

use super::{hash, persisted, served::Served};
use crate::{
    subscriptions::socket::Socket,
    support::database::{DatabaseKind, on_sqlite_alone},
};

const FEED: &str = "subscription($after: String) { sessionChanges(after: $after) { legacyId } }";
const LIST: &str = "{ sessions { nodes { legacyId } } }";

on_sqlite_alone!(a_socket_takes_hashes, "no storage is involved");
fn a_socket_takes_hashes(on: DatabaseKind) {
    let served = Served::start(on, &[], &[]);
    let cursor = json!({ "query": "{ sessionChanges(first: 0) { cursor } }" });
    let cursor = served.send("application/json", &cursor).json();
    let variables = json!({ "after": cursor["data"]["sessionChanges"]["cursor"] });
    served.record(7);

    let mut socket = Socket::of(&served.server, &served.key);
    let mut subscribe = |id: &str, query: Option<&str>| {
        let extensions = persisted(&hash(FEED));
        let payload = json!({ "query": query, "variables": variables, "extensions": extensions });
        let mut message = json!({ "id": id, "type": "subscribe", "payload": payload });
        if query.is_none() {
            message["payload"].as_object_mut().unwrap().remove("query");
        }
        socket.send(&message);
        socket.message()
    };
    let missed = subscribe("1", None);
    assert_eq!((&missed["id"], &missed["type"]), (&json!("1"), &json!("error")), "{missed}");
    assert_eq!(missed["payload"][0]["extensions"]["code"], "PERSISTED_QUERY_NOT_FOUND");
    for (id, query) in [("2", Some(FEED)), ("3", None)] {
        let change = subscribe(id, query);
        let data = json!({ "data": { "sessionChanges": { "legacyId": "7" } } });
        assert_eq!(change, json!({ "id": id, "type": "next", "payload": data }));
    }
}

on_sqlite_alone!(a_stream_of_events_takes_hashes, "no storage is involved");
fn a_stream_of_events_takes_hashes(on: DatabaseKind) {
    let served = Served::start(on, &[], &[]);
    let only_hash = json!({ "extensions": persisted(&hash(LIST)) });
    let missed = served.send("text/event-stream", &only_hash);
    assert_eq!(missed.status, 200);
    assert!(missed.text().contains("PERSISTED_QUERY_NOT_FOUND"), "{}", missed.text());
    assert!(missed.text().ends_with("event: complete\ndata: \n\n"), "{}", missed.text());
    let both = json!({ "query": LIST, "extensions": persisted(&hash(LIST)) });
    let first = served.send("text/event-stream", &both).text();
    assert!(first.contains(r#"{"data":{"sessions":{"nodes":[]}}}"#), "{first}");
    assert_eq!(served.send("text/event-stream", &only_hash).text(), first);
}

on_sqlite_alone!(a_bulk_request_takes_hashes, "no storage is involved");
fn a_bulk_request_takes_hashes(on: DatabaseKind) {
    let served = Served::start(on, &[], &[]);
    served.record(1);
    served.record(2);
    let only_hash = json!({ "extensions": persisted(&hash(LIST)) });
    let missed = served.send("application/x-ndjson", &only_hash);
    assert_eq!(missed.json()["errors"][0]["message"], "PersistedQueryNotFound");
    let both = json!({ "query": LIST, "extensions": persisted(&hash(LIST)) });
    let first = served.send("application/x-ndjson", &both).text();
    assert!(first.ends_with("{\"complete\":true,\"count\":2}\n"), "{first}");
    assert_eq!(served.send("application/x-ndjson", &only_hash).text(), first);
}
