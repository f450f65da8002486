//! Backups that are made while the gateway serves and an import runs, and restored: each is one moment of the history.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    database::{Database, DatabaseKind, on_each_database},
    feed::{Mirror, stored_notes},
    process::{CommandEnvironment, Server, command, run_with_input, stdout},
    server::select,
};

mod sqlite;

/// The sessions of an import, and how many of them one transaction stores.
const SESSIONS: i64 = 4_000;
const BATCH: i64 = 500;
const SECRET: &str = "the-secret-of-acme-0123456789";

fn notes(id: i64) -> String {
    format!("word{} toner", id / BATCH)
}

/// A line of an import: the number of messages, links and fields follows from the number of the session.
fn session(id: i64) -> String {
    let message = json!({ "date": "2024-05-01 10:00:01", "sender": "Ann", "text": "hello" });
    let session = json!({
        "id": id, "date_start": "2024-05-01 10:00:00", "notes": notes(id),
        "tech_username": format!("t{}", id / BATCH), "chat_info": [message, message],
        "video_links": ["https://v.example"],
        "custom_fields": [{ "name": "Ticket", "value": "7" }],
    });
    format!("{session}\n")
}

fn lines(ids: std::ops::Range<i64>) -> String {
    ids.map(session).collect()
}

/// An account, to which sessions are imported while a gateway serves.
struct Source {
    environment: CommandEnvironment,
    _server: Server,
    import: Child,
    input: Option<ChildStdin>,
}

