//! Which receivers are allowed, and what the operator is told.

use std::time::{Duration, Instant};

use super::{Hooked, receiver::Receiver};
use crate::support::{
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process::{self, Server},
};

on_each_database!(the_internal_network_cannot_be_reached);
fn the_internal_network_cannot_be_reached(on: DatabaseKind) {
    let receiver = Receiver::start(|_| 200);
    let hooked = Hooked::new(on, &receiver, &[]);
    let add = |url: &str| {
        process::run(&hooked.environment, &["webhook", "add", url, "--account", "acme"])
    };
    for url in
        ["https://127.0.0.1/", "https://[::1]:8080/", "https://2130706433/", "http://example.com/"]
    {
        let output = add(url);
        assert!(!output.status.success(), "{url}");
    }
    // A name is known to be internal only when it is resolved.
    let port = receiver.url().rsplit(':').next().unwrap().to_owned();
    let added = add(&format!("https://localhost:{port}"));
    assert!(added.status.success(), "{added:?}");
    let output = process::run(&hooked.environment, &["webhook", "test", "2", "--account", "acme"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("is not a public address; --internal allows it"), "{error}");
    assert!(receiver.attempts().is_empty());
}

on_sqlite_alone!(a_url_can_come_from_a_file_or_from_standard_input, "URLs are stored alike");
fn a_url_can_come_from_a_file_or_from_standard_input(on: DatabaseKind) {
    let receiver = Receiver::start(|_| 200);
    let hooked = Hooked::new(on, &receiver, &[]);
    let add = |more: &[&str], input: &str| {
        let add = ["webhook", "add", "--account", "acme", "--internal"];
        let output =
            process::run_with_input(&hooked.environment, &[&add, more].concat(), input.as_bytes());
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let (url, folder) = (receiver.url(), hooked.environment.path());
    std::fs::write(folder.join("url"), format!("{url}\n")).unwrap();
    std::fs::write(folder.join("long"), "a".repeat(40_000)).unwrap();
    std::fs::write(folder.join("empty"), "\n").unwrap();
    assert_eq!(add(&["--url-file", "url"], ""), (true, String::new()));
    assert_eq!(add(&["--url-file", "-"], &format!("{url}\r\n")), (true, String::new()));
    let list = ["webhook", "list", "--account", "acme"];
    let list = process::stdout(&hooked.environment, &list);
    assert_eq!(list.matches(&format!("\t{url}\t")).count(), 3, "{list}");
    for (more, reason) in [
        (&["--url-file", "absent"][..], "cannot read the URL in absent: No such file"),
        (&["--url-file", "empty"], "the URL in empty is empty"),
        (&["--url-file", "long"], "cannot read the URL in long: it has more than 32768 bytes"),
        (&["--url-file", "url", &url], "cannot be used with"),
        (&[], "--url-file <FILE>"),
    ] {
        let (is_added, error) = add(more, "");
        assert!(!is_added && error.contains(reason), "{more:?}: {error}");
    }
}

on_each_database!(a_test_message_tells_at_once_whether_the_receiver_takes_it);
fn a_test_message_tells_at_once_whether_the_receiver_takes_it(on: DatabaseKind) {
    // A redirect is not followed: it could lead into the internal network.
    let receiver = Receiver::start(|attempt| [200, 302, 503][attempt]);
    let hooked = Hooked::new(on, &receiver, &[]);
    let test = || process::run(&hooked.environment, &["webhook", "test", "1", "--account", "acme"]);
    assert!(test().status.success());
    assert_eq!(receiver.attempts()[0].json()["type"], "test");
    for reason in ["302 Found; redirects are not followed", "503 Service Unavailable"] {
        let output = test();
        assert!(!output.status.success());
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(error, format!("error: the receiver answered {reason}\n"));
    }
    assert_eq!(receiver.attempts().len(), 3);
}

on_each_database!(the_list_tells_why_a_receiver_does_not_take_changes);
fn the_list_tells_why_a_receiver_does_not_take_changes(on: DatabaseKind) {
    let receiver = Receiver::start(|_| 500);
    let hooked = Hooked::new(on, &receiver, &[]);
    let server = Server::start(&hooked.environment, &[]);
    hooked.import(&[(1, "a")]);
    receiver.wait_until(|attempts| attempts.len() >= 3);
    let start = Instant::now();
    let listed = loop {
        let listed = hooked.listed();
        if listed[4].parse::<u32>().unwrap() >= 2 {
            break listed;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{listed:?}");
    };
    assert_eq!(listed[..4], ["1", &receiver.url(), "1", "-"]);
    assert_eq!(listed[5], "the receiver answered 500 Internal Server Error");
    let doctor = process::run(&hooked.environment, &["doctor"]);
    let found = String::from_utf8(doctor.stdout).unwrap();
    let start = "warning\twebhooks\twebhook 1 of 'acme' has failed ";
    let line = found.lines().find_map(|line| line.strip_prefix(start)).expect(&found);
    assert!(line.ends_with(" times in a row: the receiver answered 500 Internal Server Error"));
    // Neither the secret nor the URL, which may have a token, is in the log or in the list.
    let secret = hooked.secret.strip_prefix("whsec_").unwrap();
    let log = server.stop();
    assert!(log.contains("a change was not delivered: the receiver answered 500"), "{log}");
    assert!(!log.contains("word-of-the-receiver") && !log.contains(secret), "{log}");
    assert!(!listed.join(" ").contains(secret));
}
