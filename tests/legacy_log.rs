//! The line of the log of each legacy answer has its key, format, rows and bytes, and the time until its end.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::json;

use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    process::{self, CommandEnvironment, Server},
    wire,
};

struct Served {
    server: Server,
    key: String,
    _environment: CommandEnvironment,
}

fn serve(on: DatabaseKind) -> Served {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    let notes = "n".repeat(20_000);
    let session = |id| json!({"id": id, "date_start": "2024-01-01 00:00:00", "notes": notes});
    let history = json!({ "requests": (1..=60).map(session).collect::<Vec<_>>() });
    std::fs::write(environment.path().join("history.json"), history.to_string()).unwrap();
    process::stdout(&environment, &["import", "history.json", "--account", "acme"]);
    let create = ["key", "create", "--account", "acme", "--label", "old programs"];
    let key = process::stdout(&environment, &create).trim().to_owned();
    let server = Server::start(&environment, &["--legacy-page-size", "5", "--log-format", "json"]);
    Served { server, key, _environment: environment }
}

on_sqlite_alone!(a_legacy_answer_is_logged_with_its_rows_and_bytes, "no storage is involved");
fn a_legacy_answer_is_logged_with_its_rows_and_bytes(on: DatabaseKind) {
    let served = serve(on);
    let call = |parameters: &str, coding: &str| {
        let path = format!("/get_session_history.php?KEY={}&VARS={parameters}", served.key);
        let headers = [("accept-encoding", coding)];
        wire::send(&served.server.url, "GET", &path, &headers, b"").body.len()
    };
    let expected = [
        ("XML", 1, call("ID&FILTER_ID=3", "identity")),
        ("JSON", 0, call("ID&FILTER_ID=999&OUTPUT_FORMAT=JSON", "identity")),
        ("XML", 60, call("ID+NOTES", "identity")),
        ("JSON", 60, call("ID+NOTES&OUTPUT_FORMAT=JSON", "gzip")),
        ("XML", 1, call("ID+NOTES&FILTER_ID=7", "zstd")),
    ];
    call("NOTHING", "identity");
    // A caller that hangs up.
    let address = served.server.url.strip_prefix("http://").unwrap();
    let mut caller = TcpStream::connect(address).unwrap();
    let key = &served.key;
    write!(
        caller,
        "GET /get_session_history.php?KEY={key}&VARS=ID+NOTES HTTP/1.1\r\nhost: localhost\r\n\r\n"
    )
    .unwrap();
    caller.read_exact(&mut [0; 1000]).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    drop(caller);
    std::thread::sleep(Duration::from_millis(500));

    let log = served.server.stop();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let lines: Vec<_> =
        lines.map(|it| it["fields"].clone()).filter(|it| it["message"] == "answered").collect();
    assert_eq!(lines.len(), expected.len() + 2, "{log}");
    for (nth, ((format, rows, bytes), line)) in expected.iter().zip(&lines).enumerate() {
        assert_eq!(line["account"], "acme", "{line}");
        assert_eq!(line["key"], "old programs", "{line}");
        assert_eq!(
            (&line["format"], &line["rows"], &line["bytes"]),
            (&json!(format), &json!(rows), &json!(bytes)),
            "{line}"
        );
        // What is compressed is sent in parts too.
        let is_long = *rows == 60;
        let is_complete = if is_long || nth == 4 { json!(true) } else { json!(null) };
        assert_eq!(line["is_complete"], is_complete, "{line}");
        assert_eq!(line["export_wait_micros"].is_u64(), is_long, "{line}");
        assert!(!is_long || line["first_micros"].as_u64() < line["micros"].as_u64(), "{line}");
    }
    let [refused, cut] = [&lines[5], &lines[6]];
    assert_eq!((&refused["format"], &refused["rows"]), (&json!(null), &json!(null)), "{refused}");
    assert_eq!(cut["is_complete"], false, "{cut}");
    let sent = cut["bytes"].as_u64().unwrap();
    assert!((1000..1_200_000).contains(&sent) && cut["rows"].as_u64().unwrap() <= 60, "{cut}");
    assert!(cut["micros"].as_u64().unwrap() > 250_000, "{cut}");
}
