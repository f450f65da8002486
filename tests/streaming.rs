//! Long answers of the legacy URL show one state of the database, and release everything when the
//! caller hangs up.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream},
    http::Request,
};
use futures_util::StreamExt;
use serde_json::json;
use tower::ServiceExt;

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
    process::{self, CommandEnvironment, Server},
    wire,
};

/// Sessions with these numbers. They are large: a chunk has only a few.
fn sessions(from: i64, to: i64) -> String {
    let notes = "n".repeat(20_000);
    let session = |id: i64| json!({"id": id, "date_start": "2024-01-01 00:00:00", "notes": notes});
    json!({ "requests": (from..=to).map(session).collect::<Vec<_>>() }).to_string()
}

async fn sixty_sessions(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start_with(on, &["--legacy-page-size", "5"]).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, &sessions(1, 60)).await;
    (gateway, tenant)
}

/// The body of an answer with all notes, before it is read.
async fn begin(gateway: &Gateway, tenant: &Tenant) -> BodyDataStream {
    let url = format!("/get_session_history.php?KEY={}&VARS=ID+NOTES", tenant.key);
    let request = Request::get(url).body(Body::empty()).unwrap();
    gateway.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream()
}

async fn rest(mut body: BodyDataStream) -> String {
    let mut text = Vec::new();
    while let Some(chunk) = body.next().await {
        text.extend_from_slice(&chunk.unwrap());
    }
    String::from_utf8(text).unwrap()
}

on_each_database!(async an_answer_shows_one_state_during_writes);
async fn an_answer_shows_one_state_during_writes(on: DatabaseKind) {
    let (gateway, tenant) = sixty_sessions(on).await;
    let mut body = begin(&gateway, &tenant).await;
    let mut answer = String::from_utf8(body.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(answer.contains("<nrequests>60</nrequests>") && !answer.contains("<id>30</id>"));

    // New sessions, and a change of a session that is not sent yet.
    gateway.import(&tenant, &sessions(61, 80)).await;
    gateway.import(&tenant, r#"{"requests":[{"id":59,"notes":""}]}"#).await;

    answer.push_str(&rest(body).await);
    assert!(answer.ends_with("</requests></response>"));
    assert_eq!(answer.matches("<request>").count(), 60);
    assert_eq!(answer.matches("<notes>n").count(), 60);
    let next = rest(begin(&gateway, &tenant).await).await;
    assert!(next.contains("<nrequests>80</nrequests>"));
    assert_eq!(next.matches("<notes>n").count(), 79);
}

on_each_database!(async callers_that_hang_up_release_their_connections);
async fn callers_that_hang_up_release_their_connections(on: DatabaseKind) {
    let (gateway, tenant) = sixty_sessions(on).await;
    // The harness has two connections for long answers. Both must be released each time.
    for _ in 0..50 {
        let mut body = begin(&gateway, &tenant).await;
        assert!(body.next().await.unwrap().is_ok());
        drop(body);
    }
    let (one, other) = (begin(&gateway, &tenant).await, begin(&gateway, &tenant).await);
    // Other requests are answered while both are in use.
    let count = gateway.data(&tenant, "{ sessions { totalCount } }", json!({})).await;
    assert_eq!(count["sessions"]["totalCount"], 60);
    assert_eq!(rest(one).await, rest(other).await);
}

on_each_database!(callers_that_hang_up_during_an_answer_leave_nothing_open);
fn callers_that_hang_up_during_an_answer_leave_nothing_open(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    std::fs::write(environment.path().join("history.json"), sessions(1, 60)).unwrap();
    process::stdout(&environment, &["import", "history.json", "--account", "acme"]);
    let key = process::stdout(&environment, &["key", "create", "--account", "acme"]);
    // One connection of each kind, which is open after the first call.
    let one = ["--database-connections", "1", "--database-exports", "1"];
    let server = Server::start(&environment, &[&["--legacy-page-size", "5"], &one[..]].concat());
    let address = server.url.strip_prefix("http://").unwrap();
    let path = format!("/get_session_history.php?KEY={}&VARS=ID+NOTES", key.trim());
    let whole = || wire::send(&server.url, "GET", &path, &[], b"").text();
    let expected = whole();
    let hang_up = |n: usize| {
        let mut caller = TcpStream::connect(address).unwrap();
        caller.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(caller, "GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        // Before the answer, after its first byte, and in its middle.
        let mut some = vec![0; [0, 1, 50_000][n % 3]];
        caller.read_exact(&mut some).unwrap();
    };
    // The first calls can open files that later calls use again.
    (0..30).for_each(hang_up);
    assert_eq!(whole(), expected);
    let before = server.open_files();
    (0..500).for_each(hang_up);
    // The server may still be closing the last connections. SQLite can keep the descriptor of a closed
    // connection while another connection uses the file: at most one for each connection.
    let left = || server.open_files() <= before + 2;
    for _ in 0..100 {
        if left() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(left(), "{} open, {before} before", server.open_files());
    assert_eq!(whole(), expected);
}

on_each_database!(async cancelled_requests_leave_every_connection_usable);
async fn cancelled_requests_leave_every_connection_usable(on: DatabaseKind) {
    let (gateway, tenant) = sixty_sessions(on).await;
    let query =
        "{ sessions(first: 5) { totalCount nodes { legacyId chatMessages { totalCount } } } }";
    let whole = gateway.data(&tenant, query, json!({})).await;
    // Cancelled at many moments, some of them in the middle of an answer of the database.
    for moment in 0..400 {
        let limit = Duration::from_micros(moment * 20);
        let _ = tokio::time::timeout(limit, gateway.graphql(&tenant, query, json!({}))).await;
        let _ = tokio::time::timeout(limit, gateway.get("/health/ready")).await;
        let answer = async { begin(&gateway, &tenant).await.next().await };
        let _ = tokio::time::timeout(limit, answer).await;
    }
    for _ in 0..10 {
        assert_eq!(gateway.data(&tenant, query, json!({})).await, whole);
        assert!(rest(begin(&gateway, &tenant).await).await.ends_with("</requests></response>"));
        assert_eq!(gateway.get("/health/ready").await.status, 200);
    }
}
