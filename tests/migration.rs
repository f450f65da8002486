//! The schema is brought up to date around what is stored.

use crate::support::{
    database::{Kind, on_each_database, on_each_server},
    process::{Home, run, run_with_input, stdout},
    server::administer,
};

const HISTORY: &[u8] = br#"{"requests":[{"id":5,"date_start":"2024-01-01","tech_username":"ann",
    "chat_info":[{"date":"2024-01-01","sender":"a","text":"kept"}]}]}"#;

fn import(home: &Home) -> String {
    let output = run_with_input(home, &["import", "--account", "acme", "-"], HISTORY);
    String::from_utf8(output.stdout).unwrap()
}

on_each_database!(a_schema_that_is_up_to_date_is_left_alone_with_all_that_it_holds);
fn a_schema_that_is_up_to_date_is_left_alone_with_all_that_it_holds(on: Kind) {
    let home = Home::new(on);
    stdout(&home, &["account", "create", "acme"]);
    assert_eq!(import(&home), "new 1, changed 0, unchanged 0, rejected 0\n");
    let status = stdout(&home, &["migrate", "status"]);
    assert!(status.lines().all(|line| line.starts_with("applied\t")), "{status}");
    stdout(&home, &["migrate", "up"]);
    assert_eq!(stdout(&home, &["migrate", "status"]), status);
    assert_eq!(import(&home), "new 0, changed 0, unchanged 1, rejected 0\n");
}

/// Takes the last step back, as if an older version had been at work.
fn make_old(home: &Home) {
    let mut statements: Vec<_> = ["chat_message", "video", "custom_field", "session", "technician"]
        .map(|table| format!("DROP TABLE {table}"))
        .into();
    statements.push("DELETE FROM seaql_migrations WHERE version = 'm0002_history'".to_owned());
    administer(&home.url(), &statements).unwrap();
}

on_each_database!(an_old_schema_keeps_its_rows_when_it_is_brought_up_to_date);
fn an_old_schema_keeps_its_rows_when_it_is_brought_up_to_date(on: Kind) {
    let home = Home::new(on);
    stdout(&home, &["account", "create", "acme"]);
    make_old(&home);
    let status = stdout(&home, &["migrate", "status"]);
    assert_eq!(status, "applied\tm0001_accounts\npending\tm0002_history\n");
    stdout(&home, &["migrate", "up"]);
    assert!(stdout(&home, &["account", "list"]).starts_with("1\tacme\t"));
    assert_eq!(import(&home), "new 1, changed 0, unchanged 0, rejected 0\n");
}

on_each_server!(an_old_schema_of_a_server_is_not_served);
fn an_old_schema_of_a_server_is_not_served(on: Kind) {
    let home = Home::new(on);
    make_old(&home);
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["account", "list"]] {
        let output = run(&home, command);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains("session-history migrate up"), "{told}");
    }
}

on_each_database!(gateways_that_make_the_schema_at_once_do_not_hinder_each_other);
fn gateways_that_make_the_schema_at_once_do_not_hinder_each_other(on: Kind) {
    let home = Home::bare(on);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| stdout(&home, &["migrate", "up"]));
        }
    });
    let status = stdout(&home, &["migrate", "status"]);
    assert_eq!(status, "applied\tm0001_accounts\napplied\tm0002_history\n");
}
