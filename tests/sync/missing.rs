//! Sessions that the source does not have any more.

use serde_json::json;

use super::source::{Source, Target, history, minutes_ago};
use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::stdout,
};

on_each_database!(missing_sessions_are_reported_and_removed_only_on_request);
fn missing_sessions_are_reported_and_removed_only_on_request(on: DatabaseKind) {
    let source = Source::start(on, &history(60, 1));
    let target = Target::new(on);
    let from = source.address();
    let flags = ["--overlap", "3d"];
    let (told, succeeded) = target.sync(&from, &flags);
    assert!(succeeded, "{told}");
    for id in ["100000", "99999", "99998"] {
        let filter = json!({ "legacyId": { "eq": id } }).to_string();
        stdout(
            &source.environment,
            &["erase", "--account", "origin", "--filter", &filter, "--yes"],
        );
    }
    // It has another start now, and is not missing.
    let start = minutes_ago(10 * 1_440);
    source.import(&[json!({ "id": 99_990, "date_start": start })]);
    let held = json!({ "legacyId": { "eq": "99998" } }).to_string();
    let hold = ["hold", "add", "--account", "acme", "--filter", &held, "--reason", "case 7"];
    stdout(&target.environment, &hold);
    std::thread::sleep(std::time::Duration::from_secs(1));

    let (told, succeeded) = target.sync(&from, &flags);
    assert!(succeeded, "{told}");
    for id in [100_000, 99_999, 99_998] {
        assert!(told.contains(&format!("session {id} is missing at the source")), "{told}");
        assert!(target.session(id).is_some());
        let line = format!("\tMISSING\t{id}\t-\tmissing\t");
        assert!(target.status().contains(&line), "{}", target.status());
    }
    assert!(!told.contains("99990"), "{told}");
    assert_eq!(target.status().matches("MISSING").count(), 3);
    let moved = target.session(99_990).unwrap();
    assert_eq!(moved["date_start"], start.as_str());

    let (told, succeeded) = target.sync(&from, &[&flags[..], &["--remove-missing"]].concat());
    assert!(succeeded, "{told}");
    assert!(told.contains("deleted 2 sessions that are missing at the source; 1 others"), "{told}");
    for (id, is_there) in [(100_000, false), (99_999, false), (99_998, true), (99_990, true)] {
        assert_eq!(target.session(id).is_some(), is_there, "{id}");
    }
    // What was removed here stays removed.
    assert!(target.sync(&from, &flags).1);
    assert!(target.session(100_000).is_none());
}
