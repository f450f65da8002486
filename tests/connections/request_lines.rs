//! The request line of the legacy URL on a socket, where a client can send any bytes.

use std::{
    io::{Read, Write},
    time::Duration,
};

use super::{Served, http2, read_to_end, trickle};
use crate::support::{
    database::DatabaseKind,
    tls::{Transport, with_and_without_tls},
};

const HEALTH: &str = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";
const LAST_HEALTH: &str =
    "GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// The target of a call that returns session 1, with raw spaces and more parameters.
fn target(served: &Served, more: &str) -> String {
    format!("/get_session_history.php?KEY={}&VARS=ID NOTES ID&FILTER_ID=1{more}", served.key)
}

/// A request without a body whose line is repaired.
fn raw_get(served: &Served) -> String {
    format!("GET {} HTTP/1.1\r\nhost: localhost\r\n\r\n", target(served, ""))
}

/// The answers to some bytes, until the server closes the connection.
fn answers(served: &Served, bytes: impl AsRef<[u8]>) -> Vec<String> {
    let text = read_to_end(&mut served.send(bytes)).expect("closed");
    let starts: Vec<_> = text.match_indices("HTTP/1.").map(|(index, _)| index).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| text[*start..end].to_owned()).collect()
}

fn statuses(served: &Served, bytes: impl AsRef<[u8]>) -> Vec<String> {
    answers(served, bytes).iter().map(|answer| answer[9..12].to_owned()).collect()
}

fn is_session(answer: &str) -> bool {
    answer.contains("<nrequests>1</nrequests>") && answer.contains("\r\nconnection: close\r\n")
}

with_and_without_tls!(
    every_byte_is_accepted_in_a_legacy_target_except_cr_lf_and_nul,
    "no storage is involved"
);
fn every_byte_is_accepted_in_a_legacy_target_except_cr_lf_and_nul(
    on: DatabaseKind,
    over: Transport,
) {
    let served = Served::start_over(over, on, 1, &[]);
    let path = format!("/get_session_history.php?KEY={}&VARS=ID&FILTER_ID=1&X=", served.key);
    for version in ["1.0", "1.1"] {
        for byte in 0..=255 {
            let line = [b"GET ", path.as_bytes(), &[byte], b"y HTTP/", version.as_bytes()].concat();
            let head = [&line[..], b"\r\nhost: localhost\r\n\r\n", LAST_HEALTH.as_bytes()].concat();
            let answers = answers(&served, head);
            let is_refused = [b'\r', b'\n', b'\0'].contains(&byte);
            // The library accepts these, so the connection lasts for the second request too.
            let is_unchanged = (b'!'..=b'~').contains(&byte) && !b"\"<>".contains(&byte);
            let lasts = is_unchanged && version == "1.1";
            assert_eq!(answers.len(), if lasts { 2 } else { 1 }, "{byte:#x}: {answers:?}");
            let status = if is_refused { "400" } else { "200" };
            assert_eq!(&answers[0][9..12], status, "{byte:#x}: {answers:?}");
            assert_eq!(answers[0].contains("<nrequests>1<"), !is_refused, "{byte:#x}: {answers:?}");
        }
    }
}

