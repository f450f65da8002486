//! A database that goes away and comes back.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::json;
use session_history::{
    domain::filter::SessionFilter,
    store::{Options, Store},
};
use tokio::time::timeout;

use crate::support::{
    Answer, Gateway, Tenant, clock,
    database::{Database, DatabaseKind, on_each_server, on_sqlite_alone},
    process::{self, CommandEnvironment, Server},
    server::{administer, dedicated::DedicatedServer, relay::Relay},
    wire,
};

const HISTORY: &str = r#"{"requests":[{"id":7,"date_start":"2024-05-01 10:00:00"}]}"#;
/// Much less than a forgotten connection says nothing for.
const SOON: Duration = Duration::from_secs(10);
const QUERY: &str = "{ viewer { keyLabel } sessions { nodes { legacyId } } }";

async fn legacy(gateway: &Gateway, tenant: &Tenant) -> Answer {
    // With a list, for which a snapshot is taken.
    gateway.legacy(&tenant.key, &[("VARS", "ID CHAT_INFO")]).await
}

fn assert_unavailable(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text());
    assert!(answer.headers.contains_key("retry-after"), "{:?}", answer.headers);
    for inside in ["sql", "127.0.0.1", "refused", "timed out", "pool"] {
        assert!(!answer.text().contains(inside), "{}", answer.text());
    }
}

on_sqlite_alone!(async the_legacy_url_is_unavailable_until_the_disk_is_back, "it is about a file");
/// The file of an embedded database goes with the disk that it is on, and comes back with it. What
/// is open stays so; only new connections need the file, and here all open ones are held.
async fn the_legacy_url_is_unavailable_until_the_disk_is_back(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, HISTORY).await;
    let other = gateway.tenant("other").await;
    let _held = gateway.store.snapshot(other.account, Duration::from_secs(10)).await.unwrap();
    let file = gateway.database.file().unwrap();
    let elsewhere = file.with_extension("gone");
    std::fs::rename(&file, &elsewhere).unwrap();
    gateway.store.watch_file(Options { url: gateway.database.url(), ..Options::default() });

    // With lists, so that it is answered from a snapshot.
    let ask = async || gateway.legacy(&tenant.key, &[("VARS", "ID CHAT_INFO")]).await;
    let answer = ask().await;
    assert_unavailable(&answer);
    assert!(answer.text().starts_with("<response><error_msg>"), "{}", answer.text());

    std::fs::rename(&elsewhere, &file).unwrap();
    let start = Instant::now();
    let answer = loop {
        let answer = ask().await;
        if answer.status == StatusCode::OK || start.elapsed() > SOON {
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(answer.text().contains("<id>7</id>"));
}

on_each_server!(async a_server_that_ends_makes_the_gateway_unavailable_until_it_is_back);
async fn a_server_that_ends_makes_the_gateway_unavailable_until_it_is_back(on: DatabaseKind) {
    let mut server = DedicatedServer::start(on);
    let wait = Duration::from_secs(1);
    // Even a key that was just found is no answer without the database.
    let flags = ["--key-cache", "0"];
    let gateway = Gateway::over(Database::Elsewhere(server.url()), wait, &flags).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, HISTORY).await;
    let well = async || {
        let data = gateway.data(&tenant, QUERY, json!({})).await;
        assert_eq!(data["sessions"], json!({ "nodes": [{ "legacyId": "7" }] }));
        let answer = legacy(&gateway, &tenant).await.text();
        assert!(answer.contains("<nrequests>1</nrequests>"), "{answer}");
        assert_eq!(gateway.get("/health/ready").await.status, StatusCode::OK);
        assert_eq!(gateway.get("/health/live").await.status, StatusCode::OK);
    };
    well().await;
    for _ in 0..2 {
        server.stop();
        let start = Instant::now();
        let answer = gateway.graphql(&tenant, QUERY, json!({})).await;
        assert_unavailable(&answer);
        assert_eq!(answer.codes(), ["SERVICE_UNAVAILABLE"]);
        assert_eq!(answer.json().get("data"), None);
        let answer = legacy(&gateway, &tenant).await;
        assert_unavailable(&answer);
        assert!(answer.text().starts_with("<response><error_msg>"), "{}", answer.text());
        assert_unavailable_to_watchers(&gateway).await;
        assert!(start.elapsed() < 6 * wait, "{:?}", start.elapsed());

        server.start_again();
        // The gateway probes it twice a second.
        let back = Instant::now();
        while gateway.get("/health/ready").await.status != StatusCode::OK {
            assert!(back.elapsed() < Duration::from_secs(10));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        well().await;
    }
}

on_each_server!(async idle_connections_that_a_firewall_dropped_are_closed_within_a_second);
async fn idle_connections_that_a_firewall_dropped_are_closed_within_a_second(on: DatabaseKind) {
    let server = DedicatedServer::start(on);
    let relay = Relay::to(server.port).await;
    let database = Database::Elsewhere(server.url_through(relay.port));
    let gateway = Gateway::over(database, Duration::from_secs(10), &["--key-cache", "0"]).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, HISTORY).await;
    let all = async || {
        tokio::join!(
            gateway.graphql(&tenant, QUERY, json!({})),
            gateway.graphql(&tenant, QUERY, json!({})),
            gateway.graphql(&tenant, QUERY, json!({})),
            legacy(&gateway, &tenant),
        )
    };
    all().await;
    relay.forget();
    // A connection that was just in use is not doubted.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let (first, second, third, fourth) = timeout(SOON, all()).await.unwrap();
    for answer in [first, second, third, fourth] {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert!(!answer.text().contains("error"), "{}", answer.text());
    }
}

