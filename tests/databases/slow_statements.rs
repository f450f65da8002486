//! The log of a statement that takes long.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    database::{DatabaseKind, on_each_server},
    process::{CommandEnvironment, run_with_input, stdout},
    server::administer,
};

on_each_server!(a_slow_statement_is_logged_in_a_short_line_without_values);
fn a_slow_statement_is_logged_in_a_short_line_without_values(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "acme"]);
    let lock = match on {
        DatabaseKind::Postgres => {
            "BEGIN; LOCK TABLE session IN EXCLUSIVE MODE; SELECT pg_sleep(4); COMMIT"
        }
        _ => "LOCK TABLES session WRITE; SELECT SLEEP(4); UNLOCK TABLES",
    };
    let url = environment.url();
    let locked = std::thread::spawn(move || administer(&url, &[lock]));
    std::thread::sleep(Duration::from_secs(1));
    let session =
        |id: i64| json!({ "id": id, "date_start": "2024-02-01", "customer_name": "Personal é🙂" });
    let document = json!({ "requests": (1..=400).map(session).collect::<Value>() }).to_string();
    let arguments = ["import", "-", "--account", "acme"];
    let output = run_with_input(&environment, &arguments, document.as_bytes());
    locked.join().unwrap().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    let slow: Vec<_> = log.lines().filter(|line| line.contains("slow statement")).collect();
    assert!(slow.iter().any(|line| line.contains(" bytes)")), "{log}");
    for line in log.lines() {
        assert!(line.len() < 1_000 && !line.contains("Personal"), "{line}");
    }
}
