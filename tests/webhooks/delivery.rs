//! Each change arrives, in order.

use std::{collections::BTreeMap, process::Command, time::Duration};

use serde_json::json;

use super::{
    Hooked,
    receiver::{Attempt, Receiver},
};
use crate::support::{
    database::{DatabaseKind, on_each_database},
    node::folder_with_packages,
    process::{self, Server},
};

/// How long the receiver is down.
const DOWN: Duration = Duration::from_secs(4);
/// How long the webhooks of a gateway that was killed wait.
const LEASE: [&str; 2] = ["--job-lease", "5"];

on_each_database!(each_change_arrives_in_order_beside_failures_and_kills);
fn each_change_arrives_in_order_beside_failures_and_kills(on: DatabaseKind) {
    // Three of ten attempts fail.
    let mut receiver = Receiver::start(|attempt| if attempt * 3 % 10 < 3 { 500 } else { 204 });
    let hooked = Hooked::new(on, &receiver, &[]);
    let change = |round: u32, ids: std::ops::Range<u32>| {
        let notes = format!("round {round}");
        let sessions: Vec<_> = ids.map(|id| (id, notes.as_str())).collect();
        hooked.import(&sessions);
    };
    let mut server = Server::start(&hooked.environment, &LEASE);
    change(1, 1..7);
    receiver.wait_until(|attempts| !attempts.is_empty());
    server.stop();
    server = Server::start(&hooked.environment, &LEASE);
    change(2, 4..10);
    receiver.go_down();
    change(3, 8..12);
    std::thread::sleep(DOWN);
    receiver.come_up();
    server.stop();
    server = Server::start(&hooked.environment, &LEASE);
    let last = BTreeMap::from_iter(
        (1..4).map(|id| (id, 1)).chain((4..8).map(|id| (id, 2))).chain((8..12).map(|id| (id, 3))),
    );
    let state = |attempts: &[Attempt]| {
        let mut state = BTreeMap::new();
        for attempt in attempts.iter().filter(|attempt| attempt.taken) {
            let data = &attempt.json()["data"];
            let id: u32 = data["legacyId"].as_str().unwrap().parse().unwrap();
            let round = data["session"]["notes"].as_str().unwrap().strip_prefix("round ");
            state.insert(id, round.unwrap().parse::<i32>().unwrap());
        }
        state
    };
    receiver.wait_until(|attempts| state(attempts) == last);
    // A session never goes back to an earlier state, except that a change can come twice.
    let taken = receiver.taken();
    let mut seen = BTreeMap::new();
    for message in &taken {
        let (id, round) = state(std::slice::from_ref(message)).pop_first().unwrap();
        assert!(seen.insert(id, round) < Some(round), "{id}");
    }
    // The public library of Standard Webhooks accepts each attempt.
    let attempts = receiver.attempts();
    let lines: Vec<_> = attempts
        .iter()
        .map(|attempt| json!({"headers": attempt.headers, "body": attempt.body}).to_string())
        .collect();
    let file = hooked.environment.path().join("messages");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let folder = folder_with_packages("tests/webhooks/verify");
    let verified = Command::new("node")
        .args(["verify.mjs", &hooked.secret, file.to_str().unwrap()])
        .current_dir(folder)
        .output()
        .unwrap();
    let count = String::from_utf8_lossy(&verified.stdout);
    assert_eq!(count.trim(), attempts.len().to_string(), "{verified:?}");
    drop(server);
}

on_each_database!(one_of_two_gateways_sends_and_the_other_goes_on_when_it_is_killed);
fn one_of_two_gateways_sends_and_the_other_goes_on_when_it_is_killed(on: DatabaseKind) {
    let receiver = Receiver::start(|_| 200);
    let hooked = Hooked::new(on, &receiver, &[]);
    let servers = [(); 2].map(|()| Server::start(&hooked.environment, &LEASE));
    for id in 1..=10 {
        hooked.import(&[(id, "a")]);
    }
    receiver.wait_until(|attempts| attempts.len() >= 10);
    assert_eq!(receiver.attempts().len(), 10);
    // One of them ends as asked, so that the other can go on at once.
    let [first, second] = servers;
    first.terminate();
    hooked.import(&[(11, "a")]);
    receiver.wait_until(|attempts| attempts.len() >= 11);
    // The lease of one that is killed ends by itself.
    let third = Server::start(&hooked.environment, &LEASE);
    second.stop();
    hooked.import(&[(12, "a")]);
    receiver.wait_until(|attempts| attempts.len() >= 12);
    drop(third);
}

on_each_database!(a_webhook_that_is_removed_gets_nothing_more_and_is_no_other_with_its_number);
fn a_webhook_that_is_removed_gets_nothing_more_and_is_no_other_with_its_number(on: DatabaseKind) {
    let receiver = Receiver::start(|_| 200);
    let hooked = Hooked::new(on, &receiver, &[]);
    let _server = Server::start(&hooked.environment, &[]);
    hooked.import(&[(1, "a")]);
    receiver.wait_until(|attempts| attempts.len() == 1);
    let remove = ["webhook", "remove", "1", "--account", "acme"];
    process::stdout(&hooked.environment, &remove);
    // A webhook that is added later is noticed at the same time as the removal, or later. It has the same number.
    let other = Receiver::start(|_| 200);
    let url = other.url();
    let add = ["webhook", "add", &url, "--account", "acme", "--internal", "--from-start"];
    process::stdout(&hooked.environment, &add);
    other.wait_until(|attempts| attempts.len() == 1);
    assert_ne!(other.attempts()[0].id(), receiver.attempts()[0].id());
    hooked.import(&[(2, "a")]);
    other.wait_until(|attempts| attempts.len() == 2);
    assert_eq!(receiver.attempts().len(), 1);
}
