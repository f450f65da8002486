//! Clients that read an answer slowly, or not.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

use socket2::{Domain, Socket, Type};

use super::{Served, http2, read_to_end};
use crate::support::{
    connection::{self, Connection},
    database::{DatabaseKind, on_each_database},
    tls::{Transport, with_and_without_tls},
};

/// The requests for 1.2 million bytes.
fn requests(served: &Served) -> [String; 2] {
    let key = &served.key;
    let query = "%7B%20sessions(first%3A%2060)%20%7B%20nodes%20%7B%20notes%20%7D%20%7D%20%7D";
    [
        format!(
            "GET /get_session_history.php?KEY={key}&VARS=ID+NOTES HTTP/1.1\r\nhost: localhost\r\n\r\n"
        ),
        format!(
            "GET /graphql?query={query} HTTP/1.1\r\nhost: localhost\r\n\
             authorization: Bearer {key}\r\n\r\n"
        ),
    ]
}

/// A connection whose client takes few bytes that it has not read.
fn connect(served: &Served) -> Connection {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let address: SocketAddr = connection::address(&served.server.url).parse().unwrap();
    socket.connect(&address.into()).unwrap();
    Connection::over(&served.server.url, socket.into())
}

with_and_without_tls!(
    a_client_that_reads_slowly_is_served_and_one_that_stops_is_not,
    "no storage is involved"
);
fn a_client_that_reads_slowly_is_served_and_one_that_stops_is_not(
    on: DatabaseKind,
    over: Transport,
) {
    let flags = ["--stall-timeout", "2", "--idle-timeout", "60"];
    let served = Served::start_over(over, on, 60, &flags);
    let mut readers = Vec::new();
    for request in requests(&served) {
        for _ in 0..2 {
            let mut connection = connect(&served);
            connection.write_all(request.as_bytes()).unwrap();
            readers.push(connection);
        }
    }
    // 16 kB a second, for more than twice the limit.
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(100));
        for reader in &mut readers {
            reader.read_exact(&mut [0; 1600]).unwrap();
        }
    }
    served.answers_others();
    // The first of each kind stops, the other reads on.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(12) {
        std::thread::sleep(Duration::from_millis(100));
        for reader in [1, 3] {
            readers[reader].read_exact(&mut [0; 1600]).unwrap();
        }
    }
    for reader in [0, 2] {
        let rest = read_to_end(&mut readers[reader]).expect("closed");
        assert!(rest.len() < 200_000, "{}", rest.len());
    }
    assert!(served.server.stop().matches("the caller stalled").count() >= 2);
}

on_each_database!(callers_that_stop_reading_are_cut_off_and_do_not_block_others);
fn callers_that_stop_reading_are_cut_off_and_do_not_block_others(on: DatabaseKind) {
    // One connection of the database for long answers.
    let flags = ["--stall-timeout", "1", "--legacy-page-size", "5", "--database-exports", "1"];
    let served = Served::start(on, 60, &flags);
    let [request, _] = requests(&served);
    let mut stalled = connect(&served);
    stalled.write_all(request.as_bytes()).unwrap();
    stalled.read_exact(&mut [0; 1000]).unwrap();
    let next = request.replace("HTTP/1.1\r\n", "HTTP/1.1\r\nconnection: close\r\n");
    let answer = read_to_end(&mut served.send(next)).expect("closed");
    assert!(answer.contains("</requests></response>"), "{} bytes", answer.len());
    let rest = read_to_end(&mut stalled).expect("closed");
    assert!(!rest.contains("</response>"));
}

with_and_without_tls!(a_stream_that_is_not_read_is_reset, "no storage is involved");
fn a_stream_that_is_not_read_is_reset(on: DatabaseKind, over: Transport) {
    let served =
        Served::start_over(over, on, 60, &["--stall-timeout", "1", "--idle-timeout", "60"]);
    let path = format!("/get_session_history.php?KEY={}&VARS=ID+NOTES", served.key);
    for window in [0, 1, 20_000] {
        let mut opening = http2::opening(window);
        for stream in [1, 3, 5, 7, 9] {
            opening.extend(http2::get(stream, &path));
        }
        let mut connection = served.send(opening);
        let (mut reset, mut answered) = (BTreeSet::new(), BTreeSet::new());
        while reset.len() < 5 {
            let frame = http2::read(&mut connection).expect("open");
            match frame.kind {
                http2::HEADERS => answered.insert(frame.stream),
                http2::RST_STREAM => reset.insert(frame.stream),
                _ => continue,
            };
        }
        assert_eq!(reset, answered);
        // The connection is of use for other requests.
        connection.write_all(&http2::get(11, "/health/live")).unwrap();
        while http2::read(&mut connection).expect("open").stream != 11 {}
    }
    served.answers_others();
}
