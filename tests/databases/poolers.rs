//! PgBouncer between the gateway and PostgreSQL, in both of its pool modes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::{CommandEnvironment, Server, run_with_input, stdout},
    server::{administer, pooler::Pooler},
    wire,
};

const SESSIONS: i64 = 1_200;

fn document(text: &str) -> String {
    let session = |id: i64| {
        json!({
            "id": id, "date_start": "2024-02-01 10:00:00", "tech_username": format!("t{}", id % 7),
            "chat_info": [{"date": "2024-02-01 10:00:01", "sender": "Ann", "text": text}],
        })
    };
    json!({ "requests": (1..=SESSIONS).map(session).collect::<Value>() }).to_string()
}

/// Imports, two gateways, concurrent requests and exports.
fn use_everything(environment: &CommandEnvironment) {
    stdout(environment, &["migrate", "up"]);
    stdout(environment, &["migrate", "up"]);
    stdout(environment, &["account", "create", "acme"]);
    let import = |text: &str| {
        let arguments = ["import", "-", "--account", "acme"];
        let output = run_with_input(environment, &arguments, document(text).as_bytes());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(import("one"), "new 1200, changed 0, unchanged 0, rejected 0\n");
    let key = stdout(environment, &["key", "create", "--account", "acme"]);
    let key = key.trim();
    let gateways = [(); 2].map(|()| Server::start(environment, &["--key-cache", "0"]));
    let read = |gateway: &Server| {
        for page in 0..20 {
            let query = "query($t: String!) { sessions(first: 5, filter: { technician:
                { username: { eq: $t } } }) { totalCount nodes { chatMessages { nodes { body } } } } }";
            let technician = format!("t{}", page % 7);
            let body = json!({ "query": query, "variables": { "t": technician } }).to_string();
            let headers = [("content-type", "application/json"), ("x-api-key", key)];
            let reply = wire::send(&gateway.url, "POST", "/graphql", &headers, body.as_bytes());
            let sessions = reply.json()["data"]["sessions"].clone();
            let messages = sessions["nodes"][4]["chatMessages"]["nodes"].clone();
            assert!(messages[0]["body"].is_string(), "{}", reply.text());
            assert!(sessions["totalCount"].as_i64().unwrap() >= SESSIONS / 7, "{sessions}");
        }
        let url = format!("/get_session_history.php?KEY={key}&VARS=ID+CHAT_INFO");
        let export = wire::send(&gateway.url, "GET", &url, &[], b"").text();
        assert!(export.contains(&format!("<nrequests>{SESSIONS}</nrequests>")), "{export:.300}");
        assert!(export.contains("</requests></response>"));
    };
    std::thread::scope(|scope| {
        for gateway in gateways.iter().chain(&gateways) {
            scope.spawn(|| read(gateway));
        }
        assert_eq!(import("two"), "new 0, changed 1200, unchanged 0, rejected 0\n");
    });
    assert_eq!(import("two"), "new 0, changed 0, unchanged 1200, rejected 0\n");
    for gateway in gateways {
        let log = gateway.stop();
        assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
    }
}

on_each_database!(session_pooling_needs_no_setting: postgres Postgres);
fn session_pooling_needs_no_setting(_: DatabaseKind) {
    let pooler = Pooler::start("session", 60);
    use_everything(&CommandEnvironment::at(pooler.url()));
}

on_each_database!(transaction_pooling_needs_one_setting: postgres Postgres);
fn transaction_pooling_needs_one_setting(_: DatabaseKind) {
    // Fewer connections than the readers of two gateways.
    let pooler = Pooler::start("transaction", 8);
    let environment = CommandEnvironment::at(pooler.url());
    for command in [&["migrate", "up"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let told = super::refused(&environment, command);
        assert!(told.contains("session pooling only"), "{told}");
        super::assert_names_the_fault(&told, "--database-pooling transaction");
    }
    std::fs::write(
        environment.path().join("a.toml"),
        "[database]\ndatabase_pooling = \"transaction\"\n",
    )
    .unwrap();
    use_everything(&environment.with_variable("SESSION_HISTORY_CONFIG", "a.toml"));
}

on_each_database!(a_statement_is_cancelled_behind_transaction_pooling: postgres Postgres);
fn a_statement_is_cancelled_behind_transaction_pooling(_: DatabaseKind) {
    let pooler = Pooler::start("transaction", 3);
    let environment = CommandEnvironment::at(pooler.url());
    let flags = ["--database-pooling", "transaction", "--statement-timeout", "1"];
    stdout(&environment, &[&["migrate", "up"][..], &flags].concat());
    let url = pooler.server_url();
    let lock = "BEGIN; LOCK TABLE account; SELECT pg_sleep(6); COMMIT";
    let locked = std::thread::spawn(move || administer(&url, &[lock]));
    std::thread::sleep(Duration::from_secs(1));
    let told = super::refused(&environment, &[&["account", "list"][..], &flags].concat());
    super::assert_names_the_fault(&told, "statement timeout");
    locked.join().unwrap().unwrap();
}
