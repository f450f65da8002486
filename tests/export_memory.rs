//! A long export needs little memory and begins at once, in every format.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::{self, CommandEnvironment, Server},
};

const SESSIONS: usize = 6_000;
/// The limit of the memory of an export above that of an idle server, in kilobytes.
const MAX_ABOVE_IDLE: u64 = 32 * 1024;

/// The length of the notes of a session: the longest of the old API, and in every hundredth session about the
/// longest that an import accepts.
fn notes_length(id: usize) -> usize {
    if id.is_multiple_of(100) { 60_000 } else { 4_000 }
}

/// A value of the memory of a process, in kilobytes.
fn memory(server: &Server, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").trim().parse().unwrap()
}

/// Sends a request, reads the answer without keeping it, and returns its length and the times until its
/// first byte and its end.
fn export(server: &Server, head: &str, body: &str) -> (usize, Duration, Duration) {
    let mut caller = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    caller.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let start = Instant::now();
    write!(caller, "{head}\r\nhost: localhost\r\nconnection: close\r\n\r\n{body}").unwrap();
    let (mut part, mut length, mut first) = (vec![0; 1 << 16], 0, None);
    loop {
        let count = caller.read(&mut part).unwrap();
        if count == 0 {
            return (length, first.unwrap(), start.elapsed());
        }
        first.get_or_insert_with(|| start.elapsed());
        length += count;
    }
}

on_each_database!(an_export_of_any_length_needs_little_memory_and_begins_at_once);
fn an_export_of_any_length_needs_little_memory_and_begins_at_once(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    let session = |id: usize| {
        let notes = format!("<{id}> \"é\" ").repeat(notes_length(id) / 12);
        json!({ "id": id, "date_start": "2024-01-01 00:00:00", "notes": notes }).to_string() + "\n"
    };
    let lines: String = (1..=SESSIONS).map(session).collect();
    std::fs::write(environment.path().join("history.ndjson"), lines).unwrap();
    process::stdout(&environment, &["import", "history.ndjson", "--account", "acme"]);
    let key = process::stdout(&environment, &["key", "create", "--account", "acme"]);
    let key = key.trim();

    let server = Server::start(&environment, &[]);
    let legacy = |format: &str, more: &str| {
        let target =
            format!("/get_session_history.php?KEY={key}&VARS=ID+NOTES&OUTPUT_FORMAT={format}");
        (format!("GET {target} HTTP/1.1{more}"), String::new())
    };
    let bulk = |accept: &str| {
        let body = json!({ "query": "{ sessions { nodes { legacyId notes } } }" }).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nx-api-key: {key}\r\naccept: {accept}\r\n\
             content-type: application/json\r\ncontent-length: {}",
            body.len()
        );
        (head, body)
    };
    let (head, body) = legacy("XML", "");
    export(&server, &head.replace("NOTES", "DATE_END"), &body);
    let idle = memory(&server, "VmRSS");
    let plain = [
        legacy("XML", ""),
        legacy("JSON", ""),
        legacy("CSV", ""),
        legacy("NDJSON", ""),
        bulk("application/x-ndjson"),
        bulk("text/csv"),
    ];
    let compressed =
        [legacy("XML", "\r\naccept-encoding: gzip"), legacy("NDJSON", "\r\naccept-encoding: zstd")];
    let (mut begun, mut ended) = (Duration::ZERO, Duration::ZERO);
    for (nth, (head, body)) in plain.iter().chain(&compressed).enumerate() {
        let (length, first, whole) = export(&server, head, body);
        let is_compressed = nth >= plain.len();
        let notes: usize = (1..=SESSIONS).map(notes_length).sum();
        assert_eq!(length < notes / 2, is_compressed, "{length} bytes: {head}");
        (begun, ended) = (begun + first, ended + whole);
        let above_idle = memory(&server, "VmHWM").saturating_sub(idle);
        assert!(above_idle < MAX_ABOVE_IDLE, "{above_idle} kB: {head}");
    }
    assert!(begun * 10 < ended, "the first bytes came after {begun:?} of {ended:?}");
}
