//! The limits of sockets and subscriptions.

use serde_json::{Value, json};

use super::{
    EventStream, FEED, Served,
    socket::{PROTOCOL, Socket},
};
use crate::support::database::{DatabaseKind, on_sqlite_alone};

on_sqlite_alone!(a_key_has_a_maximum_number_of_subscriptions, "no storage is involved");
fn a_key_has_a_maximum_number_of_subscriptions(on: DatabaseKind) {
    let served = Served::start(on, &["--max-key-subscriptions", "2"]);
    let _first = served.feed(&served.acme, json!({}));
    let second = served.feed(&served.acme, json!({}));
    let mut socket = Socket::of(&served.server, &served.acme.read);
    socket.subscribe("1", FEED, json!({}));
    let refused = socket.message();
    assert_eq!(refused["type"], "error", "{refused}");
    assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED", "{refused}");
    let open = || EventStream::request(&served.server, &served.acme.read, FEED, json!({}));
    let refused = open().head;
    assert!(refused.starts_with("HTTP/1.1 429"), "{refused}");
    // Other keys have limits of their own, and what ends is free again.
    served.feed(&served.other, json!({}));
    drop(second);
    let mut again = wait_for(|| Some(open()).filter(|it| it.head.starts_with("HTTP/1.1 200")));
    served.record(&served.acme, &[(1, "a")]);
    assert_eq!(again.numbers(1), [1]);
}

fn wait_for<T>(mut try_it: impl FnMut() -> Option<T>) -> T {
    for _ in 0..100 {
        if let Some(found) = try_it() {
            return found;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("it takes too long");
}

on_sqlite_alone!(a_key_has_a_maximum_number_of_sockets, "no storage is involved");
fn a_key_has_a_maximum_number_of_sockets(on: DatabaseKind) {
    let served = Served::start(on, &["--max-key-sockets", "1"]);
    let first = Socket::of(&served.server, &served.acme.read);
    let mut second = Socket::open(&served.server);
    second.init(&served.acme.read);
    assert_eq!(second.close_code(), 1013);
    Socket::of(&served.server, &served.other.read);
    drop(first);
    wait_for(|| {
        let mut socket = Socket::open(&served.server);
        socket.init(&served.acme.read);
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| socket.message()));
        answer.ok().filter(|it| it["type"] == "connection_ack")
    });
}

on_sqlite_alone!(a_socket_has_a_maximum_number_of_operations, "no storage is involved");
fn a_socket_has_a_maximum_number_of_operations(on: DatabaseKind) {
    let served = Served::start(on, &["--max-socket-operations", "2"]);
    let mut socket = Socket::of(&served.server, &served.acme.read);
    for id in ["1", "2", "3"] {
        socket.subscribe(id, FEED, json!({}));
    }
    let refused = socket.message();
    assert_eq!((&refused["id"], &refused["type"]), (&json!("3"), &json!("error")));
    assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED", "{refused}");
    socket.send(&json!({"id": "1", "type": "complete"}));
    socket.subscribe("3", "{ viewer { keyLabel } }", json!({}));
    assert_eq!(socket.message()["type"], "next");
}

on_sqlite_alone!(operations_count_as_requests_of_the_key, "no storage is involved");
fn operations_count_as_requests_of_the_key(on: DatabaseKind) {
    let served = Served::start(on, &["--rate-limit", "2"]);
    let mut socket = Socket::of(&served.server, &served.acme.read);
    let mut codes = Vec::new();
    for id in 0..20 {
        socket.subscribe(&id.to_string(), "{ viewer { keyLabel } }", json!({}));
        let answer = socket.message();
        codes.push(answer["payload"][0]["extensions"]["code"].clone());
        if answer["type"] == "next" {
            socket.message();
        }
    }
    assert!(codes.contains(&json!("RATE_LIMITED")) && codes.contains(&Value::Null), "{codes:?}");
}

on_sqlite_alone!(a_message_that_is_too_large_is_closed_with_1009, "no storage is involved");
fn a_message_that_is_too_large_is_closed_with_1009(on: DatabaseKind) {
    let served = Served::start(on, &["--max-body-bytes", "65536"]);
    let mut socket = Socket::of(&served.server, &served.acme.read);
    let ping = |size: usize| json!({"type": "ping", "payload": {"a": "x".repeat(size)}});
    socket.send(&ping(60_000));
    assert_eq!(socket.message()["type"], "pong");
    socket.send(&ping(70_000));
    assert_eq!(socket.close_code(), 1009);
}

on_sqlite_alone!(what_is_no_frame_is_closed_with_1002, "no storage is involved");
fn what_is_no_frame_is_closed_with_1002(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    // What follows a request for an upgrade is not read as a request.
    let mut raw = Socket::try_open(&served.server, PROTOCOL, &[]).unwrap();
    raw.send_bytes(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert_eq!(raw.close_code(), 1002);
}
