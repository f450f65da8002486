//! The schema is brought up to date around what is stored.

use crate::support::{
    database::{DatabaseKind, on_each_database, on_each_server},
    process::{CommandEnvironment, run, run_with_input, stdout},
    server::administer,
};

const HISTORY: &[u8] = br#"{"requests":[{"id":5,"date_start":"2024-01-01","tech_username":"ann",
    "chat_info":[{"date":"2024-01-01","sender":"a","text":"kept"}]}]}"#;

fn import(environment: &CommandEnvironment) -> String {
    let output = run_with_input(environment, &["import", "--account", "acme", "-"], HISTORY);
    String::from_utf8(output.stdout).unwrap()
}

on_each_database!(migrating_a_current_schema_changes_nothing);
fn migrating_a_current_schema_changes_nothing(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "acme"]);
    assert_eq!(import(&environment), "new 1, changed 0, unchanged 0, rejected 0\n");
    let status = stdout(&environment, &["migrate", "status"]);
    assert!(status.lines().all(|line| line.starts_with("applied\t")), "{status}");
    stdout(&environment, &["migrate", "up"]);
    assert_eq!(stdout(&environment, &["migrate", "status"]), status);
    assert_eq!(import(&environment), "new 0, changed 0, unchanged 1, rejected 0\n");
}

/// Takes the last step back, as if an older version had been at work.
fn make_old(environment: &CommandEnvironment) {
    let mut statements: Vec<_> = ["chat_message", "video", "custom_field", "session", "technician"]
        .map(|table| format!("DROP TABLE {table}"))
        .into();
    statements.push("DELETE FROM seaql_migrations WHERE version = 'm0002_history'".to_owned());
    administer(&environment.url(), &statements).unwrap();
}

on_each_database!(a_migration_preserves_the_rows);
fn a_migration_preserves_the_rows(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "acme"]);
    make_old(&environment);
    let status = stdout(&environment, &["migrate", "status"]);
    assert_eq!(status, "applied\tm0001_accounts\npending\tm0002_history\n");
    stdout(&environment, &["migrate", "up"]);
    assert!(stdout(&environment, &["account", "list"]).starts_with("1\tacme\t"));
    assert_eq!(import(&environment), "new 1, changed 0, unchanged 0, rejected 0\n");
}

on_each_server!(an_old_schema_of_a_server_is_not_served);
fn an_old_schema_of_a_server_is_not_served(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    make_old(&environment);
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["account", "list"]] {
        let output = run(&environment, command);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains("session-history migrate up"), "{told}");
    }
}

on_each_database!(several_gateways_can_migrate_at_the_same_time);
fn several_gateways_can_migrate_at_the_same_time(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| stdout(&environment, &["migrate", "up"]));
        }
    });
    let status = stdout(&environment, &["migrate", "status"]);
    assert_eq!(status, "applied\tm0001_accounts\napplied\tm0002_history\n");
}
