//! `session-history backup`: what it writes, and what it refuses.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use super::{Source, count, lines, session};
use crate::support::{
    database::{DatabaseKind, on_each_server, on_sqlite_alone},
    process::{CommandEnvironment, command, run, run_with_input, stdout},
};

/// A database with some sessions.
fn filled(on: DatabaseKind) -> CommandEnvironment {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "acme"]);
    let import = ["import", "-", "--account", "acme"];
    assert!(run_with_input(&environment, &import, lines(0..200).as_bytes()).status.success());
    environment
}

/// What `backup` says when it fails. It leaves nothing behind.
fn fails(environment: &CommandEnvironment, file: &str) -> String {
    let folder = |path: &Path| -> Vec<_> {
        let mut names: Vec<_> =
            fs::read_dir(path).unwrap().map(|it| it.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = folder(environment.path());
    let output = run(environment, &["backup", file]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(folder(environment.path()), before);
    String::from_utf8(output.stderr).unwrap()
}

on_sqlite_alone!(only_its_owner_can_read_a_backup, "backups of servers are made by their tools");
fn only_its_owner_can_read_a_backup(on: DatabaseKind) {
    let environment = filled(on);
    // Others could read new files.
    let mut shell = Command::new("sh");
    let program = command(&environment, &[]).get_program().to_owned();
    shell.current_dir(environment.path()).args(["-c", "umask 0; exec \"$0\" backup copy.sqlite3"]);
    let output = shell.arg(program).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let copy = environment.path().join("copy.sqlite3");
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let told = String::from_utf8(output.stderr).unwrap();
    let expected = format!("{} has {} bytes\n", copy.display(), copy.metadata().unwrap().len());
    assert_eq!(told, expected);
    assert_eq!(count(&format!("sqlite:{}", copy.display()), "session"), 200);
}

on_sqlite_alone!(a_file_is_never_overwritten, "backups of servers are made by their tools");
fn a_file_is_never_overwritten(on: DatabaseKind) {
    let environment = filled(on);
    fs::write(environment.path().join("there"), "precious").unwrap();
    std::os::unix::fs::symlink("nowhere", environment.path().join("link")).unwrap();
    fs::create_dir(environment.path().join("folder")).unwrap();
    for file in ["there", "link", "folder", "session-history.sqlite3", "."] {
        let error = fails(&environment, file);
        assert!(error.contains("there is a file of this name"), "{file}: {error}");
    }
    assert_eq!(fs::read_to_string(environment.path().join("there")).unwrap(), "precious");
    let error = fails(&environment, "missing/copy.sqlite3");
    assert!(error.contains("was not written: No such file or directory"), "{error}");
}

on_sqlite_alone!(
    a_backup_that_cannot_be_written_leaves_nothing,
    "backups of servers are made by their tools"
);
fn a_backup_that_cannot_be_written_leaves_nothing(on: DatabaseKind) {
    let environment = filled(on);
    let mut shell = Command::new("sh");
    let program = command(&environment, &[]).get_program().to_owned();
    // Files have at most 64 blocks of 512 bytes; to write more is an error, as on a full disk.
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" backup copy.sqlite3";
    let output = shell.current_dir(environment.path()).args(["-c", script]).arg(program).output();
    let output = output.unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("copy.sqlite3 was not written: "), "{error}");
    assert!(error.contains("disk"), "{error}");
    let names = fs::read_dir(environment.path()).unwrap();
    let names: Vec<_> = names.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|name| name.starts_with("session-history.sqlite3")), "{names:?}");
}

on_sqlite_alone!(
    a_database_that_does_not_exist_has_no_backup,
    "backups of servers are made by their tools"
);
fn a_database_that_does_not_exist_has_no_backup(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    let error = fails(&environment, "copy.sqlite3");
    assert!(error.contains("session-history.sqlite3 does not exist"), "{error}");
}

on_sqlite_alone!(
    a_backup_has_no_remains_of_removed_texts,
    "backups of servers are made by their tools"
);
fn a_backup_has_no_remains_of_removed_texts(on: DatabaseKind) {
    let environment = filled(on);
    let secret = session(900).replace("toner", "Xylophonist");
    let import = ["import", "-", "--account", "acme"];
    assert!(run_with_input(&environment, &import, secret.as_bytes()).status.success());
    let erase = ["erase", "--account", "acme", "--yes", "--no-vacuum", "--filter"];
    let filter = r#"{"search":"Xylophonist"}"#;
    stdout(&environment, &[&erase[..], &[filter]].concat());
    stdout(&environment, &["backup", "copy.sqlite3"]);
    let copy = fs::read(environment.path().join("copy.sqlite3")).unwrap();
    let has = |word: &[u8]| copy.windows(word.len()).any(|it| it.eq_ignore_ascii_case(word));
    assert!(has(b"toner") && !has(b"xylophonist"));
}

on_sqlite_alone!(a_backup_does_not_stop_an_import, "backups of servers are made by their tools");
fn a_backup_does_not_stop_an_import(on: DatabaseKind) {
    let mut source = Source::start(on);
    source.send(0..1_000);
    source.wait_for(1_000);
    // A reader holds the state that it copies, and the import goes on.
    stdout(&source.environment, &["backup", "one.sqlite3"]);
    source.send(1_000..2_000);
    stdout(&source.environment, &["backup", "two.sqlite3"]);
    source.finish();
    assert_eq!(source.stored(), 2_000);
}

on_each_server!(a_database_on_a_server_is_refused_with_the_right_tool);
fn a_database_on_a_server_is_refused_with_the_right_tool(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    let error = fails(&environment, "copy.sql");
    let tool = if on == DatabaseKind::Postgres { "pg_dump " } else { "mariadb-dump " };
    assert!(error.contains(tool), "{error}");
    assert!(!error.contains(&environment.url()), "{error}");
    // The server is not even asked.
    let away = CommandEnvironment::at("postgres://ann:secret@127.0.0.1:9/history".into());
    let error = fails(&away, "copy.sql");
    assert!(error.contains("pg_dump ") && !error.contains("secret"), "{error}");
}