impl Source {
    fn start(on: DatabaseKind) -> Self {
        let environment = CommandEnvironment::new(on);
        stdout(&environment, &["account", "create", "acme"]);
        let create = ["key", "create", "--account", "acme", "--secret", "-"];
        assert!(run_with_input(&environment, &create, SECRET.as_bytes()).status.success());
        let server = Server::start(&environment, &[]);
        let mut import = command(&environment, &["import", "-", "--account", "acme"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = import.stdin.take();
        Self { environment, _server: server, import, input }
    }

    fn stored(&self) -> i64 {
        count(&self.environment.url(), "session")
    }

    fn send(&mut self, ids: std::ops::Range<i64>) {
        self.input.as_mut().unwrap().write_all(lines(ids).as_bytes()).unwrap();
    }

    /// Waits until so many sessions are stored.
    fn wait_for(&self, sessions: i64) {
        let start = Instant::now();
        while self.stored() < sessions {
            assert!(start.elapsed() < Duration::from_secs(60), "the import does not go on");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends the import.
    fn finish(&mut self) {
        drop(self.input.take());
        assert!(self.import.wait().unwrap().success());
    }
}

fn number(url: &str, query: &str) -> i64 {
    select(url, query).unwrap()[0].try_get_by_index(0).unwrap()
}

fn count(url: &str, table: &str) -> i64 {
    number(url, &format!("SELECT COUNT(*) FROM {table}"))
}

/// A gateway over a database, and who reads the account.
async fn reader(environment: &CommandEnvironment) -> (Gateway, Tenant) {
    let database = Database::Elsewhere(environment.url());
    let gateway = Gateway::over(database, Duration::from_secs(60), &[]).await;
    let account = gateway.store.account("acme").await.unwrap();
    (gateway, Tenant { account, key: SECRET.to_owned() })
}

/// A restored database is as it was at one moment: it has whole batches, and the feed, the search and the statistics agree
/// with the tables. Returns its number of sessions.
async fn assert_one_moment(restored: &CommandEnvironment) -> i64 {
    let url = restored.url();
    let stored = stored_notes(&url);
    let sessions = stored.len() as i64;
    assert_eq!(sessions % BATCH, 0);
    let known = (0..sessions).map(|id| (id, json!(notes(id)))).collect();
    assert_eq!(stored, known);
    for (table, each) in [("chat_message", 2), ("video", 1), ("custom_field", 1)] {
        assert_eq!(count(&url, table), sessions * each, "{table}");
    }
    assert_eq!(count(&url, "technician"), sessions / BATCH);
    assert_eq!(number(&url, "SELECT position FROM change_counter"), sessions);
    let event = select(&url, "SELECT changed FROM audit_event WHERE action = 'IMPORT'").unwrap();
    let changed: i64 = event.first().map_or(0, |row| row.try_get_by_index(0).unwrap());
    assert_eq!(changed, sessions);

    let (gateway, tenant) = reader(restored).await;
    let mut mirror = Mirror::default();
    mirror.follow(&gateway.router, &tenant, &AtomicBool::new(true)).await;
    assert_eq!((mirror.notes, mirror.changes), (stored, sessions as usize));
    let data = gateway.data(
        &tenant,
        r#"{ all: sessions(filter: { search: "toner" }) { totalCount }
            one: sessions(filter: { search: "word1" }) { totalCount }
            sessionStats { total { count chatMessages } } }"#,
        Value::Null,
    );
    let data = data.await;
    assert_eq!(data["all"]["totalCount"], sessions);
    assert_eq!(data["one"]["totalCount"], if sessions > BATCH { BATCH } else { 0 });
    let total = json!({ "count": sessions, "chatMessages": 2 * sessions });
    assert_eq!(data["sessionStats"]["total"], total);
    sessions
}

/// Makes a backup as docs/OPERATIONS.md says.
fn back_up(source: &CommandEnvironment, on: DatabaseKind, file: &Path) {
    match on {
        DatabaseKind::Sqlite => {
            stdout(source, &["backup", file.to_str().unwrap()]);
        }
        DatabaseKind::Postgres => run(Command::new("pg_dump")
            .args(["--format=custom", "--dbname", &source.url(), "--file"])
            .arg(file)),
        DatabaseKind::MariaDb => run(mariadb("mariadb-dump", source)
            .args(["--single-transaction", "--result-file"])
            .arg(file)
            .arg(name(&source.url()))),
    }
}

/// Restores a backup as docs/OPERATIONS.md says, into a new database.
fn restore(on: DatabaseKind, file: &Path) -> CommandEnvironment {
    let restored = CommandEnvironment::bare(on);
    match on {
        DatabaseKind::Sqlite => {
            std::fs::copy(file, restored.path().join("session-history.sqlite3")).unwrap();
        }
        DatabaseKind::Postgres => run(Command::new("pg_restore")
            .args([
                "--single-transaction",
                "--exit-on-error",
                "--no-owner",
                "--dbname",
                &restored.url(),
            ])
            .arg(file)),
        DatabaseKind::MariaDb => run(mariadb("mariadb", &restored)
            .arg(name(&restored.url()))
            .stdin(std::fs::File::open(file).unwrap())),
    }
    restored
}

/// A program of MariaDB, which takes no URL.
fn mariadb(program: &str, environment: &CommandEnvironment) -> Command {
    let url = environment.url();
    let socket = url.split_once("?socket=").unwrap().1;
    let mut command = Command::new(program);
    command.arg(format!("--socket={socket}")).arg("--user=root");
    command
}

/// The name of a database, from its URL.
fn name(url: &str) -> &str {
    let path = url.split('?').next().unwrap();
    path.rsplit('/').next().unwrap()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

on_each_database!(async a_backup_that_is_made_during_an_import_is_one_moment_of_the_history);
async fn a_backup_that_is_made_during_an_import_is_one_moment_of_the_history(on: DatabaseKind) {
    let mut source = Source::start(on);
    let folder = tempfile::tempdir().unwrap();
    let mut backups: Vec<PathBuf> = Vec::new();
    for part in 0..4 {
        let ids = part * SESSIONS / 4..(part + 1) * SESSIONS / 4;
        // The import stores these while the backup is made.
        source.wait_for(ids.start / BATCH * BATCH);
        let file = folder.path().join(format!("backup-{part}"));
        std::thread::scope(|scope| {
            scope.spawn(|| source.input.as_ref().map(|mut it| it.write_all(lines(ids).as_bytes())));
            back_up(&source.environment, on, &file);
        });
        backups.push(file);
    }
    source.finish();
    assert_eq!(source.stored(), SESSIONS);

    let mut moments = Vec::new();
    for file in &backups {
        let restored = restore(on, file);
        moments.push(assert_one_moment(&restored).await);
        // The import is run again, as after a kill.
        let import = ["import", "-", "--account", "acme"];
        let output = run_with_input(&restored, &import, lines(0..SESSIONS).as_bytes());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(count(&restored.url(), "session"), SESSIONS);
        assert_eq!(number(&restored.url(), "SELECT position FROM change_counter"), SESSIONS);
    }
    assert!(moments.is_sorted(), "{moments:?}");
    assert!(moments.iter().any(|it| (1..SESSIONS).contains(it)), "{moments:?}");
}

on_each_database!(async after_a_restore_the_cursors_of_the_time_before_are_refused);
/// Otherwise a reader would miss the changes up to the position that it has.
async fn after_a_restore_the_cursors_of_the_time_before_are_refused(on: DatabaseKind) {
    let mut source = Source::start(on);
    source.send(0..BATCH);
    source.wait_for(BATCH);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup");
    back_up(&source.environment, on, &file);
    source.send(BATCH..2 * BATCH);
    source.finish();
    let (gateway, tenant) = reader(&source.environment).await;
    let mut mirror = Mirror::default();
    mirror.follow(&gateway.router, &tenant, &AtomicBool::new(true)).await;
    // With the cursor of the last change.
    let (query, variables) = mirror.next();

    let restored = restore(on, &file);
    stdout(&restored, &["restored"]);
    let import = ["import", "-", "--account", "acme"];
    let document = lines(5_000..5_000 + 3 * BATCH);
    assert!(run_with_input(&restored, &import, document.as_bytes()).status.success());
    let (gateway, tenant) = reader(&restored).await;
    let refused = gateway.graphql(&tenant, query, variables).await.json();
    assert_eq!(refused["errors"][0]["message"], "The cursor does not belong to this list.");
    // The reader begins again, and misses nothing.
    let mut mirror = Mirror::default();
    mirror.follow(&gateway.router, &tenant, &AtomicBool::new(true)).await;
    assert_eq!(mirror.notes, stored_notes(&restored.url()));
    assert_eq!(mirror.changes, 4 * BATCH as usize);
}