with_and_without_tls!(
    only_well_formed_lines_of_the_legacy_paths_are_repaired,
    "no storage is involved"
);
fn only_well_formed_lines_of_the_legacy_paths_are_repaired(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, 1, &[]);
    let raw = target(&served, "&X=\"<É>\" HTTP/1.1");
    let latin = [raw.as_bytes(), b"\xC9&FILTER_CUSTOMER_NAME=\xC9"].concat();
    let long = |length| target(&served, &format!("&X={}", "a".repeat(length)));
    for (line, status) in [
        (format!("GET {raw} HTTP/1.1\r\n"), 200),
        (format!("GET {raw} HTTP/1.1\n"), 200),
        (format!("POST {raw} HTTP/1.1\r\n"), 200),
        (format!("HEAD {raw} HTTP/1.1\r\n"), 200),
        (format!("GET http://localhost{raw} HTTP/1.1\r\n"), 200),
        (format!("GET /a b//{} HTTP/1.1\r\n", raw.replace("/get", "/GET")), 200),
        (format!("GET {raw}  HTTP/1.1\r\n"), 200),
        (format!("GET {} HTTP/1.1\r\n", long(60_000)), 200),
        (format!("GET {} HTTP/1.1\r\n", long(65_535)), 400),
        // The encoded line is too long for the library.
        (format!("GET {} HTTP/1.1\r\n", target(&served, &" ".repeat(30_000))), 414),
        (format!("GET {raw} HTTP/1.1\r\r\n"), 400),
        (format!("GET {raw}\r HTTP/1.1\r\n"), 400),
        (format!("GET {raw}\0 HTTP/1.1\r\n"), 400),
        (format!("GET {} HTTP/2.0\r\n", raw), 400),
        (format!("GET {} HTTP/1.11\r\n", raw), 400),
        (format!("GET {} HTTP/0.9\r\n", raw), 400),
        (format!("GET {}\r\n", raw.trim_end_matches(" HTTP/1.1")), 400),
        (format!("GET {raw} HTTP/1.1 \r\n"), 400),
        (format!("GET  {raw} HTTP/1.1\r\n"), 400),
        (format!(" GET {raw} HTTP/1.1\r\n"), 400),
        (format!("get {raw} HTTP/1.1\r\n"), 400),
        (format!("DELETE {raw} HTTP/1.1\r\n"), 400),
        ("GET /health/live?a b HTTP/1.1\r\n".to_owned(), 400),
        ("GET /graphql?/get_session_history.php?a b HTTP/1.1\r\n".to_owned(), 400),
        ("GET /health/live#/get_session_history.php?a b HTTP/1.1\r\n".to_owned(), 400),
        ("GET /get_session_history.php/x?a b HTTP/1.1\r\n".to_owned(), 400),
        ("GET /get_session_history.phpx?a b HTTP/1.1\r\n".to_owned(), 400),
    ] {
        let head = format!("{line}host: localhost\r\nconnection: keep-alive\r\n\r\n{HEALTH}");
        let answers = answers(&served, head);
        let line = &line[..line.len().min(200)];
        assert_eq!(answers.len(), 1, "{line}: {answers:?}");
        assert!(answers[0].starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {answers:?}");
        if status == 200 && !line.starts_with("HEAD") {
            assert!(is_session(&answers[0]), "{line}: {answers:?}");
        }
    }
    let head = [b"GET ", &latin[..], b" HTTP/1.0\r\n\r\n"].concat();
    let answers = answers(&served, head);
    assert!(answers[0].contains("<nrequests>0</nrequests>"), "{answers:?}");
}

with_and_without_tls!(a_repaired_request_is_the_last_of_its_connection, "no storage is involved");
fn a_repaired_request_is_the_last_of_its_connection(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, 1, &[]);
    let raw = raw_get(&served);
    let clean = raw.replace("ID NOTES ID", "ID");
    let (path, query) = raw.split_once('?').unwrap();
    let path = path.trim_start_matches("GET ");
    let query = query.split(" HTTP/1.1").next().unwrap();
    let post = |path: &str, media_type: &str, body: &str, length: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: {media_type}\r\n{length}\r\n\r\n{body}"
        )
    };
    let sized = |path: &str, media_type: &str, body: &str| {
        post(path, media_type, body, &format!("content-length: {}", body.len()))
    };
    let (form, json) = ("application/x-www-form-urlencoded", "application/json");
    // Bodies that look like requests.
    let nested = format!("{query}&X=\r\n\r\n{raw}{raw}");
    let document = r#"{"query":"{__typename}"}"#;
    let chunked = format!("{:x}\r\n{document}\r\n0\r\n\r\n", document.len());
    let get_with_body =
        raw.replace("\r\n\r\n", &format!("\r\ncontent-length: {}\r\n\r\n", raw.len()));
    for (sent, expected) in [
        (raw.clone(), &["200"][..]),
        (format!("{raw}{HEALTH}"), &["200"]),
        (format!("{raw}{raw}"), &["200"]),
        (format!("{HEALTH}{raw}{HEALTH}"), &["200", "200"]),
        (format!("{clean}{HEALTH}{clean}{raw}"), &["200"; 4]),
        (format!("{get_with_body}{raw}{raw}"), &["200"]),
        (sized(path, form, query) + &raw, &["200"; 2]),
        (sized(path, form, &nested) + HEALTH + &raw, &["200"; 3]),
        (sized(&format!("{path}?VARS=ID NOTES"), form, &nested) + HEALTH, &["200"]),
        (
            sized("/graphql", json, document) + &sized("/graphql", json, document) + &raw,
            &["200"; 3],
        ),
        (sized("/graphql", json, document) + LAST_HEALTH + &raw, &["200"; 2]),
        (sized("/graphql", json, "") + &raw, &["400", "200"]),
        // Behind a body whose length only the library knows, nothing is repaired.
        (post("/graphql", json, &chunked, "transfer-encoding: chunked") + &raw, &["200", "400"]),
        (
            post("/graphql", json, &chunked, "transfer-encoding: chunked") + HEALTH + LAST_HEALTH,
            &["200"; 3],
        ),
        // An empty line before a request.
        (format!("{HEALTH}\r\n{raw}"), &["200", "400"]),
    ] {
        assert_eq!(statuses(&served, &sent), expected, "{sent}");
        // The same in one byte after the other.
        let mut connection = served.connect();
        connection.socket().set_nodelay(true).unwrap();
        for byte in sent.bytes() {
            // The server may have closed the connection.
            let _ = connection.write_all(&[byte]);
        }
        let text = read_to_end(&mut connection).expect("closed");
        assert_eq!(
            text.matches("HTTP/1.1 200").count(),
            expected.iter().filter(|it| **it == "200").count(),
            "{sent}: {text}"
        );
    }
}

