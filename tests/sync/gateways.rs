//! `serve --sync-config`.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    proxy::{Disturbance, Proxy},
    source::{Source, Target, history, minutes_ago},
};
use crate::{
    metrics::Counted,
    support::{
        database::{DatabaseKind, on_each_database, on_sqlite_alone},
        process::{CommandEnvironment, Server, run},
    },
};

fn config(target: &Target, from: &str) -> String {
    let path = target.environment.path().join("sync.toml");
    let key = target.environment.path().join("source.key");
    let text = format!(
        "[[source]]\naccount = \"acme\"\nfrom = \"{from}\"\nkey_file = \"{}\"\nsince = 2001-02-03\n\
         every = \"2s\"\noverlap = \"1h\"\n",
        key.display()
    );
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn wait_for_equal(source: &Source, target: &Target) {
    let start = Instant::now();
    while target.answers() != source.answers() {
        assert!(start.elapsed() < Duration::from_secs(60), "{}", target.status());
        thread::sleep(Duration::from_millis(100));
    }
}

on_each_database!(of_two_gateways_one_mirrors_and_the_other_goes_on_after_it);
fn of_two_gateways_one_mirrors_and_the_other_goes_on_after_it(on: DatabaseKind) {
    let mut sessions = history(100, 20);
    // Each open session is read again each time.
    sessions.iter_mut().for_each(|it| it["date_end"] = it["date_start"].clone());
    let source = Source::start(on, &sessions);
    let proxy = Proxy::to(&source.server.url, |_| Disturbance::None);
    let target = Target::new(on);
    let config = config(&target, &proxy.address);
    let flags = ["--sync-config", &*config, "--job-lease", "4"];
    let first = Server::start(&target.environment, &flags);
    wait_for_equal(&source, &target);
    let second = Server::start(&target.environment, &flags);
    let before = proxy.calls().len();
    thread::sleep(Duration::from_secs(10));
    // One request for each start method and interval, and a few more for ages that double.
    let calls = proxy.calls().len() - before;
    assert!((6..=16).contains(&calls), "{calls} calls in ten seconds");
    first.terminate();
    source.import(&[json!({ "id": 100_001, "date_start": minutes_ago(0) })]);
    wait_for_equal(&source, &target);
    let log = second.stop();
    assert!(log.contains("sessions were mirrored"), "{log}");
}

on_sqlite_alone!(a_mirror_that_a_command_takes_over_has_not_failed, "a job is the same on each");
fn a_mirror_that_a_command_takes_over_has_not_failed(on: DatabaseKind) {
    let source = Source::start(on, &history(20, 2));
    let target = Target::new(on);
    let config = config(&target, &source.address());
    let flags = ["--sync-config", &*config, "--job-lease", "2", "--metrics-listen", "127.0.0.1:0"];
    let server = Server::start(&target.environment, &flags);
    let counted = Counted::of(server, String::new(), CommandEnvironment::bare(on));
    let runs = |outcome| format!("job_runs_total{{job=\"sync\",outcome=\"{outcome}\"}}");
    for outcome in ["ok", "failed", "interrupted"] {
        assert_eq!(counted.value(&runs(outcome)), Some(0.0), "{outcome}");
    }
    wait_for_equal(&source, &target);
    let (told, done) = target.sync(&source.address(), &["--since", "2001-02-03"]);
    assert!(done, "{told}");
    counted.await_value(&runs("interrupted"), 1.0);
    assert_eq!(counted.value(&runs("failed")), Some(0.0));
    let log = counted.server.stop();
    assert!(log.contains("another process took the job over"), "{log}");
    assert!(!log.contains("a job failed"), "{log}");
}

on_sqlite_alone!(a_wrong_file_of_sources_stops_the_start, "no source is asked");
fn a_wrong_file_of_sources_stops_the_start(on: DatabaseKind) {
    let target = Target::new(on);
    let path = target.environment.path().join("sync.toml");
    for (text, told) in [
        ("", "missing field `source`"),
        ("[[source]]\naccount = 'acme'\n", "missing field `from`"),
        (
            "[[source]]\naccount = 'acme'\nfrom = 'ftp://a'\nkey_file = 'source.key'\n",
            "https:// or http://",
        ),
        (
            "[[source]]\naccount = 'acme'\nfrom = 'http://a'\nkey_file = 'source.key'\nkey = 'x'\n",
            "unknown field `key`",
        ),
        (
            "[[source]]\naccount = 'acme'\nfrom = 'http://a/?key=1'\nkey_file = 'source.key'\n",
            "--key-file",
        ),
        ("[[source]]\naccount = 'acme'\nfrom = 'http://a'\nkey_file = '-'\n", "standard input"),
        (
            "[[source]]\naccount = 'acme'\nfrom = 'http://a'\nkey_file = 'nothing'\n",
            "cannot read the key in nothing",
        ),
        (
            "[[source]]\naccount = 'none'\nfrom = 'http://a'\nkey_file = 'source.key'\n",
            "no account 'none'",
        ),
        (
            "[[source]]\naccount = 'acme'\nfrom = 'http://a'\nkey_file = 'source.key'\nevery = 'often'\n",
            "15m",
        ),
        (
            "[[source]]\naccount = 'acme'\nfrom = 'http://a'\nkey_file = 'source.key'\n\
             [[source]]\naccount = 'acme'\nfrom = 'http://a'\nkey_file = 'source.key'\n",
            "twice",
        ),
    ] {
        fs::write(&path, text).unwrap();
        let serve = ["serve", "--listen", "127.0.0.1:0", "--sync-config", path.to_str().unwrap()];
        let output = run(&target.environment, &serve);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains(told), "{text}: {error}");
    }
}