on_each_server!(async a_dropped_connection_with_a_running_statement_fails_after_the_statement_timeout);
async fn a_dropped_connection_with_a_running_statement_fails_after_the_statement_timeout(
    on: DatabaseKind,
) {
    let server = DedicatedServer::start(on);
    let relay = Relay::to(server.port).await;
    let options = Options {
        url: server.url_through(relay.port),
        statement_timeout: Duration::from_secs(1),
        ..Options::default()
    };
    let store = Store::connect(&options).await.unwrap();
    store.migrate().await.unwrap();
    let account = store.create_account("acme", clock().now()).await.unwrap();
    let filter = SessionFilter::default();
    let count = async || {
        let alone = async { store.reads().session_count(account, &filter).await.unwrap() };
        let in_snapshot = async {
            let snapshot = store.snapshot(account, Duration::from_secs(10)).await.unwrap();
            snapshot.session_count(account, &filter).await.unwrap()
        };
        assert_eq!(tokio::join!(alone, in_snapshot), (0, 0));
    };
    count().await;
    // The snapshot's connection is given back by a task of its own.
    tokio::time::sleep(Duration::from_millis(200)).await;
    relay.forget();
    timeout(SOON, count()).await.unwrap();
}

on_each_server!(async a_server_that_is_slow_to_accept_connections_is_not_down_while_it_answers);
async fn a_server_that_is_slow_to_accept_connections_is_not_down_while_it_answers(
    on: DatabaseKind,
) {
    let server = DedicatedServer::start(on);
    let relay = Relay::to(server.port).await;
    let database = Database::Elsewhere(server.url_through(relay.port));
    let gateway = Gateway::over(database, Duration::from_secs(10), &["--key-cache", "60"]).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, HISTORY).await;
    let sessions = || gateway.graphql(&tenant, QUERY, json!({}));
    let technicians =
        || gateway.graphql(&tenant, "{ technicians { nodes { username } } }", json!({}));
    // Opens several connections.
    tokio::join!(sessions(), sessions(), sessions(), sessions());
    relay.ignore_new_connections();
    let lock: &[&str] = match on {
        DatabaseKind::Postgres => &["BEGIN", "LOCK TABLE session", "SELECT pg_sleep(4)", "COMMIT"],
        _ => &["LOCK TABLES session WRITE", "SELECT SLEEP(4)", "UNLOCK TABLES"],
    };
    let url = server.url();
    let locked = tokio::task::spawn_blocking(move || administer(&url, lock).unwrap());
    tokio::time::sleep(Duration::from_millis(500)).await;
    // It waits for the table, and its host is probed, which takes too long.
    let waiting = async { sessions().await.status };
    let others = async {
        let mut statuses = Vec::new();
        for _ in 0..45 {
            statuses.push(technicians().await.status);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        statuses
    };
    let (waiting, others) = tokio::join!(waiting, others);
    assert!(others.iter().all(|status| *status == StatusCode::OK), "{others:?}");
    assert_eq!(waiting, StatusCode::OK);
    locked.await.unwrap();
}

async fn assert_unavailable_to_watchers(gateway: &Gateway) {
    let ready = gateway.get("/health/ready").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "{}", ready.text());
    assert_eq!(gateway.get("/health/live").await.status, StatusCode::OK);
}

/// The log of a gateway whose database fails as `fail` makes it, after one request.
fn log_of_a_503(environment: &CommandEnvironment, flags: &[&str], fail: impl FnOnce()) -> String {
    process::stdout(environment, &["account", "create", "acme"]);
    let key = process::stdout(environment, &["key", "create", "--account", "acme"]);
    let server =
        Server::start(environment, &[flags, &["--log", "warn", "--log-format", "json"]].concat());
    fail();
    let headers = [("content-type", "application/json"), ("x-api-key", key.trim())];
    let body = json!({ "query": QUERY }).to_string();
    assert_eq!(wire::send(&server.url, "POST", "/graphql", &headers, body.as_bytes()).status, 503);
    server.stop()
}

on_each_server!(the_log_names_the_reason_of_a_503);
fn the_log_names_the_reason_of_a_503(on: DatabaseKind) {
    let mut server = DedicatedServer::start(on);
    let environment = CommandEnvironment::at(server.url());
    process::stdout(&environment, &["migrate", "up"]);
    let log = log_of_a_503(&environment, &[], || server.stop());
    assert!(log.contains(r#""reason":"unreachable""#), "{log}");

    let environment = CommandEnvironment::new(on);
    let lock = match on {
        DatabaseKind::Postgres => {
            "BEGIN; LOCK TABLE session IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(4); COMMIT"
        }
        _ => "LOCK TABLES session WRITE; SELECT SLEEP(4); UNLOCK TABLES",
    };
    let url = environment.url();
    let lock = || {
        std::thread::spawn(move || administer(&url, &[lock]));
        std::thread::sleep(Duration::from_secs(1));
    };
    let log = log_of_a_503(&environment, &["--statement-timeout", "1"], lock);
    assert!(log.contains(r#""reason":"timeout""#), "{log}");
}
