//! What a message has, and which changes are sent.

use serde_json::json;

use super::{Hooked, receiver::Receiver};
use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::{self, Server},
};

on_each_database!(a_message_has_the_change_and_its_cursor);
fn a_message_has_the_change_and_its_cursor(on: DatabaseKind) {
    let receiver = Receiver::start(|_| 200);
    let hooked = Hooked::new(on, &receiver, &[]);
    let server = Server::start(&hooked.environment, &[]);
    hooked.import(&[(5, "Printer \"jams\"")]);
    receiver.wait_until(|attempts| attempts.len() == 1);
    let attempt = &receiver.attempts()[0];
    assert_eq!(attempt.headers["content-type"], "application/json");
    let message = attempt.json();
    let data = &message["data"];
    assert_eq!(message["type"], "session.stored");
    assert_eq!(message["timestamp"], data["changedAt"]);
    assert_eq!([&data["kind"], &data["legacyId"]], [&json!("STORED"), &json!("5")]);
    assert_eq!(data["session"]["notes"], "Printer \"jams\"");
    assert_eq!(data["session"]["startedAt"], "2026-01-01T00:00:00Z");
    // The change feed goes on after the cursor.
    let create = ["key", "create", "--account", "acme", "--scope", "read,admin"];
    let key = process::stdout(&hooked.environment, &create);
    let after = data["cursor"].as_str().unwrap();
    let query = format!("{{ sessionChanges(after: \"{after}\") {{ nodes {{ legacyId }} }} }}");
    let output = std::process::Command::new("curl")
        .args(["-gsS", "-G", &format!("{}/graphql", server.url), "-H"])
        .arg(format!("X-API-Key: {}", key.trim()))
        .args(["--data-urlencode", &format!("query={query}")])
        .output()
        .unwrap();
    let answer = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answer, r#"{"data":{"sessionChanges":{"nodes":[]}}}"#);
    // A deletion is a change, too.
    let erase = ["erase", "--account", "acme", "--before", "2026-02-01", "--yes"];
    process::stdout(&hooked.environment, &erase);
    receiver.wait_until(|attempts| attempts.len() == 2);
    let message = receiver.attempts()[1].json();
    assert_eq!(message["type"], "session.deleted");
    assert_eq!(message["data"]["session"], json!(null));
}

on_each_database!(a_filter_leaves_out_what_does_not_match_and_no_deletion);
fn a_filter_leaves_out_what_does_not_match_and_no_deletion(on: DatabaseKind) {
    let receiver = Receiver::start(|_| 200);
    let filter = r#"{"notes": {"contains": "printer"}}"#;
    let hooked = Hooked::new(on, &receiver, &["--filter", filter]);
    let _server = Server::start(&hooked.environment, &[]);
    hooked.import(&[(1, "a screen"), (2, "a printer"), (3, "a mouse")]);
    let erase = ["erase", "--account", "acme", "--filter", r#"{"legacyId": {"eq": "3"}}"#, "--yes"];
    process::stdout(&hooked.environment, &erase);
    receiver.wait_until(|attempts| attempts.len() >= 2);
    let sent = receiver.taken();
    let sent: Vec<_> = sent.iter().map(|it| it.json()["data"]["legacyId"].clone()).collect();
    assert_eq!(sent, ["2", "3"]);
}

on_each_database!(sessions_that_are_stored_already_are_sent_if_the_operator_wants_it);
fn sessions_that_are_stored_already_are_sent_if_the_operator_wants_it(on: DatabaseKind) {
    let receiver = Receiver::start(|_| 200);
    let hooked = Hooked::new(on, &receiver, &[]);
    hooked.import(&[(1, "a"), (2, "a")]);
    let url = receiver.url();
    for arguments in [&["--from-start"][..], &[]] {
        let add = ["webhook", "add", &url, "--account", "acme", "--internal"];
        process::stdout(&hooked.environment, &[&add, arguments].concat());
    }
    let _server = Server::start(&hooked.environment, &[]);
    // Webhook 1 was added before the sessions, 2 wants them, 3 does not.
    receiver.wait_until(|attempts| attempts.len() >= 4);
    hooked.import(&[(3, "a")]);
    receiver.wait_until(|attempts| attempts.len() >= 7);
    let of_webhook = |number: u32| {
        let prefix = format!("msg_{number}_");
        receiver.taken().iter().filter(|it| it.id().starts_with(&prefix)).count()
    };
    assert_eq!([1, 2, 3].map(of_webhook), [3, 3, 1]);
}
