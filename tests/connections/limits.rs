//! The maximum number of connections.

use std::{
    collections::VecDeque,
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{Served, read_to_end};
use crate::support::{
    connection::Connection,
    database::{DatabaseKind, on_sqlite_alone},
    process::{self, CommandEnvironment, Server},
    tls::{Transport, with_and_without_tls},
    wire,
};

/// Half of a request whose body the server awaits.
const HALF_BODY: &str = "POST /graphql HTTP/1.1\r\nhost: localhost\r\n\
    content-type: application/json\r\ncontent-length: 100\r\n\r\n{";

with_and_without_tls!(
    a_new_connection_replaces_the_oldest_without_a_request,
    "no storage is involved"
);
fn a_new_connection_replaces_the_oldest_without_a_request(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, 1, &["--max-connections", "4"]);
    let mut halves: Vec<_> = (0..20).map(|_| served.send("GET /half")).collect();
    served.answers_others();
    let mut rest = halves.split_off(15);
    for connection in &mut halves {
        assert!(read_to_end(connection).is_some());
    }
    for connection in &mut rest[2..] {
        connection.set_read_timeout(Duration::from_millis(50));
        assert_eq!(connection.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}

on_sqlite_alone!(a_connection_beyond_the_limit_gets_503, "no storage is involved");
fn a_connection_beyond_the_limit_gets_503(on: DatabaseKind) {
    let flags = ["--max-connections", "5", "--max-connections-per-address", "3"];
    let served = Served::start(on, 1, &flags);
    let busy: Vec<_> = (0..3).map(|_| served.send(HALF_BODY)).collect();
    thread::sleep(Duration::from_millis(300));
    let mut refused = served.connect();
    let answer = read_to_end(&mut refused).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 5"), "{answer}");
    assert!(answer.contains("x-request-id: ") && answer.ends_with("Try later"), "{answer}");
    // A client at another address is answered, since the limit in all is larger.
    let url = format!("{}/health/live", served.server.url);
    let curl = ["-sS", "--interface", "127.0.0.2", &url];
    let other = Command::new("curl").args(curl).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&other.stdout), "ok\n");
    drop(busy);
    thread::sleep(Duration::from_millis(300));
    served.answers_others();
    assert!(served.server.stop().contains("too many connections"));
}

/// A server whose process may have few open files.
fn with_open_files(environment: &CommandEnvironment, files: u32, flags: &[&str]) -> Server {
    let program = process::command(environment, &[]).get_program().to_owned();
    let mut command = Command::new("sh");
    let script = format!(r#"ulimit -n {files}; exec "$0" serve --listen 127.0.0.1:0 "$@""#);
    command.args(["-c", &script]).arg(program).args(flags).current_dir(environment.path());
    Server::of(command, "GraphQL ")
}

on_sqlite_alone!(a_failure_to_accept_is_logged_and_passes, "no storage is involved");
fn a_failure_to_accept_is_logged_and_passes(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let server = with_open_files(&environment, 1_024, &[]);
    let (id, open) = (server.id().to_string(), server.open_files());
    // Less than the server knew when it started.
    let limit = format!("--nofile={}", open + 20);
    assert!(Command::new("prlimit").args(["--pid", &id, &limit]).status().unwrap().success());
    let address = server.url.strip_prefix("http://").unwrap();
    let halves: Vec<_> = (0..100).map(|_| TcpStream::connect(address).unwrap()).collect();
    thread::sleep(Duration::from_secs(2));
    drop(halves);
    thread::sleep(Duration::from_secs(2));
    assert_eq!(wire::send(&server.url, "GET", "/health/live", &[], b"").status, 200);
    assert!(server.stop().contains("a connection could not be accepted"));
}

/// Opens connections with half a request, each of which the server closes or this does, until it is to end.
fn flood(url: &str, half: &str, end: &AtomicBool) {
    let mut open = VecDeque::new();
    while !end.load(Ordering::Relaxed) {
        // The server may close it at once.
        if let Ok(mut connection) = Connection::open(url) {
            let _ = connection.write_all(half.as_bytes());
            open.push_back(connection);
        }
        if open.len() > 150 {
            open.pop_front();
        }
        thread::sleep(Duration::from_millis(2));
    }
}

with_and_without_tls!(a_flood_with_few_open_files_locks_nobody_out, "no storage is involved");
fn a_flood_with_few_open_files_locks_nobody_out(on: DatabaseKind, over: Transport) {
    let environment = CommandEnvironment::new(on);
    let flags = over.flags(environment.path());
    let server = with_open_files(&environment, 256, flags);
    let (end, url) = (AtomicBool::new(false), format!("{}/health/live", server.url));
    // A caller at another address than the flood.
    let is_answered = || {
        let curl = ["-sS", "-k", "--max-time", "5", "--interface", "127.0.0.2", &url];
        Command::new("curl").args(curl).output().unwrap().stdout == b"ok\n"
    };
    let (mut answered, mut longest) = (Instant::now(), Duration::ZERO);
    thread::scope(|scope| {
        for half in ["GET /half", "", HALF_BODY] {
            let (url, end) = (&server.url, &end);
            scope.spawn(move || flood(url, half, end));
        }
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(100));
            if is_answered() {
                longest = longest.max(answered.elapsed());
                answered = Instant::now();
            }
        }
        end.store(true, Ordering::Relaxed);
    });
    longest = longest.max(answered.elapsed());
    assert!(longest < Duration::from_secs(10), "nobody was answered for {longest:?}");
    assert!(is_answered());
    // The connections of the flood are gone.
    thread::sleep(Duration::from_secs(2));
    assert!(server.open_files() < 100, "{}", server.open_files());
    let log = server.stop();
    let lines = |text| log.matches(text).count();
    assert_eq!(lines("128 connections are served at the same time"), 1);
    assert_eq!(lines("could not be accepted"), 0);
}
