//! A removal that is killed leaves whole batches, and the next one finishes it.
//!
//! `TEST_ROUNDS` sets the number of kills: `TEST_ROUNDS=20 cargo test --workspace --test behaviour -- killed`.

use std::{
    io::Write,
    net::TcpStream,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::session;
use crate::support::{
    database::{DatabaseKind, on_each_database},
    feed::settled_position,
    process::{CommandEnvironment, Server, command, run_with_input, stdout},
    rounds::{report, rounds},
    server::{administer, select},
};

const SESSIONS: i64 = 4_000;
/// Sessions that match. A batch of a removal has 500 of them.
const MATCHING: i64 = 3_000;

/// An account with sessions, of which those above `SESSIONS - MATCHING` match.
fn account(on: DatabaseKind) -> CommandEnvironment {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "acme"]);
    let sessions = (1..=SESSIONS)
        .map(|id| session(id, if id > SESSIONS - MATCHING { "zebra" } else { "lion" }));
    let document = json!(sessions.collect::<Value>()).to_string();
    let import = ["import", "-", "--account", "acme"];
    let output = run_with_input(&environment, &import, document.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    environment
}

fn erase(kind: &'static [&'static str]) -> Vec<&'static str> {
    let erase = ["erase", "--account", "acme", "--customer", "zebra@example.com", "--yes"];
    [&erase[..], kind].concat()
}

fn number(environment: &CommandEnvironment, query: &str) -> i64 {
    let rows = select(&environment.url(), query).unwrap();
    rows[0].try_get_by_index(0).unwrap()
}

fn count(environment: &CommandEnvironment, rows: &str) -> i64 {
    number(environment, &format!("SELECT COUNT(*) FROM {rows}"))
}

/// Checks that every session is whole or removed, and that the change log and the audit agree with that. Returns the
/// number of removed sessions.
fn assert_whole(environment: &CommandEnvironment, anonymized: bool) -> i64 {
    let last = settled_position(&environment.url());
    let count = |rows: &str| count(environment, rows);
    let removed = if anonymized {
        count("session_change WHERE anonymized_at IS NOT NULL")
    } else {
        count("session_change WHERE kind = 'DELETED'")
    };
    assert_eq!(removed % 500, 0, "not whole batches: {removed}");
    let whole = SESSIONS - removed;
    assert_eq!(count("session"), if anonymized { SESSIONS } else { whole });
    assert_eq!(count("session WHERE notes IS NOT NULL"), whole);
    let messages = if anonymized { SESSIONS } else { whole } * 2;
    assert_eq!(count("chat_message"), messages);
    assert_eq!(count("chat_message WHERE body <> ''"), whole * 2);
    for table in ["video", "custom_field", "session_words"] {
        assert_eq!(count(table), whole, "{table}");
    }
    // Each session is in the change log once, at a position of its own, and none is beyond the counter.
    assert_eq!(count("session_change"), SESSIONS);
    let positions = "SELECT COUNT(DISTINCT position) FROM session_change";
    assert_eq!(number(environment, positions), SESSIONS);
    assert_eq!(last, SESSIONS + removed);
    assert_eq!(number(environment, "SELECT MAX(position) FROM session_change"), last);
    let action = if anonymized { "ANONYMIZE" } else { "DELETE" };
    let changed = format!(
        "SELECT CAST(COALESCE(SUM(changed), 0) AS {}) FROM audit_event WHERE action = '{action}'",
        if environment.url().starts_with("mysql") { "SIGNED" } else { "BIGINT" }
    );
    assert_eq!(number(environment, &changed), removed);
    removed
}

/// Waits until more sessions are removed than before.
fn wait_for_removal_after(environment: &CommandEnvironment, before: i64) {
    let start = Instant::now();
    let removed = "session_change WHERE kind = 'DELETED' OR anonymized_at IS NOT NULL";
    while count(environment, removed) == before {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing was removed");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Kills what removes sessions, until it was killed often enough while sessions were left. `start` starts it, and
/// returns what kills it; `finish` removes the sessions that are left.
fn kill_and_finish<K: FnOnce()>(
    on: DatabaseKind,
    (anonymized, last): (bool, i64),
    start: impl Fn(&CommandEnvironment) -> K,
    finish: impl Fn(&CommandEnvironment, i64),
) {
    let (kills, mut killed) = (rounds(3), 0);
    while killed < kills {
        let environment = account(on);
        let mut removed = 0;
        while removed < last && killed < kills {
            let kill = start(&environment);
            wait_for_removal_after(&environment, removed);
            // At another moment each time.
            thread::sleep(Duration::from_millis(killed as u64 * 7 % 30));
            kill();
            removed = assert_whole(&environment, anonymized);
            killed += usize::from(removed < last);
        }
        finish(&environment, last - removed);
        assert_eq!(assert_whole(&environment, anonymized), last);
    }
    report(&format!("{on:?}: killed {killed} times, anonymized: {anonymized}"));
}

on_each_database!(a_killed_removal_leaves_whole_batches_and_the_next_one_finishes_it);
fn a_killed_removal_leaves_whole_batches_and_the_next_one_finishes_it(on: DatabaseKind) {
    for (kind, anonymized) in [(&[][..], false), (&["--anonymize"][..], true)] {
        let start = |environment: &CommandEnvironment| {
            let mut command = command(environment, &erase(kind));
            let mut removal = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            move || {
                removal.kill().unwrap();
                removal.wait().unwrap();
            }
        };
        kill_and_finish(on, (anonymized, MATCHING), start, |environment, left| {
            let printed = stdout(environment, &erase(kind));
            assert_eq!(printed, format!("matched {left}, removed {left}, held 0\n"));
        });
    }
}

on_each_database!(a_retention_whose_gateway_is_killed_is_finished_by_another);
fn a_retention_whose_gateway_is_killed_is_finished_by_another(on: DatabaseKind) {
    let start = |environment: &CommandEnvironment| {
        stdout(environment, &["account", "retention", "acme", "--months", "12"]);
        // As if the lease of the gateway that was killed had ended.
        administer(&environment.url(), &["UPDATE job SET leased_until = 0"]).unwrap();
        let server = Server::start(environment, &[]);
        move || drop(server.stop())
    };
    kill_and_finish(on, (false, SESSIONS), start, |environment, _| {
        administer(&environment.url(), &["UPDATE job SET leased_until = 0"]).unwrap();
        let server = Server::start(environment, &[]);
        let start = Instant::now();
        while count(environment, "session") > 0 {
            assert!(start.elapsed() < Duration::from_secs(60), "the retention is not finished");
            thread::sleep(Duration::from_millis(50));
        }
        server.terminate();
    });
}

on_each_database!(a_removal_whose_caller_left_ends_before_the_gateway_stops);
fn a_removal_whose_caller_left_ends_before_the_gateway_stops(on: DatabaseKind) {
    let environment = account(on);
    let create = ["key", "create", "--account", "acme", "--scope", "admin"];
    let key = stdout(&environment, &create);
    let server = Server::start(&environment, &[]);
    let query = "mutation { deleteSessions(dryRun: false, filter: { customer: {
        email: { eq: \"zebra@example.com\" } } }) { removed } }";
    let body = json!({ "query": query }).to_string();
    let mut caller = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-api-key: {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        key.trim_end(),
        body.len()
    );
    caller.write_all(request.as_bytes()).unwrap();
    wait_for_removal_after(&environment, 0);
    drop(caller);
    server.terminate();
    assert_eq!(assert_whole(&environment, false), MATCHING);
}
