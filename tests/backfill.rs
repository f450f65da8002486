//! A new version computes what it derives from sessions that an older version stored.

use std::{process::Stdio, thread, time::Duration};

use migration::Migrator;
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use serde_json::{Value, json};

use session_history::{
    domain::{
        filter::{Filter, SessionCondition},
        search::Search,
        viewer::AccountId,
    },
    store::{Options, Store},
};

use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::{CommandEnvironment, command, run, run_with_input, stdout},
    server::{administer, on_connection, select},
};

/// The sessions of each of two accounts: more than two batches.
const SESSIONS: usize = 1_100;

/// What is derived: a row for each session, with the roles of its messages.
const DERIVED: &str =
    "SELECT s.account_id, s.id, s.duration_seconds, s.first_response_seconds, s.chat_count,
    (SELECT MAX(sender_role) FROM chat_message c
        WHERE c.account_id = s.account_id AND c.session_id = s.id AND c.seq = 1) AS first_role,
    (SELECT MAX(sender_role) FROM chat_message c
        WHERE c.account_id = s.account_id AND c.session_id = s.id AND c.seq = 2) AS second_role,
    (SELECT MAX(words) FROM session_words w
        WHERE w.account_id = s.account_id AND w.session_id = s.id) AS words
    FROM session s ORDER BY s.account_id, s.id";

type Text = Option<String>;
type Derived = (i64, i64, Option<i64>, Option<i64>, i64, Text, Text, Text);

fn derived(environment: &CommandEnvironment) -> Vec<Derived> {
    let rows = select(&environment.url(), DERIVED).unwrap();
    let get = |row: &sea_orm::QueryResult| row.try_get_many_by_index().unwrap();
    rows.iter().map(get).collect()
}

fn document() -> String {
    let session = |id: usize| {
        let minute = |minute: usize| format!("2024-02-{:02} 10:{minute:02}:00", 1 + id % 28);
        let line =
            |at: usize, sender: &str| json!({"date": minute(at), "sender": sender, "text": "x"});
        json!({
            "id": id, "customer_name": "Carl", "tech_username": format!("t{}", id % 7),
            "date_start": minute(0), "date_end": minute(10 + id % 40),
            "chat_info": [line(1, "CARL"), line(2 + id % 5, &format!("T{}", id % 9))],
        })
    };
    json!({ "requests": (1..=SESSIONS).map(session).collect::<Value>() }).to_string()
}

/// A database of two accounts, and what is derived from its sessions.
fn imported(on: DatabaseKind) -> (CommandEnvironment, Vec<Derived>) {
    let environment = CommandEnvironment::new(on);
    for account in ["acme", "other"] {
        stdout(&environment, &["account", "create", account]);
        let import = ["import", "-", "--account", account];
        let output = run_with_input(&environment, &import, document().as_bytes());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let expected = derived(&environment);
    assert_eq!(expected.len(), 2 * SESSIONS);
    (environment, expected)
}

/// Makes the rows those of a version that did not derive anything from them.
fn forget(environment: &CommandEnvironment, on: DatabaseKind) {
    let mut statements = vec![
        "UPDATE session SET duration_seconds = NULL, first_response_seconds = NULL",
        "UPDATE chat_message SET sender_role = 'UNKNOWN'",
        "DELETE FROM session_words",
        "DELETE FROM backfill",
        "INSERT INTO backfill (id, after_account, after_session, sessions) VALUES (1, 0, -1, 0)",
    ];
    if on == DatabaseKind::MariaDb {
        statements.push("DELETE FROM session_token");
    }
    administer(&environment.url(), &statements).unwrap();
}

fn is_pending(environment: &CommandEnvironment) -> bool {
    stdout(environment, &["migrate", "status"]).contains("pending\tbackfill\n")
}

/// The number of sessions that the position says are done, and that of those with a duration.
fn done(environment: &CommandEnvironment) -> (i64, i64) {
    // One statement sees one state.
    let counts = "SELECT (SELECT sessions FROM backfill),
        (SELECT COUNT(*) FROM session WHERE duration_seconds IS NOT NULL)";
    select(&environment.url(), counts).unwrap()[0].try_get_many_by_index().unwrap()
}

/// The number of sessions of an account that the index has for a search.
async fn found(environment: &CommandEnvironment, account: i64, search: &str) -> u64 {
    let options = Options { url: environment.url(), ..Options::default() };
    let store = Store::connect(&options).await.unwrap();
    let search = SessionCondition::Search(Search::parse(search).unwrap());
    store.reads().session_count(AccountId(account), &Filter::Is(search)).await.unwrap()
}

on_each_database!(a_killed_update_of_stored_sessions_goes_on_where_it_ended);
fn a_killed_update_of_stored_sessions_goes_on_where_it_ended(on: DatabaseKind) {
    let (environment, expected) = imported(on);
    assert!(!is_pending(&environment));
    forget(&environment, on);
    assert!(is_pending(&environment));
    assert_ne!(derived(&environment), expected);
    // Each is killed a little later.
    for tenths in 1..=40 {
        let mut command = command(&environment, &["migrate", "up"]);
        let mut update = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(10 * tenths));
        let _ = update.kill();
        update.wait().unwrap();
        let (position, updated) = done(&environment);
        assert_eq!(position, updated, "a batch is whole or not at all");
        if !is_pending(&environment) {
            break;
        }
    }
    stdout(&environment, &["migrate", "up"]);
    assert!(!is_pending(&environment));
    assert_eq!(done(&environment), (2 * SESSIONS as i64, 2 * SESSIONS as i64));
    assert!(derived(&environment) == expected);
    let all = SESSIONS as u64;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for account in [1, 2] {
        assert_eq!(runtime.block_on(found(&environment, account, "X")), all);
    }
}

