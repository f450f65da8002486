//! How subscriptions end: at the stop of the server, at the end of a key, and when the client does not read.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{FEED, Served, socket::Socket};
use crate::support::{
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    tls::{Transport, with_and_without_tls},
};

with_and_without_tls!(a_stop_ends_streams_and_sockets_at_once, "no storage is involved");
fn a_stop_ends_streams_and_sockets_at_once(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, &[]);
    let mut stream = served.feed(&served.acme, json!({}));
    let mut socket = Socket::of(&served.server, &served.acme.read);
    socket.subscribe("1", FEED, json!({}));
    // A client that does not confirm the end of its socket.
    let _silent = Socket::of(&served.server, &served.acme.read);
    let start = Instant::now();
    let reader = std::thread::spawn(move || (stream.next(), socket.close_code()));
    served.server.terminate();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    // Without `complete`: the client connects again.
    assert_eq!(reader.join().unwrap(), (None, 1001));
}

on_each_database!(a_revoked_key_ends_its_subscriptions);
fn a_revoked_key_ends_its_subscriptions(on: DatabaseKind) {
    let served = Served::start(on, &["--keep-alive", "1"]);
    let mut stream = served.feed(&served.acme, json!({}));
    let mut others = served.feed(&served.other, json!({}));
    let mut socket = Socket::of(&served.server, &served.acme.read);
    socket.subscribe("1", FEED, json!({}));
    let mut idle = Socket::of(&served.server, &served.acme.read);
    served.revoke(&served.acme.read);
    let answer = stream.answer();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{answer}");
    stream.completes();
    assert_eq!(socket.close_code(), 4403);
    assert_eq!(idle.close_code(), 4403);
    // No change comes after the end of the key, and other keys are not affected.
    served.record(&served.other, &[(1, "a")]);
    assert_eq!(others.numbers(1), [1]);
}

on_sqlite_alone!(a_change_after_the_end_of_a_key_is_not_told, "keys are the same on each database");
fn a_change_after_the_end_of_a_key_is_not_told(on: DatabaseKind) {
    let served = Served::start(on, &["--key-cache", "0"]);
    let mut stream = served.feed(&served.acme, json!({}));
    served.record(&served.acme, &[(1, "a")]);
    assert_eq!(stream.numbers(1), [1]);
    served.revoke(&served.acme.read);
    served.record(&served.acme, &[(2, "b")]);
    let answer = stream.answer();
    assert_eq!(answer["data"], Value::Null, "{answer}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{answer}");
    stream.completes();
}

with_and_without_tls!(a_client_that_does_not_read_is_cut, "no storage is involved");
fn a_client_that_does_not_read_is_cut(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, &["--stall-timeout", "1"]);
    let _stream = served.feed(&served.acme, json!({}));
    let mut socket = Socket::of(&served.server, &served.acme.read);
    socket.subscribe("1", FEED, json!({}));
    let mut others = served.feed(&served.acme, json!({}));
    let notes = "n".repeat(20_000);
    let reader = std::thread::spawn(move || others.numbers(1_000));
    for page in 0..100 {
        let sessions: Vec<_> = (1..=10).map(|id| (page * 10 + id, &*notes)).collect();
        served.record(&served.acme, &sessions);
    }
    assert_eq!(reader.join().unwrap(), Vec::from_iter(1..=1_000));
    std::thread::sleep(Duration::from_secs(7));
    let log = served.server.stop();
    assert_eq!(log.matches("an answer was cut short: the caller stalled").count(), 2, "{log}");
}

on_sqlite_alone!(the_log_has_a_line_for_each_end, "no storage is involved");
fn the_log_has_a_line_for_each_end(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let mut stream = served.feed(&served.acme, json!({}));
    let mut socket = Socket::of(&served.server, &served.acme.read);
    socket.subscribe("1", FEED, json!({}));
    socket.subscribe("2", "{ viewer { keyLabel } }", json!({}));
    assert_eq!(socket.message()["type"], "next");
    assert_eq!(socket.message()["type"], "complete");
    served.record(&served.acme, &[(12_345, "a secret")]);
    assert_eq!(stream.numbers(1), [12_345]);
    assert_eq!(socket.message()["type"], "next");
    drop((stream, socket));
    std::thread::sleep(Duration::from_millis(500));
    let keys = [served.acme.read.clone(), served.acme.write.clone()];
    let log = served.server.stop();
    let line = |with: &str| log.lines().filter(|line| line.contains(with)).count();
    assert_eq!(line("events=1 end=\"left\""), 1, "{log}");
    assert_eq!(line("socket closed code=1006"), 1, "{log}");
    assert_eq!(line("account=\"acme\" key=\"\" operations=2 answers=2"), 1, "{log}");
    for secret in [&*keys[0], &*keys[1], "a secret", "12345"] {
        assert!(!log.contains(secret), "{log}");
    }
}
