//! Sources that are not as the vendor's: with a certificate of their own, another shape of answers, or fewer filters.

use std::{fs, io::Write, path::Path, process::Command};

use super::{
    limits::source,
    source::{PERSONAL, Source, Target, history},
};
use crate::support::{
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process::{CommandEnvironment, Server},
};

/// Makes `ca.crt`, and a certificate of this machine that it has signed, `tls.crt` with `tls.key`.
fn make_private_ca(folder: &Path) {
    let openssl = |arguments: &str| {
        let made = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output();
        let made = made.unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    let new = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30";
    openssl(&format!("{new} -subj /CN=private -out ca.crt -keyout ca.key"));
    openssl(&format!(
        "{new} -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=CA:FALSE \
         -CA ca.crt -CAkey ca.key -out tls.crt -keyout tls.key"
    ));
}

on_sqlite_alone!(a_source_with_a_private_ca_is_read_if_the_ca_is_given, "it is about TLS");
fn a_source_with_a_private_ca_is_read_if_the_ca_is_given(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    make_private_ca(environment.path());
    let flags = ["--tls-certificate", "tls.crt", "--tls-key", "tls.key"];
    let source = Source::start_in(environment, &history(5, 1), &flags);
    let (target, address) = (Target::new(on), source.address());
    assert!(address.starts_with("https://127.0.0.1:"), "{address}");
    let (told, succeeded) = target.sync(&address, &["--patience", "1s"]);
    assert!(!succeeded && told.contains("cannot be reached: "), "{told}");
    assert!(told.contains("certificate"), "{told}");
    assert!(target.status().contains("certificate"), "{}", target.status());
    let ca = source.environment.path().join("ca.crt").display().to_string();
    let (told, succeeded) = target.sync(&address, &["--ca-file", &ca]);
    assert!(succeeded && told.contains("new 5,"), "{told}");
    for (file, error) in [
        ("absent.crt", "cannot read the certificates in absent.crt: No such file"),
        ("source.key", "cannot read the certificates in source.key: it has none in PEM format"),
    ] {
        let (told, succeeded) = target.sync(&address, &["--ca-file", file]);
        assert!(!succeeded && told.contains(error), "{file}: {told}");
    }
}

on_each_database!(a_source_with_the_rest_profile_is_read_in_both_formats);
fn a_source_with_the_rest_profile_is_read_in_both_formats(on: DatabaseKind) {
    let flags = ["--legacy-profile", "rest"];
    let source = Source::start_in(CommandEnvironment::new(on), &history(40, 5), &flags);
    let standard = Server::start(&source.environment, &[]);
    for format in [&[][..], &["--json"]] {
        let target = Target::new(on);
        let (told, succeeded) = target.sync(&source.address(), &[&flags, format].concat());
        assert!(succeeded && told.contains("new 40,"), "{told}");
        assert!(target.answers() == source.answers_of(&standard), "{format:?}: {told}");
    }
}

/// A source that has the same two sessions whatever is asked. One has no start.
fn careless() -> String {
    source(|_, caller| {
        let document = format!(
            "<response><nrequests>2</nrequests><requests><request><id>7</id>\
             <date_start>2026-01-01 00:00:00</date_start></request><request><id>8</id>\
             <notes>{PERSONAL}</notes></request></requests></response>"
        );
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nconnection: close";
        let _ = write!(caller, "{head}\r\ncontent-length: {}\r\n\r\n{document}", document.len());
    })
}

on_sqlite_alone!(
    a_source_that_does_not_filter_by_start_method_is_told_and_can_be_read,
    "methods are stored alike"
);
fn a_source_that_does_not_filter_by_start_method_is_told_and_can_be_read(on: DatabaseKind) {
    let (target, address) = (Target::new(on), careless());
    let expected = "the source has session 7 for both start methods, so it does not filter by them";
    let (told, succeeded) = target.sync(&address, &[]);
    assert!(!succeeded && told.contains(expected), "{told}");
    assert!(target.status().contains(expected), "{}", target.status());
    let target = Target::new(on);
    let (told, _) = target.sync(&address, &["--start-method", "agent"]);
    assert!(told.contains("new 1,"), "{told}");
    let is_there: Vec<_> =
        target.answers().iter().map(|answer| answer.contains("2026-01-01")).collect();
    // All, started by applets, by agents: each in XML and JSON.
    assert_eq!(is_there, [true, true, false, false, true, true]);
}

on_sqlite_alone!(rejected_records_of_a_source_are_in_a_file, "no storage is involved");
fn rejected_records_of_a_source_are_in_a_file(on: DatabaseKind) {
    let target = Target::new(on);
    let flags = ["--start-method", "applet", "--rejects", "rejects.xml"];
    let output = target.sync(&careless(), &flags);
    let (told, succeeded) = output;
    // As of an import.
    assert!(!succeeded && told.contains("a session was rejected: "), "{told}");
    assert!(told.contains("rejected sessions are in rejects.xml"), "{told}");
    assert!(!told.contains(PERSONAL), "{told}");
    let rejects = fs::read_to_string(target.environment.path().join("rejects.xml")).unwrap();
    assert!(rejects.contains("<id>8</id>") && rejects.contains(PERSONAL), "{rejects}");
    assert!(!rejects.contains("<id>7</id>"), "{rejects}");
    let status = target.status();
    assert!(status.contains("\tread\t") && !status.contains("failed"), "{status}");
}
