//! Two batches of an import are written at the same time on PostgreSQL. What is stored, and the order of changes, are the same
//! as if they were written one after the other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use session_history::{
    domain::time::Clock,
    history::writer::Writer,
    ingest::{pipeline::ImportError, tally::Tally},
};
use tokio::time::sleep;

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
    feed::{Mirror, stored_notes},
    import::{import, try_import},
    server::{administer, select},
    write, writer,
};

/// The maximum number of sessions of a batch.
const BATCH: i64 = 500;

/// Lets the insert of session 1,200 wait until the gate is open. Session 1,100 is inserted before it, session 1,400 after it.
const GATE: [&str; 3] = [
    "CREATE TABLE gate (is_open boolean)",
    "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        WHILE NOT EXISTS (SELECT FROM gate WHERE is_open) LOOP PERFORM pg_sleep(0.01); END LOOP;
        RETURN NEW;
    END $$",
    "CREATE TRIGGER wait BEFORE INSERT ON session FOR EACH ROW WHEN (NEW.id = 1200) EXECUTE FUNCTION wait()",
];
const OPEN: [&str; 1] = ["INSERT INTO gate VALUES (true)"];
const WAITS_AT_GATE: &str =
    "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
const SECOND_BATCH: &str = "SELECT FROM session WHERE id = 999";
const WAITS_FOR_LOCK: &str =
    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";

/// Session 1,700 cannot be stored.
const FAULT: [&str; 2] = [
    "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a fault'; END $$",
    "CREATE TRIGGER fail BEFORE INSERT ON session FOR EACH ROW WHEN (NEW.id = 1700) EXECUTE FUNCTION fail()",
];

fn session(id: i64, notes: &str) -> Value {
    json!({
        "id": id, "date_start": "2024-01-01", "notes": notes, "tech_username": format!("t{}", id % 3),
        "chat_info": [{"date": "2024-01-01 00:00:01", "sender": "Ada", "text": "hello"}],
    })
}

/// A writer with the real time.
fn importer(gateway: &Gateway, tenant: &Tenant) -> Writer {
    Writer { clock: Clock::system(), ..writer(&gateway.store, tenant) }
}

/// The records of sessions with these notes.
fn sessions(ids: impl Iterator<Item = i64>, notes: &str) -> Value {
    ids.map(|id| session(id, notes)).collect()
}

fn numbers(gateway: &Gateway, statement: &str) -> Vec<i64> {
    let rows = select(&gateway.database.url(), statement).unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// The sessions in the order of their changes.
fn changed(gateway: &Gateway) -> Vec<i64> {
    numbers(gateway, "SELECT session_id FROM session_change ORDER BY position")
}

/// Each session has one message, one row of words, and one change, whose time is never before that of an earlier change.
fn check_stored(gateway: &Gateway, sessions: usize) {
    for table in ["session", "chat_message", "session_words", "session_change"] {
        let count = numbers(gateway, &format!("SELECT COUNT(*) FROM {table}"));
        assert_eq!(count, [sessions as i64], "{table}");
    }
    let of_change = "SELECT updated_at FROM session_change c JOIN session s ON s.id = c.session_id
        AND s.updated_at = c.changed_at ORDER BY position";
    let times = numbers(gateway, of_change);
    assert_eq!(times.len(), sessions);
    assert!(times.is_sorted());
}

async fn until_found(gateway: &Gateway, statement: &str) {
    while select(&gateway.database.url(), statement).unwrap().is_empty() {
        sleep(Duration::from_millis(10)).await;
    }
}

on_each_database!(async each_batch_of_new_sessions_but_the_first_begins_early: postgres Postgres);
async fn each_batch_of_new_sessions_but_the_first_begins_early(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let (early, locked) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
    let counts = (Arc::clone(&early), Arc::clone(&locked));
    gateway.observe_statements(move |statement| {
        counts.0.fetch_add(statement.sql.contains("lock_timeout").into(), Ordering::Relaxed);
        let is_lock =
            statement.sql.contains("change_counter") && statement.sql.contains("FOR UPDATE");
        counts.1.fetch_add(is_lock.into(), Ordering::Relaxed);
    });
    let writer = importer(&gateway, &tenant);
    let tally = import(&writer, &sessions(0..10 * BATCH, "new")).await;
    assert_eq!(tally, Tally { new: 5_000, ..Tally::default() });
    // No batch was locked twice, so none was written twice.
    let counts = [early, locked].map(|count| count.load(Ordering::Relaxed));
    assert_eq!(counts, [9, 10]);
    assert_eq!(changed(&gateway), Vec::from_iter(0..10 * BATCH));
    check_stored(&gateway, 5_000);
    // Sessions that are stored are changed in the ordinary way.
    let tally = import(&writer, &sessions(0..10 * BATCH, "changed")).await;
    assert_eq!(tally, Tally { changed: 5_000, ..Tally::default() });
    check_stored(&gateway, 5_000);
}

/// A change of `id` while the third batch has begun early. Returns the sessions in the order of their changes, and the notes
/// of `id`.
async fn change_beside_early_batch(on: DatabaseKind, id: i64) -> (Vec<i64>, Value) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let url = gateway.database.url();
    administer(&url, &GATE).unwrap();
    let writer = importer(&gateway, &tenant);
    let document = sessions(0..5 * BATCH, "imported");
    let change = async {
        for statement in [WAITS_AT_GATE, SECOND_BATCH] {
            until_found(&gateway, statement).await;
        }
        let is_changed = AtomicBool::new(false);
        let change = async {
            write(&writer, &[session(id, "recorded")]).await;
            is_changed.store(true, Ordering::Relaxed);
        };
        let open = async {
            while !is_changed.load(Ordering::Relaxed)
                && select(&url, WAITS_FOR_LOCK).unwrap().is_empty()
            {
                sleep(Duration::from_millis(10)).await;
            }
            administer(&url, &OPEN).unwrap();
        };
        tokio::join!(change, open);
    };
    tokio::join!(import(&writer, &document), change);
    check_stored(&gateway, 2_500);
    (changed(&gateway), stored_notes(&url)[&id].clone())
}

