//! PostgreSQL checks the foreign keys of an import through the primary key. On tables without
//! statistics it would use an index in which each check scans the whole account.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};

use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::{CommandEnvironment, run_with_input, stdout},
};

/// Four batches.
const SESSIONS: i64 = 2_000;
const MESSAGES: i64 = 5;

fn document() -> String {
    let session = |id: i64| {
        let line = json!({"date": "2024-02-01 10:00:01", "sender": "Ann", "text": "Hello"});
        json!({
            "id": id, "date_start": "2024-02-01 10:00:00", "tech_username": "t@example.com",
            "chat_info": vec![line; MESSAGES as usize],
        })
    };
    json!({ "requests": (1..=SESSIONS).map(session).collect::<Value>() }).to_string()
}

/// How often each of the two kinds of indexes of sessions was looked into: the key, and the others.
async fn scans(database: &DatabaseConnection) -> (i64, i64) {
    let sum =
        "SELECT COALESCE(SUM(idx_scan) FILTER (WHERE indexrelname = 'session_pkey'), 0)::bigint,
        COALESCE(SUM(idx_scan) FILTER (WHERE indexrelname <> 'session_pkey'), 0)::bigint
        FROM pg_stat_user_indexes WHERE relname = 'session'";
    let sum = Statement::from_string(DbBackend::Postgres, sum);
    let row = database.query_one_raw(sum).await.unwrap().unwrap();
    (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())
}

on_each_database!(async an_import_checks_its_messages_by_the_key_of_the_session: postgres Postgres);
#[expect(clippy::disallowed_methods, reason = "the gateway has no part in this")]
async fn an_import_checks_its_messages_by_the_key_of_the_session(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    stdout(environment, &["account", "create", "acme"]);
    let import = ["import", "-", "--account", "acme"];
    let output = run_with_input(environment, &import, document().as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let database = Database::connect(environment.url()).await.unwrap();
    let start = Instant::now();
    // The server counts a little later.
    let (by_key, by_others) = loop {
        let (by_key, by_others) = scans(&database).await;
        if by_key + by_others >= SESSIONS * MESSAGES || start.elapsed() > Duration::from_secs(30) {
            break (by_key, by_others);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    // The first batch is checked before there is anything to analyse.
    assert!(by_key > by_others, "{by_key} by the key, {by_others} by others");
}
