//! Connections to a server with TLS that do not begin as they should.

use std::{
    io::Write,
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio_rustls::rustls::{ClientConnection, pki_types::ServerName};

use super::{Served, http2, read_to_end, trickle};
use crate::support::{
    connection::{Connection, address, tls_client},
    database::{DatabaseKind, on_sqlite_alone},
    tls::Transport,
};

/// A connection on which bytes were sent without TLS.
fn send_plain(served: &Served, bytes: &[u8]) -> Connection {
    let mut socket = TcpStream::connect(address(&served.server.url)).unwrap();
    socket.write_all(bytes).unwrap();
    Connection::Plain(socket)
}

/// The first message of a client of TLS.
fn client_hello() -> Vec<u8> {
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = ClientConnection::new(Arc::new(tls_client()), name).unwrap();
    let mut hello = Vec::new();
    client.write_tls(&mut hello).unwrap();
    hello
}

on_sqlite_alone!(a_handshake_that_is_not_completed_ends_its_connection, "no storage is involved");
fn a_handshake_that_is_not_completed_ends_its_connection(on: DatabaseKind) {
    let flags = ["--head-timeout", "1", "--idle-timeout", "60"];
    let served = Served::start_over(Transport::Tls, on, 1, &flags);
    let hello = client_hello();
    let half = hello.len() / 2;
    let beginnings = [&[], &hello[..1], &hello[..5], &hello[..half], &hello[..]];
    let mut connections: Vec<_> = beginnings.iter().map(|it| send_plain(&served, it)).collect();
    let trickled = send_plain(&served, &hello[..half]);
    served.answers_others();
    let start = Instant::now();
    assert!(trickle(trickled, hello[half]).is_some());
    for connection in &mut connections {
        assert!(read_to_end(connection).is_some());
    }
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    served.answers_others();
}

on_sqlite_alone!(handshakes_count_as_connections, "no storage is involved");
fn handshakes_count_as_connections(on: DatabaseKind) {
    let flags = ["--max-connections", "4", "--head-timeout", "60"];
    let served = Served::start_over(Transport::Tls, on, 1, &flags);
    let hello = client_hello();
    let mut halves: Vec<_> = (0..20).map(|_| send_plain(&served, &hello[..9])).collect();
    served.answers_others();
    // The oldest made room.
    for connection in &mut halves[..15] {
        assert_eq!(read_to_end(connection).as_deref(), Some(""));
    }
}

on_sqlite_alone!(a_connection_beyond_the_limit_is_closed, "no storage is involved");
fn a_connection_beyond_the_limit_is_closed(on: DatabaseKind) {
    let served = Served::start_over(Transport::Tls, on, 1, &["--max-connections", "2"]);
    let half_body = "POST /graphql HTTP/1.1\r\nhost: localhost\r\n\
                     content-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    let busy = [served.send(half_body), served.send(half_body)];
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(read_to_end(&mut send_plain(&served, &client_hello())).as_deref(), Some(""));
    drop(busy);
    std::thread::sleep(Duration::from_millis(300));
    served.answers_others();
    assert!(served.server.stop().contains("too many connections"));
}

on_sqlite_alone!(a_client_without_tls_is_told_so, "no storage is involved");
fn a_client_without_tls_is_told_so(on: DatabaseKind) {
    let served = Served::start_over(Transport::Tls, on, 1, &["--head-timeout", "1"]);
    let body = "x".repeat(1_000_000);
    let length = body.len();
    for request in [
        "GET /graphiql HTTP/1.1\r\nhost: localhost\r\n\r\n".to_owned(),
        "GET /get_session_history.php?KEY=secret-of-acme&VARS=ID NAME HTTP/1.0\r\n\r\n".to_owned(),
        format!("POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n{body}"),
        String::from_utf8(http2::PREFACE.to_vec()).unwrap(),
    ] {
        let answer = read_to_end(&mut send_plain(&served, request.as_bytes())).expect("closed");
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains("x-request-id: "), "{answer}");
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", text.len())), "{answer}");
        assert!(text.ends_with("Use a URL that begins with https"), "{answer}");
    }
    // Of another protocol, or of an old version of TLS.
    let others: [&[u8]; 4] =
        [b"\x00\x01\x02", b"\x80\x2e\x01\x03\x01", b"\r\n\r\n", b"\x16\x03\x01\x00\x02\x01\x00"];
    for bytes in others {
        let answer = read_to_end(&mut send_plain(&served, bytes)).expect("closed");
        assert!(!answer.contains("HTTP"), "{answer}");
    }
    served.answers_others();
    assert!(!served.server.stop().contains("secret-of-acme"));
}
