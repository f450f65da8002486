//! The file of an SQLite database is replaced, deleted, cut or overwritten while a gateway serves from it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use sea_orm::ConnectionTrait;

use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    process::{CommandEnvironment, Server, run_with_input, stdout},
    server::on_connection,
    wire,
};

const NAMES: [&str; 3] = ["acme", "globex", "initech"];
/// Within this time the gateway has to notice what happened to the file.
const NOTICED: Duration = Duration::from_secs(2);
/// Much longer than it takes to open a file.
const WELL_AGAIN: Duration = Duration::from_secs(30);
const QUERY: &[u8] =
    br#"{"query":"{ sessions { nodes { customer { name } technician { name } } } }"}"#;

fn key(account: &str) -> String {
    format!("the-secret-of-{account}-0123456789")
}

fn file(environment: &CommandEnvironment) -> PathBuf {
    environment.path().join("session-history.sqlite3")
}

/// A database with three accounts in this order, hence with these numbers. The customer of each session
/// is its account's name.
fn database(on: DatabaseKind, accounts: [&str; 3]) -> CommandEnvironment {
    let environment = CommandEnvironment::bare(on);
    for account in accounts {
        stdout(&environment, &["account", "create", account]);
        let create = ["key", "create", "--account", account, "--secret", "-"];
        let done = run_with_input(&environment, &create, key(account).as_bytes());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let sessions: Vec<_> = (1..40)
            .map(|id| {
                format!(
                    r#"{{"id":{id},"date_start":"2024-05-01 10:00:00","customer_name":"{account}","tech_name":"{account}"}}"#
                )
            })
            .collect();
        let document = format!("[{}]", sessions.join(","));
        let import = ["import", "-", "--account", account];
        let done = run_with_input(&environment, &import, document.as_bytes());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    environment
}

fn ready(server: &Server) -> bool {
    wire::send(&server.url, "GET", "/health/ready", &[], b"").status == 200
}

/// Asks for the sessions of an account. Returns whether they were answered.
fn answered(server: &str, account: &str, legacy: bool) -> bool {
    let key = key(account);
    let (method, target, body) = if legacy {
        ("GET", "/get_session_history.php?VARS=CUSTOMER_NAME+CHAT_INFO+TECH_NAME", &b""[..])
    } else {
        ("POST", "/graphql", QUERY)
    };
    let headers = [("content-type", "application/json"), ("x-api-key", key.as_str())];
    // An answer that has begun is cut.
    let (reply, _) = wire::send_raw(server, method, target, &headers, body);
    let text = reply.text();
    for other in NAMES.into_iter().filter(|name| *name != account) {
        assert!(!text.contains(other), "{account} got rows of {other}: {text}");
    }
    if reply.status == 200 && !text.contains("error") {
        // An answer of the legacy URL is cut if it fails within.
        assert!(legacy || text.contains(account), "{account}: {text}");
        return true;
    }
    // Old callers get status 200 with an error.
    assert!(legacy || reply.status == 503, "{}: {text}", reply.status);
    false
}

pub(super) fn wait_until(limit: Duration, what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < limit, "{what} after {:?}", start.elapsed());
        thread::sleep(Duration::from_millis(20));
    }
}

/// Does something to the file under load, then puts the file of another database in its place. Returns
/// the log.
fn harm(on: DatabaseKind, harm: impl FnOnce(&Path, &Path)) -> String {
    let environment = database(on, NAMES);
    let other = database(on, ["globex", "initech", "acme"]);
    let server = Server::start(&environment, &["--key-cache", "60", "--database-connections", "4"]);
    assert!(ready(&server));
    let (stop, answers) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let end = End(&stop);
        for worker in 0..6 {
            let (url, stop, answers) = (server.url.clone(), &stop, &answers);
            scope.spawn(move || {
                while !stop.load(Relaxed) {
                    if answered(&url, NAMES[worker % 3], worker >= 3) {
                        answers.fetch_add(1, Relaxed);
                    }
                }
            });
        }
        wait_until(WELL_AGAIN, "no answers", || answers.load(Relaxed) > 30);
        let path = file(&environment);
        harm(&path, &file(&other));
        wait_until(NOTICED, "still ready", || !ready(&server));
        // It does not recover by itself.
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(1_500) {
            assert!(!ready(&server));
        }
        // The right file: by a rename, without the log of the earlier file.
        let copy = environment.path().join("copy");
        fs::copy(file(&other), &copy).unwrap();
        for end in ["-wal", "-shm"] {
            let _ =
                fs::remove_file(environment.path().join(format!("session-history.sqlite3{end}")));
        }
        fs::rename(&copy, &path).unwrap();
        wait_until(WELL_AGAIN, "not ready again", || ready(&server));
        let before = answers.load(Relaxed);
        wait_until(WELL_AGAIN, "no answers from the new file", || {
            answers.load(Relaxed) > before + 30
        });
        drop(end);
    });
    for account in NAMES {
        assert!(answered(&server.url, account, false), "{account}");
    }
    server.stop()
}

/// Ends the load, also when the test fails.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

