//! `serve --demo`: links that work when pasted, and GraphiQL in a real browser without a network.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use serde_json::{Value, json};
use session_history::domain::time::{Clock, Timestamp};

use crate::support::{
    browser::drive,
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process::{CommandEnvironment, Server, command, run, run_with_input, stdout},
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
fn the_printed_links_and_key_work(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let before = Clock::system().now();
    let server = Server::start(&environment, &["--demo"]);
    let key = server.greeted("Demo key");

    let page = server.greeted("GraphiQL");
    assert_eq!(page, format!("{}/graphiql#key={key}", server.url));
    assert!(curl(&[&page]).contains("<title>GraphiQL - Session history</title>"));
    let dashboard = server.greeted("Dashboard");
    assert_eq!(dashboard, format!("{}/dashboard#key={key}", server.url));
    assert!(curl(&[&dashboard]).contains("<title>Dashboard - Session history</title>"));
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
    assert_eq!(total("sessions"), 6_000, "{data}");
    // The last session started a moment ago, the first a year before.
    let started = |name: &str| {
        let text = data[name]["nodes"][0]["startedAt"].as_str().unwrap();
        Timestamp::parse_rfc3339(text).unwrap()
    };
    let age = before.seconds_since(started("last"));
    assert!((0..600).contains(&age), "{data}");
    let year = before.seconds_since(started("sessions")) / 86_400;
    assert!((360..=365).contains(&year), "{data}");
    for name in ["technicians", "withVideos", "unanswered", "tagged", "greek"] {
        assert!(total(name) > 0, "{name}: {data}");
    }
}

on_each_database!(the_demo_key_is_the_same_at_each_start_until_it_is_revoked);
fn the_demo_key_is_the_same_at_each_start_until_it_is_revoked(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let viewer = "{ viewer { account { name } } sessions { totalCount } }";
    let start = || {
        let server = Server::start(&environment, &["--demo"]);
        let key = server.greeted("Demo key");
        let data = graphql(&server, &key, viewer)["data"].clone();
        assert_eq!(data["viewer"]["account"]["name"], "demo");
        assert_eq!(data["sessions"]["totalCount"], 6_000);
        (server, key)
    };
    let (server, key) = start();
    let file = environment.path().join(match on {
        DatabaseKind::Sqlite => "session-history.sqlite3.demo-key",
        DatabaseKind::Postgres | DatabaseKind::MariaDb => "session-history.demo-key",
    });
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{key}\n"));
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    server.stop();

    // The next start uses it again, and takes it from other users of the machine.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let (server, second) = start();
    assert_eq!((&second, mode(&file)), (&key, 0o600));
    server.stop();

    // A key that does not work is replaced: a revoked one, a lost one, and one of another account.
    stdout(&environment, &["key", "revoke", "1"]);
    let (server, third) = start();
    assert_ne!(third, key);
    let refused =
        curl_status(&format!("{}/graphql?query=%7Bviewer%7BkeyLabel%7D%7D", server.url), &key);
    assert_eq!(refused, "401");
    server.stop();
    fs::remove_file(&file).unwrap();
    let (server, fourth) = start();
    assert_ne!(fourth, third);
    server.stop();
    stdout(&environment, &["account", "create", "acme"]);
    let other = stdout(&environment, &["key", "create", "--account", "acme"]);
    fs::write(&file, &other).unwrap();
    let (_server, fifth) = start();
    assert_ne!(format!("{fifth}\n"), other);
    // Each key that was replaced is revoked.
    let keys = stdout(&environment, &["key", "list", "--account", "demo"]);
    let states: Vec<_> = keys.lines().map(|line| line.split('\t').nth(5).unwrap()).collect();
    assert_eq!(states, ["revoked", "revoked", "revoked", "valid"]);
}

on_each_database!(an_account_of_that_name_with_sessions_of_its_own_is_left_alone);
fn an_account_of_that_name_with_sessions_of_its_own_is_left_alone(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "demo"]);
    let history = br#"{"requests":[{"id":1,"date_start":"2024-05-01 10:00:00"}]}"#;
    run_with_input(&environment, &["import", "--account", "demo", "-"], history);
    let output = run(&environment, &["serve", "--demo", "--listen", "127.0.0.1:0"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("use another database"), "{told}");
    assert_eq!(stdout(&environment, &["key", "list"]), "");
    let server =
        Server::of(command(&environment, &["serve", "--listen", "127.0.0.1:0"]), "Contents ");
    assert!(server.greeted("Contents").starts_with("accounts: 1, sessions: 1,"));
}