on_each_database!(async a_change_of_a_stored_session_comes_before_an_early_batch: postgres Postgres);
async fn a_change_of_a_stored_session_comes_before_an_early_batch(on: DatabaseKind) {
    let (changed, notes) = change_beside_early_batch(on, 5).await;
    // The change comes after the second batch and before the third.
    let order = (0..1_000).filter(|id| *id != 5).chain([5]).chain(1_000..2_500);
    assert_eq!(changed, Vec::from_iter(order));
    assert_eq!(notes, "recorded");
}

on_each_database!(async a_session_that_is_stored_beside_an_early_batch_is_merged: postgres Postgres);
async fn a_session_that_is_stored_beside_an_early_batch_is_merged(on: DatabaseKind) {
    // The early batch has not inserted session 1,400 yet. It has inserted session 1,100, for which the other change waits.
    for id in [1_400, 1_100] {
        let (changed, notes) = change_beside_early_batch(on, id).await;
        assert_eq!(changed, Vec::from_iter(0..2_500), "{id}");
        assert_eq!(notes, "imported", "{id}");
    }
}

on_each_database!(async a_batch_that_cannot_be_stored_ends_an_import_before_later_batches: postgres Postgres);
async fn a_batch_that_cannot_be_stored_ends_an_import_before_later_batches(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    administer(&gateway.database.url(), &FAULT).unwrap();
    let writer = importer(&gateway, &tenant);
    let (done, tally) = try_import(&writer, &sessions(0..6 * BATCH, "new")).await;
    assert!(matches!(done, Err(ImportError::Store(_))), "{done:?}");
    assert_eq!(tally, Tally { new: 1_500, ..Tally::default() });
    assert_eq!(changed(&gateway), Vec::from_iter(0..1_500));
    check_stored(&gateway, 1_500);
}

on_each_database!(async a_session_that_is_in_two_batches_has_the_later_record: postgres Postgres);
async fn a_session_that_is_in_two_batches_has_the_later_record(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    // Each batch after the first has one session of the batch before.
    let ids = |batch: i64| batch * BATCH + 1 - batch..(batch + 1) * BATCH + 1 - batch;
    let records: Value = (0..6)
        .flat_map(|batch| ids(batch).map(move |id| session(id, &batch.to_string())))
        .collect();
    let writer = importer(&gateway, &tenant);
    let tally = import(&writer, &records).await;
    assert_eq!(tally, Tally { new: 2_995, changed: 5, ..Tally::default() });
    check_stored(&gateway, 2_995);
    let notes = stored_notes(&gateway.database.url());
    for batch in 0..6 {
        assert_eq!(notes[&ids(batch).start], batch.to_string());
    }
}

on_each_database!(async imports_of_the_same_sessions_beside_changes_lose_nothing: postgres Postgres);
async fn imports_of_the_same_sessions_beside_changes_lose_nothing(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let done = AtomicBool::new(false);
    // The batches of the two imports overlap.
    let imports = [(0, "a"), (BATCH / 2, "b")].map(async |(first, notes)| {
        let writer = importer(&gateway, &tenant);
        import(&writer, &sessions(first..first + 8 * BATCH, notes)).await;
    });
    let record = async {
        let writer = importer(&gateway, &tenant);
        for id in (0..8 * BATCH).step_by(37) {
            write(&writer, &[session(id, "c")]).await;
        }
    };
    let [a, b] = imports;
    let writers = async {
        tokio::join!(a, b, record);
        done.store(true, Ordering::Release);
    };
    let mut mirror = Mirror::default();
    tokio::join!(writers, mirror.follow(&gateway.router, &tenant, &done));
    let count = 8 * BATCH + BATCH / 2;
    check_stored(&gateway, count.try_into().unwrap());
    let stored = stored_notes(&gateway.database.url());
    assert_eq!(mirror.differences(&stored), [0; 0]);
}