with_and_without_tls!(a_repaired_request_has_the_framing_of_any_other, "no storage is involved");
fn a_repaired_request_has_the_framing_of_any_other(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, 1, &[]);
    let raw = target(&served, "");
    let clean = raw.replace("ID NOTES ID", "ID");
    for (headers, body, status) in [
        ("content-length: 0\r\ncontent-length: 5\r\n", "", "400"),
        ("content-length: 5\r\ncontent-length: 5\r\n", "VARS=", "200"),
        ("content-length: 5, 5\r\n", "VARS=", "400"),
        ("content-length: -1\r\n", "", "400"),
        ("content-length: 5\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n", "200"),
        ("transfer-encoding: gzip\r\n", "", "400"),
        ("transfer-encoding: chunked\r\n", "5\r\nVARS=\r\n0\r\n\r\n", "200"),
        ("transfer-encoding: chunked\r\n", "zz\r\n", "200"),
        ("x-bare\rcr: 1\r\n", "", "400"),
        ("host: b\r\n", "", "400"),
    ] {
        for target in [&raw, &clean] {
            let head = format!("POST {target} HTTP/1.1\r\nhost: a\r\n{headers}\r\n{body}");
            let close = "connection: close\r\nhost: a";
            let head = if target == &clean { head.replacen("host: a", close, 1) } else { head };
            assert_eq!(statuses(&served, head + HEALTH), [status], "{target} {headers}");
        }
    }
}

with_and_without_tls!(
    the_clocks_of_a_head_run_while_a_line_is_incomplete,
    "no storage is involved"
);
fn the_clocks_of_a_head_run_while_a_line_is_incomplete(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, 1, &["--head-timeout", "1", "--idle-timeout", "60"]);
    let raw = raw_get(&served);
    for half in [&raw[..4], &raw[..60], &raw[..raw.len() - 2]] {
        let mut second = served.send(HEALTH);
        second.read_exact(&mut [0; 12]).unwrap();
        second.write_all(half.as_bytes()).unwrap();
        let mut silent = served.send(half);
        let trickled = served.send(half);
        assert!(trickle(trickled, b' ').is_some(), "{half}");
        assert!(read_to_end(&mut silent).is_some(), "{half}");
        assert!(read_to_end(&mut second).is_some(), "{half}");
    }
    // A client that ends its half of the connection within a line.
    let mut connection = served.send(&raw[..60]);
    connection.end_sending();
    assert!(read_to_end(&mut { connection }).is_some());
    served.answers_others();
}

with_and_without_tls!(http_2_is_served_whatever_parts_arrive, "no storage is involved");
fn http_2_is_served_whatever_parts_arrive(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, 1, &[]);
    let path = format!("/GET_HISTORY_API.php?KEY={}&VARS=ID", served.key);
    let bytes = [http2::opening(65_535), http2::get(1, &path)].concat();
    for part in [1, 2, 17, bytes.len()] {
        let mut connection = served.connect();
        connection.socket().set_nodelay(true).unwrap();
        for part in bytes.chunks(part) {
            connection.write_all(part).unwrap();
            std::thread::sleep(Duration::from_millis(1));
        }
        while http2::read(&mut connection).expect("open").stream != 1 {}
    }
}
