//! The maximum number of connections.

use std::{
    io::{ErrorKind, Read},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use super::{Served, read_to_end};
use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    process::{self, CommandEnvironment, Server},
    wire,
};

/// Half of a request whose body the server awaits.
const HALF_BODY: &str = "POST /graphql HTTP/1.1\r\nhost: localhost\r\n\
    content-type: application/json\r\ncontent-length: 100\r\n\r\n{";

on_sqlite_alone!(a_new_connection_replaces_the_oldest_without_a_request, "no storage is involved");
fn a_new_connection_replaces_the_oldest_without_a_request(on: DatabaseKind) {
    let served = Served::start(on, 1, &["--max-connections", "4"]);
    let mut halves: Vec<_> = (0..20).map(|_| served.send("GET /half")).collect();
    served.answers_others();
    let mut rest = halves.split_off(15);
    for connection in &mut halves {
        assert!(read_to_end(connection).is_some());
    }
    for connection in &mut rest[2..] {
        connection.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        assert_eq!(connection.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}

on_sqlite_alone!(a_connection_beyond_the_limit_gets_503, "no storage is involved");
fn a_connection_beyond_the_limit_gets_503(on: DatabaseKind) {
    let flags = ["--max-connections", "5", "--max-connections-per-address", "3"];
    let served = Served::start(on, 1, &flags);
    let busy: Vec<_> = (0..3).map(|_| served.send(HALF_BODY)).collect();
    std::thread::sleep(Duration::from_millis(300));
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
    std::thread::sleep(Duration::from_millis(300));
    served.answers_others();
    assert!(served.server.stop().contains("too many connections"));
}

on_sqlite_alone!(a_failure_to_accept_is_logged_and_passes, "no storage is involved");
fn a_failure_to_accept_is_logged_and_passes(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let mut command = process::command(&environment, &[]);
    let program = command.get_program().to_owned();
    let mut limited = Command::new("sh");
    let script = r#"ulimit -n 60; exec "$0" serve --listen 127.0.0.1:0"#;
    limited.args(["-c", script]).arg(program).current_dir(environment.path());
    command = limited;
    let server = Server::of(command, "GraphQL ");
    let address = server.url.strip_prefix("http://").unwrap();
    let halves: Vec<_> = (0..100).map(|_| TcpStream::connect(address).unwrap()).collect();
    std::thread::sleep(Duration::from_secs(2));
    drop(halves);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(wire::send(&server.url, "GET", "/health/live", &[], b"").status, 200);
    assert!(server.stop().contains("a connection could not be accepted"));
}
