//! `serve --demo`: links that work when pasted, and GraphiQL in a real browser without a network.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::support::{
    database::{Kind, on_each_database, on_sqlite_alone},
    process::{Home, Server, run},
};

/// The answer of a URL, fetched as a person at a terminal would.
fn curl(arguments: &[&str]) -> String {
    let output = Command::new("curl").args(["-sS", "--fail-with-body"]).args(arguments).output();
    let output = output.expect("curl is needed: apt-get install curl");
    assert!(output.status.success(), "{arguments:?} {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn graphql(server: &Server, key: &str, query: &str) -> Value {
    let answer = curl(&[
        "-H",
        &format!("Authorization: Bearer {key}"),
        "-H",
        "Content-Type: application/json",
        "-d",
        &json!({ "query": query }).to_string(),
        &format!("{}/graphql", server.url),
    ]);
    serde_json::from_str(&answer).unwrap()
}

on_each_database!(the_printed_links_and_key_work);
fn the_printed_links_and_key_work(on: Kind) {
    let home = Home::new(on);
    let server = Server::start(&home, &["--demo"]);
    let key = server.greeted("Demo key");

    assert!(curl(&[&server.greeted("GraphiQL")]).contains("<title>Session history</title>"));
    let legacy = curl(&[&server.greeted("Legacy")]);
    assert!(legacy.ends_with("</requests></response>"), "{legacy}");
    assert!(legacy.contains("<request><id>"), "{legacy}");

    let query = "{ sessions(first: 1, orderBy: STARTED_AT_ASC) { totalCount nodes { startedAt } }
        last: sessions(first: 1) { nodes { startedAt } }
        technicians { totalCount }
        withVideos: sessions(filter: {hasVideos: true}) { totalCount }
        unanswered: sessions(filter: {answered: false}) { totalCount }
        tagged: sessions(filter: {customField: {value: {isNull: false}}}) { totalCount }
        greek: sessions(filter: {chatMessages: {some: {body: {contains: \"ΕΥΧΑΡΙΣΤΏ\"}}}}) { totalCount } }";
    let data = graphql(&server, &key, query)["data"].clone();
    let total = |name: &str| data[name]["totalCount"].as_i64().unwrap();
    assert!(total("sessions") >= 5_000, "{data}");
    assert_eq!(data["sessions"]["nodes"][0]["startedAt"].as_str().unwrap()[..4], *"2025");
    assert_eq!(data["last"]["nodes"][0]["startedAt"].as_str().unwrap()[..4], *"2026");
    for name in ["technicians", "withVideos", "unanswered", "tagged", "greek"] {
        assert!(total(name) > 0, "{name}: {data}");
    }

    // The next start keeps the account, and gives a new key in place of the old one.
    server.stop();
    let server = Server::start(&home, &["--demo"]);
    let new_key = server.greeted("Demo key");
    assert_ne!(key, new_key);
    let count = "{ sessions { totalCount } }";
    assert_eq!(
        graphql(&server, &new_key, count)["data"]["sessions"]["totalCount"],
        total("sessions")
    );
    let refused =
        curl_status(&format!("{}/graphql?query=%7Bviewer%7BkeyLabel%7D%7D", server.url), &key);
    assert_eq!(refused, "401");
}

fn curl_status(url: &str, key: &str) -> String {
    let bearer = format!("Authorization: Bearer {key}");
    let arguments = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", &bearer, url];
    let output = Command::new("curl").args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

on_sqlite_alone!(graphiql_shows_rows_without_a_network, "the page is the same on each");
fn graphiql_shows_rows_without_a_network(on: Kind) {
    let home = Home::new(on);
    let server = Server::start(&home, &["--demo"]);
    in_a_browser(&server, &server.greeted("Demo key"));
}

/// Drives GraphiQL in headless Chromium, which may reach nothing but the server.
fn in_a_browser(server: &Server, key: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let screenshot = Path::new(env!("CARGO_TARGET_TMPDIR")).join("graphiql.png");
    let output = Command::new("node")
        .arg(root.join("tests/browser/graphiql.mjs"))
        .arg(&server.url)
        .arg(&screenshot)
        .env("SESSION_HISTORY_KEY", key)
        .output()
        .expect("node is needed: apt-get install nodejs npm chromium");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(screenshot.is_file());
}

on_sqlite_alone!(a_port_that_is_taken_is_told_and_leaves_the_demo_key_alone, "it is about ports");
fn a_port_that_is_taken_is_told_and_leaves_the_demo_key_alone(on: Kind) {
    let home = Home::new(on);
    let server = Server::start(&home, &["--demo"]);
    let address = server.url.strip_prefix("http://").unwrap();
    let second = run(&home, &["serve", "--demo", "--listen", address]);
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8(second.stderr).unwrap();
    assert!(told.contains(&format!("cannot listen on {address}")), "{told}");
    let key = server.greeted("Demo key");
    assert!(
        graphql(&server, &key, "{ viewer { account { name } } }")["data"]["viewer"].is_object()
    );
}