fn assert_logged(log: &str, what: &str) {
    let told: Vec<_> = log.lines().filter(|line| line.contains("the database file")).collect();
    let fault = told.iter().filter(|line| line.contains(what) && line.contains("requests fail"));
    assert!((1..=2).contains(&fault.count()), "{what}: {told:?}");
    assert!(told.iter().any(|line| line.contains("the new file is open")), "{told:?}");
}

on_sqlite_alone!(
    rows_of_a_replaced_file_are_not_mixed_with_those_of_the_new_file,
    "only SQLite has files"
);
fn rows_of_a_replaced_file_are_not_mixed_with_those_of_the_new_file(on: DatabaseKind) {
    // The log of the earlier file stays, so the new file cannot be opened yet.
    let log = harm(on, |path, other| {
        let copy = path.with_extension("other");
        fs::copy(other, &copy).unwrap();
        fs::rename(&copy, path).unwrap();
    });
    assert_logged(&log, "was replaced by another file");
    assert!(log.contains("-wal belongs to the earlier file; remove it"), "{log}");
}

on_sqlite_alone!(a_deleted_file_is_noticed, "only SQLite has files");
fn a_deleted_file_is_noticed(on: DatabaseKind) {
    let log = harm(on, |path, _| {
        fs::remove_file(path).unwrap();
        // No command creates a new one meanwhile.
        thread::sleep(Duration::from_millis(700));
        assert!(!path.exists());
    });
    assert_logged(&log, "was deleted or moved away");
}

on_sqlite_alone!(a_file_that_was_cut_is_noticed, "only SQLite has files");
fn a_file_that_was_cut_is_noticed(on: DatabaseKind) {
    for size in [0, 8192] {
        let log = harm(on, |path, _| {
            fs::OpenOptions::new().write(true).open(path).unwrap().set_len(size).unwrap();
        });
        assert_logged(&log, "was overwritten or cut");
    }
}

on_sqlite_alone!(a_file_that_was_overwritten_is_noticed, "only SQLite has files");
fn a_file_that_was_overwritten_is_noticed(on: DatabaseKind) {
    let log = harm(on, |path, _| {
        let length = fs::metadata(path).unwrap().len();
        fs::write(path, "garbage ".repeat(length as usize / 8)).unwrap();
    });
    assert_logged(&log, "was overwritten or cut");
    // By another database, in place.
    let log = harm(on, |path, other| fs::write(path, fs::read(other).unwrap()).unwrap());
    assert_logged(&log, "was overwritten or cut");
}

/// Writes the number of an application into the header of a file.
fn set_application(path: &Path, number: u32) {
    let mut content = fs::read(path).unwrap();
    content[68..72].copy_from_slice(&number.to_be_bytes());
    fs::write(path, content).unwrap();
}

on_sqlite_alone!(a_file_of_another_program_is_refused, "only SQLite has files");
fn a_file_of_another_program_is_refused(on: DatabaseKind) {
    let made_by_gateway = CommandEnvironment::bare(on);
    stdout(&made_by_gateway, &["account", "create", "acme"]);
    // Fossil's number.
    set_application(&file(&made_by_gateway), 252_006_673);
    let with_other_table = CommandEnvironment::bare(on);
    on_connection(&with_other_table.url(), async |connection| {
        connection.execute_unprepared("CREATE TABLE session (id INTEGER, recipe TEXT)").await
    })
    .unwrap();
    for environment in [&made_by_gateway, &with_other_table] {
        let before = fs::read(file(environment)).unwrap();
        let told = super::refused(environment, &["account", "list"]);
        super::assert_names_the_fault(&told, "belongs to another program");
        assert_eq!(fs::read(file(environment)).unwrap(), before);
    }
}

on_sqlite_alone!(a_copy_that_was_made_of_sql_has_no_mark_and_gets_one, "only SQLite has files");
fn a_copy_that_was_made_of_sql_has_no_mark_and_gets_one(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    stdout(&environment, &["account", "create", "acme"]);
    set_application(&file(&environment), 0);
    assert!(stdout(&environment, &["account", "list"]).contains("acme"));
    let content = fs::read(file(&environment)).unwrap();
    assert_eq!(content[68..72], 0x5348_4757_u32.to_be_bytes());
}

on_sqlite_alone!(only_the_owner_can_read_the_files, "only SQLite has files");
fn only_the_owner_can_read_the_files(on: DatabaseKind) {
    use std::os::unix::fs::PermissionsExt;
    let environment = CommandEnvironment::bare(on);
    stdout(&environment, &["account", "create", "acme"]);
    let server = Server::start(&environment, &[]);
    fs::write(environment.path().join("bad.json"), r#"[{"id":"x"}]"#).unwrap();
    let import = ["import", "bad.json", "--account", "acme"];
    assert!(!crate::support::process::run(&environment, &import).status.success());
    let mut seen = Vec::new();
    for entry in fs::read_dir(environment.path()).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert!(name == "bad.json" || mode == 0o600, "{name}: {mode:o}");
        seen.push(name);
    }
    for end in [".sqlite3", "-wal", "-shm", ".rejects.json"] {
        assert!(seen.iter().any(|name| name.ends_with(end)), "{end}: {seen:?}");
    }
    drop(server);
}
