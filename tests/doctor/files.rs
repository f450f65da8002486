//! Files: those of an SQLite database, and those of TLS.

use std::{
    fs::{self, OpenOptions, Permissions},
    os::unix::fs::{FileExt, PermissionsExt},
};

use super::{diagnose, finds, installed};
use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    process::{CommandEnvironment, run_with_input},
    server::administer,
    tls::make_certificate,
};

const FILE: &str = "session-history.sqlite3";

on_sqlite_alone!(a_file_that_others_can_use_is_found, "it is about files");
fn a_file_that_others_can_use_is_found(on: DatabaseKind) {
    let environment = installed(on);
    let (folder, file) = (environment.path(), environment.path().join(FILE));
    let mode = |path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    mode(&*file, 0o644);
    let (code, found) = diagnose(&environment, &[]);
    assert_eq!(code, 1);
    let told = format!("run 'chmod 600 {}'", file.display());
    assert!(found[0].contains("mode 644") && found[0].contains(&told), "{found:?}");
    mode(&*file, 0o600);
    mode(folder, 0o777);
    let told = format!("run 'chmod go-w {}'", folder.display());
    finds(&environment, &[], "warning", &[&told]);
    mode(folder, 0o1777);
    assert_eq!(diagnose(&environment, &[]), (0, vec![]));
}

on_sqlite_alone!(a_file_that_does_not_exist_is_found_and_not_made, "it is about files");
fn a_file_that_does_not_exist_is_found_and_not_made(on: DatabaseKind) {
    let environment =
        CommandEnvironment::bare(on).with_variable("SESSION_HISTORY_LISTEN", "127.0.0.1:0");
    finds(&environment, &[], "problem", &[FILE, "does not exist"]);
    assert!(!environment.path().join(FILE).exists());
}

on_sqlite_alone!(rows_without_a_session_are_found, "a server does not allow them");
fn rows_without_a_session_are_found(on: DatabaseKind) {
    let environment = installed(on);
    let orphan = "INSERT INTO custom_field (account_id, session_id, seq, name, value, name_folded, value_folded)
        VALUES (1, 77, 1, 'a', 'b', 'a', 'b')";
    administer(&environment.url(), &["PRAGMA foreign_keys = OFF", orphan]).unwrap();
    assert_eq!(diagnose(&environment, &[]), (0, vec![]));
    finds(&environment, &["--full"], "problem", &["'custom_field'", "does not exist"]);
}

on_sqlite_alone!(a_damaged_page_is_found, "it is about files");
fn a_damaged_page_is_found(on: DatabaseKind) {
    let environment = installed(on);
    let session =
        |id| format!(r#"{{"id":{id},"date_start":"2024-05-01 10:00:00","notes":"toner toner"}}"#);
    let document: Vec<_> = (0..3_000).map(session).collect();
    let import = ["import", "-", "--account", "acme"];
    let done = run_with_input(&environment, &import, document.join("\n").as_bytes());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let file = OpenOptions::new().write(true).open(environment.path().join(FILE)).unwrap();
    // The last pages are of tables or indexes with these sessions.
    let pages = file.metadata().unwrap().len() / 4_096;
    for page in pages / 2..pages / 2 + 20 {
        file.write_all_at(&[0xA5; 4_096], page * 4_096).unwrap();
    }
    let (code, found) = diagnose(&environment, &["--full"]);
    assert_eq!(code, 2, "{found:?}");
    assert!(found.iter().any(|it| it.contains("damaged") || it.contains("malformed")), "{found:?}");
}

on_sqlite_alone!(a_certificate_that_ends_soon_or_is_wrong_is_found, "no storage is involved");
fn a_certificate_that_ends_soon_or_is_wrong_is_found(on: DatabaseKind) {
    let environment = installed(on);
    let folder = environment.path();
    make_certificate(folder, "tls");
    make_certificate(folder, "other");
    let flags = ["--tls-certificate", "tls.crt", "--tls-key", "tls.key"];
    assert_eq!(diagnose(&environment, &flags), (0, vec![]));
    for (days, level, told) in [("5", "warning", "renew it"), ("0", "problem", "which is over")] {
        let signed = std::process::Command::new("openssl")
            .args([
                "x509", "-in", "tls.crt", "-signkey", "tls.key", "-days", days, "-out", "tls.crt",
            ])
            .current_dir(folder)
            .output();
        assert!(signed.unwrap().status.success());
        finds(&environment, &flags, level, &["tls.crt ends at 20", told]);
    }
    let mixed = ["--tls-certificate", "tls.crt", "--tls-key", "other.key"];
    finds(&environment, &mixed, "problem", &["tls.crt"]);
    let missing = ["--tls-certificate", "missing.crt", "--tls-key", "tls.key"];
    finds(&environment, &missing, "problem", &["missing.crt", "No such file"]);
}
