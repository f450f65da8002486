//! Connections end when a client does not go on, and do not keep other callers out.

use std::{
    io::{ErrorKind, Read, Write},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::support::{
    connection::Connection,
    database::DatabaseKind,
    process::{self, CommandEnvironment, Server},
    tls::{Transport, with_and_without_tls},
    wire,
};

mod handshakes;
pub mod http2;
mod http2_bodies;
mod limits;
mod request_lines;
mod slow_readers;
mod stop;

/// A server over a new database with sessions, and a key.
struct Served {
    server: Server,
    key: String,
    _environment: CommandEnvironment,
}

impl Served {
    /// Each of the sessions has notes of 20,000 bytes.
    fn start(on: DatabaseKind, sessions: usize, flags: &[&str]) -> Self {
        Self::start_over(Transport::Plain, on, sessions, flags)
    }

    /// With TLS or without.
    fn start_over(over: Transport, on: DatabaseKind, sessions: usize, flags: &[&str]) -> Self {
        let environment = CommandEnvironment::new(on);
        process::stdout(&environment, &["account", "create", "acme"]);
        let key = process::stdout(&environment, &["key", "create", "--account", "acme"]);
        let notes = "n".repeat(20_000);
        let session = |id| json!({"id": id, "date_start": "2024-01-01 00:00:00", "notes": notes});
        let history = json!({ "requests": (1..=sessions).map(session).collect::<Vec<_>>() });
        std::fs::write(environment.path().join("history.json"), history.to_string()).unwrap();
        process::stdout(&environment, &["import", "history.json", "--account", "acme"]);
        let flags = [flags, over.flags(environment.path())].concat();
        let server = Server::start(&environment, &flags);
        Self { server, key: key.trim().to_owned(), _environment: environment }
    }

    fn connect(&self) -> Connection {
        Connection::open(&self.server.url).unwrap()
    }

    /// A connection on which something was sent.
    fn send(&self, bytes: impl AsRef<[u8]>) -> Connection {
        let mut connection = self.connect();
        connection.write_all(bytes.as_ref()).unwrap();
        connection
    }

    /// A caller with a key is answered at once.
    fn answers_others(&self) {
        let start = Instant::now();
        let bearer = format!("Bearer {}", self.key);
        let headers = [("authorization", &*bearer), ("content-type", "application/json")];
        let body = br#"{"query":"{ sessions(first: 1) { nodes { id } } }"}"#;
        let answer = wire::send(&self.server.url, "POST", "/graphql", &headers, body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }
}

/// What the server sends until it closes the connection, or none if that takes more than ten seconds.
fn read_to_end(connection: &mut Connection) -> Option<String> {
    connection.set_read_timeout(Duration::from_secs(10));
    let (mut text, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match connection.read(&mut part) {
            Ok(0) => break,
            Ok(length) => text.extend_from_slice(&part[..length]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
            Err(_) => break,
        }
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// Sends a byte now and then, until the server closes the connection or ten seconds are over.
fn trickle(mut connection: Connection, byte: u8) -> Option<String> {
    connection.socket().set_nonblocking(true).unwrap();
    let (mut text, mut part) = (Vec::new(), [0; 4096]);
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(100));
        let _ = connection.write(&[byte]);
        match connection.read(&mut part) {
            Ok(0) => return Some(String::from_utf8_lossy(&text).into_owned()),
            Ok(length) => text.extend_from_slice(&part[..length]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return Some(String::from_utf8_lossy(&text).into_owned()),
        }
    }
    None
}

with_and_without_tls!(a_head_that_is_not_completed_ends_its_connection, "no storage is involved");
fn a_head_that_is_not_completed_ends_its_connection(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, 1, &["--head-timeout", "1", "--idle-timeout", "60"]);
    let half_headers = http2::frame(http2::HEADERS, 0, 1, &http2::header_block("GET", "/"));
    let beginnings = [
        b"".to_vec(),
        b"GET /hea".to_vec(),
        b"GET / HTTP/1.1\r\nhost: localhost\r\nx-half: ".to_vec(),
        http2::PREFACE[..1].to_vec(),
        http2::PREFACE[..20].to_vec(),
        http2::PREFACE.to_vec(),
        http2::opening(65_535),
        [http2::opening(65_535), half_headers].concat(),
    ];
    let mut connections: Vec<_> = beginnings.iter().map(|bytes| served.send(bytes)).collect();
    let mut second = served.send("GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let mut answer = [0; 12];
    second.read_exact(&mut answer).unwrap();
    second.write_all(b"GET /health/live HT").unwrap();
    connections.push(second);
    let trickled = served.send("GET / HTTP/1.1\r\nhost: localhost\r\nx-half: ");
    served.answers_others();
    let start = Instant::now();
    assert!(trickle(trickled, b'a').is_some());
    for connection in &mut connections {
        assert!(read_to_end(connection).is_some());
    }
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    served.answers_others();
}

with_and_without_tls!(a_body_that_does_not_arrive_gets_408, "no storage is involved");
fn a_body_that_does_not_arrive_gets_408(on: DatabaseKind, over: Transport) {
    let served =
        Served::start_over(over, on, 1, &["--body-timeout", "1", "--legacy-status", "true"]);
    let head = |path: &str, more: &str| {
        format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n{more}\r\n\r\n")
    };
    let json = "content-type: application/json\r\ncontent-length: 10000";
    let key = format!("{json}\r\nauthorization: Bearer {}", served.key);
    let chunked = "content-type: application/json\r\ntransfer-encoding: chunked";
    let form = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 100";
    let legacy = format!("/get_session_history.php?KEY={}", served.key);
    let halves = [
        head("/graphql", json),
        head("/graphql", json) + "{",
        head("/graphql", &key) + "{\"query\":",
        head("/graphql", chunked),
        head("/graphql", chunked) + "5\r\n{\"que\r\n",
        head("/get_session_history.php", form),
        head(&legacy, form) + "VARS=ID",
    ];
    let mut connections: Vec<_> = halves.iter().map(|half| served.send(half)).collect();
    let trickled = served.send(head("/graphql", &key));
    served.answers_others();
    let start = Instant::now();
    let answer = trickle(trickled, b' ').expect("closed");
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("too slowly"), "{answer}");
    for (connection, half) in connections.iter_mut().zip(halves) {
        let answer = read_to_end(connection).expect("closed");
        assert!(answer.starts_with("HTTP/1.1 408 "), "{half}: {answer}");
        assert!(answer.contains("connection: close"), "{half}: {answer}");
    }
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    // A slow body that goes on arriving is read.
    let body = format!("{{{}\"query\":\"{{ viewer {{ account }} }}\"}}", " ".repeat(10_000));
    let length = format!("content-length: {}", body.len());
    let key = key.replace("content-length: 10000", &length);
    let mut steady = served.send(head("/graphql", &key));
    for part in body.as_bytes().chunks(1_000) {
        std::thread::sleep(Duration::from_millis(300));
        steady.write_all(part).unwrap();
    }
    let mut status = [0; 12];
    steady.read_exact(&mut status).unwrap();
    assert_ne!(&status, b"HTTP/1.1 408");
}

with_and_without_tls!(a_connection_without_requests_is_closed, "no storage is involved");
fn a_connection_without_requests_is_closed(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, 1, &["--idle-timeout", "1"]);
    let request = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut used = served.connect();
    let mut answer = [0; 4096];
    for _ in 0..5 {
        used.write_all(request.as_bytes()).unwrap();
        assert!(used.read(&mut answer).unwrap() > 0);
        std::thread::sleep(Duration::from_millis(600));
    }
    assert!(read_to_end(&mut used).is_some());
    // A client of HTTP/2 that sends pings and no request.
    let mut pings = served.send([http2::opening(65_535), http2::get(1, "/health/live")].concat());
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(5) {
        let ping = http2::frame(http2::PING, 0, 0, b"12345678");
        if pings.write_all(&ping).is_err() || http2::read(&mut pings).is_none() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

with_and_without_tls!(a_request_has_one_host_and_well_formed_chunks, "no storage is involved");
fn a_request_has_one_host_and_well_formed_chunks(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, 1, &[]);
    let chunked = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                   connection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    let long = format!("3;{}\r\nabc\r\n0\r\n\r\n", "a".repeat(20_000));
    for (request, status) in [
        ("GET /health/live HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("GET /health/live HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n".to_owned(), 400),
        ("GET /health/live HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n".to_owned(), 400),
        ("GET /health/live HTTP/1.0\r\nhost: a\r\nhost: b\r\n\r\n".to_owned(), 400),
        ("GET /health/live HTTP/1.0\r\n\r\n".to_owned(), 200),
        ("GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_owned(), 200),
        (format!("{chunked}zz\r\nabc\r\n0\r\n\r\n"), 400),
        (format!("{chunked}-1\r\nabc\r\n0\r\n\r\n"), 400),
        (format!("{chunked}FFFFFFFFFFFFFFFFFF\r\nabc\r\n"), 400),
        (format!("{chunked}3\r\nabcdef\r\n0\r\n\r\n"), 400),
        (format!("{chunked}{long}"), 400),
    ] {
        let answer = read_to_end(&mut served.send(&request)).expect("closed");
        assert!(answer.starts_with(&format!("HTTP/1.{} {status} ", &answer[7..8])), "{answer}");
    }
}
