//! A mirror that follows a source which changes.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::source::{Source, Target, history, minutes_ago};
use crate::support::database::{DatabaseKind, on_each_database};

const INTERVAL: Duration = Duration::from_secs(4);

on_each_database!(new_changed_and_ended_sessions_are_there_within_two_intervals);
fn new_changed_and_ended_sessions_are_there_within_two_intervals(on: DatabaseKind) {
    let mut sessions = history(200, 60);
    // It is open since a long time.
    sessions
        .push(json!({ "id": 7, "date_start": minutes_ago(20 * 1_440), "start_method": "AGENT" }));
    let source = Source::start(on, &sessions);
    let target = Target::new(on);
    let log = target.environment.path().join("sync.log");
    let every = format!("{}s", INTERVAL.as_secs());
    let mut sync = target.start(&source.address(), &["--every", &every, "--overlap", "12h"], &log);
    let first = Instant::now();
    while target.answers() != source.answers() {
        assert!(
            first.elapsed() < Duration::from_secs(60),
            "{}",
            std::fs::read_to_string(&log).unwrap()
        );
        thread::sleep(Duration::from_millis(100));
    }
    let changes = [
        json!([{ "id": 100_001, "date_start": minutes_ago(0), "start_method": "AGENT", "notes": "new" }]),
        json!([{ "id": 100_000, "notes": "changed" }, { "id": 99_999, "custom_fields": [{ "name": "A", "value": "b" }] }]),
        json!([{ "id": 100_001, "date_end": minutes_ago(-1) }, { "id": 7, "date_end": minutes_ago(0) }]),
    ];
    for change in changes {
        source.import(change.as_array().unwrap());
        let (start, expected) = (Instant::now(), source.answers());
        while target.answers() != expected {
            assert!(start.elapsed() < INTERVAL * 2, "{change}: {}", target.status());
            thread::sleep(Duration::from_millis(100));
        }
    }
    assert_eq!(target.session(100_001).unwrap()["notes"], "new");
    assert_ne!(target.session(7).unwrap()["date_end"], "");
    assert!(sync.try_wait().unwrap().is_none());
    sync.kill().unwrap();
    sync.wait().unwrap();
}