on_each_database!(serve_reports_the_database_and_its_contents);
fn serve_reports_the_database_and_its_contents(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let start =
        || Server::of(command(&environment, &["serve", "--listen", "127.0.0.1:0"]), "Contents ");
    let empty = start();
    assert_eq!(empty.greeted("Contents"), "accounts: 0, sessions: 0, newest session: none");
    let database = empty.greeted("Database");
    match on {
        DatabaseKind::Sqlite => {
            let file = environment.path().canonicalize().unwrap().join("session-history.sqlite3");
            assert_eq!(database, file.display().to_string());
        }
        DatabaseKind::Postgres | DatabaseKind::MariaDb => {
            let url = environment.url();
            let name = url.split('?').next().unwrap().rsplit('/').next().unwrap();
            assert!(database.starts_with(&format!("{name} at ")), "{database}");
        }
    }
    empty.stop();
    for (account, id, start) in [("acme", 1, "2024-05-01 10:00:00"), ("other", 2, "2025-01-01")] {
        stdout(&environment, &["account", "create", account]);
        let history = json!({ "requests": [{ "id": id, "date_start": start }] }).to_string();
        run_with_input(&environment, &["import", "--account", account, "-"], history.as_bytes());
    }
    let contents = start().greeted("Contents");
    assert_eq!(contents, "accounts: 2, sessions: 2, newest session: 2025-01-01T00:00:00Z");
}

on_sqlite_alone!(the_transcripts_of_the_readme_are_true, "it is about the demo data");
fn the_transcripts_of_the_readme_are_true(on: DatabaseKind) {
    let readme = include_str!("../README.md");
    let environment = CommandEnvironment::new(on);
    let server = Server::start(&environment, &["--demo"]);
    let key = server.greeted("Demo key");
    let between = |from: &str, to: &str| {
        let rest = readme.split_once(from).unwrap_or_else(|| panic!("no {from}")).1;
        rest.split_once(to).unwrap_or_else(|| panic!("no {to}")).0
    };
    let query = between("--data-urlencode 'query=", "'");
    let printed: Value = serde_json::from_str(&format!("{{{}", between("\n{", "\n```"))).unwrap();
    assert_eq!(graphql(&server, &key, query), printed);
    let parameters = between("get_session_history.php?KEY=$KEY", "\"");
    let printed = between(&format!("{parameters}\"\n"), "\n$ ");
    let url = format!("{}/get_session_history.php?KEY={key}{parameters}", server.url);
    assert_eq!(curl(&[&url]), printed);
    let printed = between("php?VARS=ID%20DATE_START&FILTER_PROCESSED=ANSWERED'\n", "```");
    let url = "get_session_history.php?VARS=ID%20DATE_START&FILTER_PROCESSED=ANSWERED";
    assert_eq!(stdout(&environment, &["translate", url]), printed);
}

fn curl_status(url: &str, key: &str) -> String {
    let bearer = format!("Authorization: Bearer {key}");
    let arguments = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", &bearer, url];
    let output = Command::new("curl").args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

on_sqlite_alone!(graphiql_shows_rows_without_a_network, "the page is the same on each");
fn graphiql_shows_rows_without_a_network(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let server = Server::start(&environment, &["--demo"]);
    let screenshots = drive("graphiql.mjs", &server.url, &server.greeted("Demo key"));
    assert!(screenshots.join("graphiql-explorer.png").is_file());
}

on_sqlite_alone!(a_port_that_is_taken_is_told_and_leaves_the_demo_key_alone, "it is about ports");
fn a_port_that_is_taken_is_told_and_leaves_the_demo_key_alone(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let server = Server::start(&environment, &["--demo"]);
    let address = server.url.strip_prefix("http://").unwrap();
    let second = run(&environment, &["serve", "--demo", "--listen", address]);
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8(second.stderr).unwrap();
    assert!(told.contains(&format!("cannot listen on {address}")), "{told}");
    let key = server.greeted("Demo key");
    assert!(
        graphql(&server, &key, "{ viewer { account { name } } }")["data"]["viewer"].is_object()
    );
}
