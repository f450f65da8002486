//! `session-history sync forget`.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::source::{Source, Target, history};
use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::run,
    server::select,
};

const MISTYPED: &str = "http://127.0.0.1:1/get_session_history.php";

fn forget(target: &Target, url: &str) -> (String, bool) {
    let output = run(&target.environment, &["sync", "forget", "--account", "acme", url]);
    let told = [output.stdout, output.stderr].concat();
    (String::from_utf8(told).unwrap(), output.status.success())
}

fn count(target: &Target, table: &str) -> i64 {
    let rows = select(&target.environment.url(), &format!("SELECT COUNT(*) FROM {table}")).unwrap();
    rows[0].try_get_by_index(0).unwrap()
}

on_each_database!(a_source_is_forgotten_and_its_sessions_stay);
fn a_source_is_forgotten_and_its_sessions_stay(on: DatabaseKind) {
    let source = Source::start(on, &history(20, 5));
    let target = Target::new(on);
    let address = source.address();
    assert!(target.sync(&address, &[]).1);
    assert!(!target.sync(MISTYPED, &["--patience", "1s"]).1);
    let status = target.status();
    assert!(status.contains(&format!("acme\t{MISTYPED}\tERROR")), "{status}");

    let (told, is_done) = forget(&target, MISTYPED);
    assert!(is_done, "{told}");
    let status = target.status();
    assert!(!status.contains(MISTYPED) && status.contains(&address), "{status}");

    let (told, is_done) = forget(&target, &address);
    assert!(is_done, "{told}");
    assert_eq!(target.status(), "");
    for table in ["sync_source", "sync_window", "job WHERE name LIKE 'sync %'"] {
        assert_eq!(count(&target, table), 0, "{table}");
    }
    assert_eq!(target.answers(), source.answers());

    // A new mirror reads everything again.
    let (told, _) = target.sync(&address, &[]);
    assert!(told.contains("new 0, changed 0, unchanged 20, rejected 0"), "{told}");
}

on_each_database!(a_source_that_is_mirrored_now_or_is_not_known_is_not_forgotten);
fn a_source_that_is_mirrored_now_or_is_not_known_is_not_forgotten(on: DatabaseKind) {
    let source = Source::start(on, &history(5, 1));
    let target = Target::new(on);
    let (address, log) = (source.address(), target.environment.path().join("sync.log"));
    let mut sync = target.start(&address, &["--every", "1h"], &log);
    let start = Instant::now();
    while !target.status().contains("\tread\t") {
        assert!(start.elapsed() < Duration::from_secs(60), "{}", target.status());
        thread::sleep(Duration::from_millis(50));
    }
    let before = target.status();
    let (told, is_done) = forget(&target, &address);
    assert!(!is_done && told.contains("is mirrored now"), "{told}");
    let (told, is_done) = forget(&target, MISTYPED);
    assert!(!is_done && told.contains(&format!("has no source '{MISTYPED}'")), "{told}");
    assert!(sync.try_wait().unwrap().is_none());
    sync.kill().unwrap();
    sync.wait().unwrap();
    let lines = |status: String| status.lines().filter(|it| it.contains(&address)).count();
    assert!(lines(before) > 0 && lines(target.status()) > 0);
}
