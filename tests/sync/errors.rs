//! What a mirror says of a source that cannot be read.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
    time::Duration,
};

use super::source::{KEY, PERSONAL, Source, Target, history};
use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    process::run,
};

/// A source that sends the same bytes to each caller and then waits.
fn always(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/get_session_history.php", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut caller in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                let _ = caller.read(&mut [0; 8_192]);
                let _ = caller.write_all(answer);
                thread::sleep(Duration::from_secs(20));
            });
        }
    });
    address
}

on_sqlite_alone!(a_source_that_cannot_be_read_is_told_precisely, "nothing is stored");
fn a_source_that_cannot_be_read_is_told_precisely(on: DatabaseKind) {
    let refused: &[u8] =
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 103\r\n\r\n<response><error_msg>Invalid KEY sourcekey-qzw7 & +\xC3\xA9-secret, says the source.</error_msg></response>    ";
    let cases = [
        (always(refused), "error message"),
        (always(b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"), "answers 404"),
        (
            always(b"HTTP/1.1 302 Found\r\nlocation: https://elsewhere.example/a?b\r\ncontent-length: 0\r\n\r\n"),
            "redirects to elsewhere.example",
        ),
        (
            always(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 38\r\n\r\n<html><body>Zebedee broke</body></html>"),
            "not a session history: line 1: it begins with <html>",
        ),
        (always(b""), "sent nothing for 1 seconds"),
        (always(b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n<response><nrequests>5"), "sent nothing"),
        (always(b"HTTP/1.1 500 Oops\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"), "answers 500"),
        ("http://127.0.0.1:1/".to_owned(), "cannot be reached"),
        (always(b"nonsense\r\n\r\n"), "not whole"),
    ];
    // Each takes the time of some attempts.
    thread::scope(|scope| {
        for (address, told) in &cases {
            scope.spawn(move || assert_told(on, address, told));
        }
    });
}

fn assert_told(on: DatabaseKind, address: &str, told: &str) {
    let target = Target::new(on);
    let flags = ["--read-timeout", "1s", "--patience", "1s", "--log", "trace"];
    let (output, succeeded) = target.sync(address, &flags);
    assert!(!succeeded && output.contains(told), "{told}: {output}");
    assert!(!output.contains(KEY) && !output.contains(PERSONAL), "{output}");
    let status = target.status();
    assert!(status.contains(told) && !status.contains(KEY), "{told}: {status}");
    let doctor = run(&target.environment, &["doctor"]);
    let found = String::from_utf8(doctor.stdout).unwrap();
    let mut warnings = found.lines().filter(|it| it.starts_with("warning\tsources\t"));
    assert!(warnings.clone().any(|it| it.contains(told)), "{told}: {found}");
    // A failure that may be caused by the range is shown with the range.
    if told.contains("500") {
        let ranges = warnings
            .find(|it| it.contains(" ranges cannot be read; the newest one"))
            .expect(&found);
        assert!(ranges.contains(": APPLET sessions from "), "{ranges}");
    }
}

on_sqlite_alone!(a_wrong_key_is_told_at_once, "the source refuses it");
fn a_wrong_key_is_told_at_once(on: DatabaseKind) {
    let source = Source::start(on, &history(3, 1));
    let target = Target::new(on);
    std::fs::write(target.environment.path().join("source.key"), "another-key-0123").unwrap();
    let (output, succeeded) = target.sync(&source.address(), &[]);
    assert!(!succeeded && output.contains("error message 'Invalid KEY.'"), "{output}");
    let doctor = run(&target.environment, &["doctor"]);
    let found = String::from_utf8(doctor.stdout).unwrap();
    let line = found.lines().find(|line| line.starts_with("warning\tsources\t")).expect(&found);
    assert!(line.contains("which 'acme' mirrors") && line.contains("'Invalid KEY.'"), "{line}");
    std::fs::write(target.environment.path().join("source.key"), "\n").unwrap();
    let (output, succeeded) = target.sync(&source.address(), &[]);
    assert!(!succeeded && output.contains("the key in source.key is empty"), "{output}");
}
