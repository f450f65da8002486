//! The file of an SQLite database: why it cannot be used, and that it is whole when a command ends.

use std::{
    fs,
    io::Write,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use super::replaced_files::wait_until;
use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    process::{CommandEnvironment, Server, command, run, run_with_input, stdout},
    server::{program, select},
};

on_sqlite_alone!(a_file_that_cannot_be_used_is_named_with_the_reason, "only SQLite has files");
fn a_file_that_cannot_be_used_is_named_with_the_reason(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    let folder = environment.path().to_owned();
    fs::write(folder.join("file"), "text").unwrap();
    fs::write(folder.join("letter"), "This is a letter and no database. ".repeat(100)).unwrap();
    for (path, reason) in [
        ("missing/a.sqlite3", "No such file or directory"),
        ("file/a.sqlite3", "its folder is a file"),
        (".", "is a folder"),
        ("letter", "file is not a database"),
        ("a.sqlite3?mode=ro", "read-only"),
        ("", "names no file"),
    ] {
        let url = format!("sqlite:{path}");
        let told = super::refused(&environment, &["account", "list", "--database-url", &url]);
        assert!(told.contains(reason), "{path}: {told}");
        let whole = std::path::absolute(folder.join(path)).unwrap();
        let named = if reason.contains("no database") { whole.to_str().unwrap() } else { "" };
        super::assert_names_the_fault(&told, named);
    }
}

on_sqlite_alone!(a_file_that_may_not_be_written_is_named_with_the_reason, "only SQLite has files");
fn a_file_that_may_not_be_written_is_named_with_the_reason(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    stdout(&environment, &["account", "create", "acme"]);
    let file = environment.path().join("session-history.sqlite3");
    program::give_away(environment.path());
    program::give_away(&file);
    let may = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    let list = || {
        let mut command = command(&environment, &["account", "list"]);
        let owner = fs::metadata(environment.path()).unwrap();
        use std::os::unix::fs::MetadataExt;
        command.uid(owner.uid()).gid(owner.gid());
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    may(&file, 0o444).unwrap();
    let (done, told) = list();
    assert!(!done && told.contains(file.to_str().unwrap()), "{told}");
    super::assert_names_the_fault(&told, "Permission denied");
    may(&file, 0o644).unwrap();
    may(environment.path(), 0o555).unwrap();
    let (done, told) = list();
    may(environment.path(), 0o755).unwrap();
    assert!(!done && told.contains(file.to_str().unwrap()), "{told}");
    super::assert_names_the_fault(&told, "make files in its folder");
    assert!(list().0);
}

/// What the write-ahead log holds.
fn log_bytes(environment: &CommandEnvironment) -> u64 {
    fs::metadata(environment.path().join("session-history.sqlite3-wal"))
        .map_or(0, |file| file.len())
}

/// Waits until the jobs of a gateway have written what they write at their start. They write again when a lease is
/// renewed.
fn wait_for_jobs(environment: &CommandEnvironment) {
    let started = "SELECT COUNT(*) FROM job WHERE name = 'retention' AND finished_at > 0 \
                   OR name = 'webhooks' AND leased_until > 0";
    wait_until(Duration::from_secs(30), "the jobs did not start", || {
        let rows = select(&environment.url(), started).unwrap();
        rows[0].try_get_by_index::<i64>(0).unwrap() == 2
    });
}

const SESSION: &str = r#"{"requests":[{"id":7,"date_start":"2024-05-01 10:00:00"}"#;

on_sqlite_alone!(a_command_leaves_nothing_in_the_write_ahead_log, "only SQLite has one");
fn a_command_leaves_nothing_in_the_write_ahead_log(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    for arguments in [
        &["migrate", "up"][..],
        &["account", "create", "acme"],
        &["account", "create", "acme"],
        &["key", "create", "--account", "acme"],
        &["migrate", "status"],
        &["key", "list"],
    ] {
        run(&environment, arguments);
        assert_eq!(log_bytes(&environment), 0, "{arguments:?}");
    }
    // A document that breaks off.
    let output =
        run_with_input(&environment, &["import", "-", "--account", "acme"], SESSION.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(log_bytes(&environment), 0);
    // While a gateway has the file open.
    let server = Server::start(&environment, &["--job-lease", "3600"]);
    wait_for_jobs(&environment);
    for _ in 0..3 {
        stdout(&environment, &["key", "create", "--account", "acme"]);
        assert_eq!(log_bytes(&environment), 0);
    }
    drop(server);
}

on_sqlite_alone!(a_command_that_is_interrupted_leaves_nothing_there, "only SQLite has one");
fn a_command_that_is_interrupted_leaves_nothing_there(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    stdout(&environment, &["account", "create", "acme"]);
    let import = ["import", "-", "--account", "acme"];
    for signal in ["INT", "TERM"] {
        let mut child = command(&environment, &import)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        // One batch and a part of the next.
        write!(input, "{SESSION}").unwrap();
        for id in 8..700 {
            write!(input, r#",{{"id":{id},"date_start":"2024-05-01 10:00:00"}}"#).unwrap();
        }
        input.flush().unwrap();
        wait_until(Duration::from_secs(30), "nothing was written", || log_bytes(&environment) > 0);
        kill(signal, child.id());
        assert!(!child.wait().unwrap().success());
        assert_eq!(log_bytes(&environment), 0, "{signal}");
        drop(input);
        stdout(&environment, &["account", "list"]);
        fs::remove_file(environment.path().join("session-history.sqlite3")).unwrap();
        stdout(&environment, &["account", "create", "acme"]);
    }
}

on_sqlite_alone!(a_gateway_that_ends_leaves_nothing_there, "only SQLite has one");
fn a_gateway_that_ends_leaves_nothing_there(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    let server = Server::start(&environment, &["--demo"]);
    assert_ne!(log_bytes(&environment), 0);
    server.terminate();
    assert_eq!(log_bytes(&environment), 0);
}

fn kill(signal: &str, process: u32) {
    let done = Command::new("kill").args(["-s", signal, &process.to_string()]).status();
    assert!(done.unwrap().success());
}
