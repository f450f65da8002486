//! Traces: what a collector gets, and what it never gets.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use crate::{
    commands::fails,
    metrics::{Counted, TEXTS},
    support::{
        database::{DatabaseKind, on_each_database, on_sqlite_alone},
        process::CommandEnvironment,
        tls::Transport,
    },
};

/// A collector, which has the bodies of all requests. Texts are in them as they are.
pub struct Collector {
    pub url: String,
    bodies: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bodies = Arc::<Mutex<Vec<u8>>>::default();
        let received = bodies.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let body = take(stream.unwrap());
                received.lock().unwrap().extend(body);
            }
        });
        Self { url, bodies }
    }

    pub fn has(&self, text: &str) -> bool {
        self.bodies.lock().unwrap().windows(text.len()).any(|bytes| bytes == text.as_bytes())
    }
}

/// Reads a request, and answers it.
fn take(stream: TcpStream) -> Vec<u8> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
    }
    let head = head.to_lowercase();
    assert!(head.starts_with("post /v1/traces http/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-protobuf\r\n"), "{head}");
    let length = head.split("content-length: ").nth(1).unwrap().split('\r').next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let answer =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
    reader.get_mut().write_all(answer).unwrap();
    body
}

on_each_database!(a_collector_gets_spans_without_personal_data);
fn a_collector_gets_spans_without_personal_data(on: DatabaseKind) {
    let collector = Collector::start();
    // Spans do not depend on the level of the log.
    let flags = ["--otlp-endpoint", &collector.url, "--log", "warn"];
    let counted = Counted::start_over(Transport::Plain, on, &flags);
    counted.use_all();
    let key = counted.key.clone();
    // The last spans are sent when the server stops.
    counted.server.terminate();
    let [customer, account, label, _] = TEXTS;
    for expected in [
        "session-history",
        "http.request",
        "/graphql",
        "/get_session_history.php",
        "http.response.status_code",
        "db.statement",
        "db.query.text",
        "SELECT",
        "job.run",
        "retention",
    ] {
        assert!(collector.has(expected), "{expected}");
    }
    for secret in [customer, account, label, &key, &key[..8], "127.0.0."] {
        assert!(!collector.has(secret), "{secret}");
    }
}

on_sqlite_alone!(a_collector_that_is_down_does_not_matter, "no storage is involved");
fn a_collector_that_is_down_does_not_matter(on: DatabaseKind) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    let environment = CommandEnvironment::new(on).with_variable("OTEL_BSP_SCHEDULE_DELAY", "500");
    let flags = ["--otlp-endpoint", &url];
    let counted = Counted::start_in(environment, Transport::Plain, &flags);
    // More than one attempt to send spans.
    for _ in 0..10 {
        let asked = Instant::now();
        assert_eq!(counted.graphql(&counted.key, "{ viewer { keyLabel } }"), 200);
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
        thread::sleep(Duration::from_millis(300));
    }
    let log = counted.server.stop();
    assert_eq!(log.matches("traces cannot be sent to the collector").count(), 1, "{log}");
}

on_sqlite_alone!(a_wrong_endpoint_stops_the_start, "it is about the command line");
fn a_wrong_endpoint_stops_the_start(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    for (url, reason) in [
        ("127.0.0.1:4318", "this is no URL"),
        ("https://collector.example.com", "write the http URL of a collector"),
    ] {
        let message = fails(&environment, &["serve", "--otlp-endpoint", url]);
        assert!(message.contains(reason), "{url}: {message}");
    }
}
