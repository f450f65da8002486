//! Signals.

use std::{
    io::Read,
    process::Command,
    time::{Duration, Instant},
};

use super::{Served, http2, read_to_end};
use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    tls::{Transport, with_and_without_tls},
};

fn signal(served: &Served, name: &str) {
    let id = served.server.id().to_string();
    assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
}

on_sqlite_alone!(other_signals_do_not_end_the_server, "no storage is involved");
fn other_signals_do_not_end_the_server(on: DatabaseKind) {
    let served = Served::start(on, 1, &[]);
    for name in ["HUP", "USR1", "USR2"] {
        signal(&served, name);
        std::thread::sleep(Duration::from_millis(200));
        served.answers_others();
    }
    let log = served.server.stop();
    for line in ["SIGHUP: nothing was reloaded", "SIGUSR1 has no effect", "SIGUSR2 has no effect"] {
        assert!(log.contains(line), "{log}");
    }
}

with_and_without_tls!(a_stop_does_not_wait_for_half_requests, "no storage is involved");
fn a_stop_does_not_wait_for_half_requests(on: DatabaseKind, over: Transport) {
    let half_body = "POST /graphql HTTP/1.1\r\nhost: localhost\r\n\
                     content-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    let mut left = Vec::new();
    for beginning in [
        b"".to_vec(),
        b"GET /half".to_vec(),
        half_body.as_bytes().to_vec(),
        b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec(),
        b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\nGET /hal".to_vec(),
        http2::PREFACE[..20].to_vec(),
        http2::opening(65_535),
        [http2::opening(65_535), http2::get(1, "/health/live")].concat(),
    ] {
        let served = Served::start_over(over, on, 1, &[]);
        left.push(served.send(&beginning));
        std::thread::sleep(Duration::from_millis(300));
        let start = Instant::now();
        served.server.terminate();
        assert!(start.elapsed() < Duration::from_secs(4), "{beginning:?} {:?}", start.elapsed());
    }
}

with_and_without_tls!(a_stop_waits_for_requests_in_progress, "no storage is involved");
fn a_stop_waits_for_requests_in_progress(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, 300, &[]);
    let url = format!("/get_session_history.php?KEY={}&VARS=ID+NOTES", served.key);
    let mut reader = served.send(format!("GET {url} HTTP/1.1\r\nhost: localhost\r\n\r\n"));
    let mut first = vec![0; 1000];
    reader.read_exact(&mut first).unwrap();
    signal(&served, "TERM");
    std::thread::sleep(Duration::from_secs(2));
    let answer = read_to_end(&mut reader).expect("closed");
    assert!(answer.contains("</requests></response>"), "{} bytes", answer.len());
    served.server.terminate();
}

with_and_without_tls!(
    a_stop_does_not_wait_for_connections_that_have_ended,
    "no storage is involved"
);
fn a_stop_does_not_wait_for_connections_that_have_ended(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, 1, &[]);
    for _ in 0..3 {
        served.answers_others();
        let mut kept = served.send("GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n");
        kept.read_exact(&mut [0; 12]).unwrap();
    }
    std::thread::sleep(Duration::from_millis(300));
    let start = Instant::now();
    served.server.terminate();
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}