on_each_database!(several_processes_can_update_stored_sessions_at_the_same_time);
fn several_processes_can_update_stored_sessions_at_the_same_time(on: DatabaseKind) {
    let (environment, expected) = imported(on);
    forget(&environment, on);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| stdout(&environment, &["migrate", "up"]));
        }
    });
    assert_eq!(done(&environment).0, 2 * SESSIONS as i64);
    assert!(derived(&environment) == expected);
}

/// A session as the schema of an older version has it.
const OLD_SESSION: [&str; 4] = [
    "INSERT INTO account (name, created_at) VALUES ('acme', 0)",
    "INSERT INTO technician (account_id, id, username, username_folded) VALUES (1, 1, 'Ann', 'ann')",
    "INSERT INTO session (account_id, id, technician_id, start_method, started_at, ended_at, video_count,
        chat_count, updated_at) VALUES (1, 9, 1, 'APPLET', 1000000, 61999999, 0, 2, 0)",
    "INSERT INTO chat_message (account_id, session_id, seq, sent_at, sender, sender_folded, sender_role, body,
        body_folded) VALUES (1, 9, 1, 5000000, 'Bob', 'bob', 'UNKNOWN', 'x', 'x'),
        (1, 9, 2, 31500000, 'Ann', 'ann', 'UNKNOWN', 'y', 'y')",
];

on_each_database!(the_update_of_an_older_schema_computes_what_its_sessions_lack);
fn the_update_of_an_older_schema_computes_what_its_sessions_lack(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    on_connection(&environment.url(), async |connection| {
        Migrator::up(connection, Some(3)).await?;
        for statement in OLD_SESSION {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    })
    .unwrap();
    if on != DatabaseKind::Sqlite {
        let refused = run(&environment, &["account", "list"]);
        assert!(!refused.status.success());
    }
    let output = run(&environment, &["migrate", "up"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("updating 1 stored sessions"), "{told}");
    let text = |role: &str| Some(role.to_owned());
    let words = text(" x  y ");
    let expected = (1, 9, Some(60), Some(30), 2, text("UNKNOWN"), text("TECHNICIAN"), words);
    assert_eq!(derived(&environment), [expected]);
    assert!(!is_pending(&environment));
    // Nothing is left to do.
    let output = run(&environment, &["migrate", "up"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("updating"));
}

on_each_database!(an_update_makes_the_words_of_stored_sessions_again);
fn an_update_makes_the_words_of_stored_sessions_again(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "acme"]);
    let session =
        json!([{ "id": 1, "date_start": "2024-05-01 10:00:00", "notes": "Don’t\u{202F}!" }]);
    let import = ["import", "-", "--account", "acme"];
    let output = run_with_input(&environment, &import, session.to_string().as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut statements = vec![
        "DELETE FROM session_words",
        "DELETE FROM seaql_migrations WHERE version = 'm0015_words'",
    ];
    if on == DatabaseKind::MariaDb {
        statements.push("DELETE FROM session_token");
    }
    administer(&environment.url(), &statements).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    assert_eq!(runtime.block_on(found(&environment, 1, "don't")), 0);
    stdout(&environment, &["migrate", "up"]);
    assert_eq!(runtime.block_on(found(&environment, 1, "don't")), 1);
}
