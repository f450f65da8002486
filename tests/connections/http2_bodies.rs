//! Bodies of requests over HTTP/2 that do not arrive.

use std::{
    collections::BTreeMap,
    io::Write,
    thread,
    time::{Duration, Instant},
};

use super::{Served, http2};
use crate::support::{
    connection::Connection,
    database::DatabaseKind,
    tls::{Transport, with_and_without_tls},
};

/// Reads what comes until all of these streams are answered.
fn answers(connection: &mut Connection, streams: &[u32]) -> BTreeMap<u32, String> {
    let mut answers = BTreeMap::new();
    let mut ended = 0;
    while ended < streams.len() {
        let frame = http2::read(connection).expect("the connection goes on");
        if frame.kind == http2::DATA {
            let text: &mut String = answers.entry(frame.stream).or_default();
            *text += &String::from_utf8_lossy(&frame.payload);
        }
        let is_end = frame.kind <= http2::HEADERS && frame.flags & http2::END_STREAM != 0;
        ended += usize::from(is_end && streams.contains(&frame.stream));
    }
    answers
}

with_and_without_tls!(
    a_stream_whose_body_does_not_arrive_is_ended_and_others_go_on,
    "no storage is involved"
);
fn a_stream_whose_body_does_not_arrive_is_ended_and_others_go_on(
    on: DatabaseKind,
    over: Transport,
) {
    let flags = ["--body-timeout", "1", "--idle-timeout", "60", "--legacy-status", "true"];
    let served = Served::start_over(over, on, 1, &flags);
    let json = [("content-type", "application/json"), ("x-api-key", &*served.key)];
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let legacy = format!("/get_session_history.php?KEY={}", served.key);
    let part = |stream| http2::frame(http2::DATA, 0, stream, b"{\"query\":");
    let halves = [
        http2::opening(65_535),
        // Nothing of it arrives.
        http2::post(1, "/graphql", &json),
        // A part, and then nothing.
        [http2::post(3, "/graphql", &json), part(3)].concat(),
        // A byte now and then.
        [http2::post(5, "/graphql", &json), part(5)].concat(),
        http2::post(7, &legacy, &form),
        // Without a key.
        http2::post(9, "/graphql", &json[..1]),
    ];
    let mut connection = served.send(halves.concat());
    let start = Instant::now();
    // Others are answered while these wait.
    connection
        .write_all(&http2::get_with_key(
            11,
            "/graphql?query=%7Bviewer%7BkeyLabel%7D%7D",
            &served.key,
        ))
        .unwrap();
    connection.write_all(&http2::get(13, "/health/live")).unwrap();
    let others = answers(&mut connection, &[11, 13]);
    assert_eq!(others[&11], r#"{"data":{"viewer":{"keyLabel":""}}}"#);
    assert_eq!(others[&13], "ok\n");
    for _ in 0..15 {
        thread::sleep(Duration::from_millis(100));
        connection.write_all(&http2::frame(http2::DATA, 0, 5, b" ")).unwrap();
    }
    let slow = answers(&mut connection, &[1, 3, 5, 7, 9]);
    assert_eq!(slow.keys().copied().collect::<Vec<_>>(), [1, 3, 5, 7, 9]);
    for (stream, answer) in slow {
        // The legacy URL has its own text.
        let expected = if stream == 7 { "Invalid request." } else { "too slowly" };
        assert!(answer.contains(expected), "{stream}: {answer}");
    }
    assert!(start.elapsed() > Duration::from_secs(1), "{:?}", start.elapsed());
    // What comes too late ends no other request.
    connection.write_all(&http2::frame(http2::DATA, http2::END_STREAM, 1, b"{}")).unwrap();
    connection.write_all(&http2::get(15, "/health/live")).unwrap();
    assert_eq!(answers(&mut connection, &[15])[&15], "ok\n");
    served.answers_others();
}
