//! Readers of the feed beside everything that writes.
//!
//! `TEST_ROUNDS` sets the number of rounds, and `--nocapture` shows what each of them had:
//! `TEST_ROUNDS=10 cargo test --workspace --test behaviour -- concurrent --nocapture`.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
};

use axum::Router;
use futures_util::{StreamExt, future::join_all};
use serde_json::json;
use session_history::{
    domain::{
        audit::AuditSource,
        filter::{Comparison, Filter, SessionCondition, SessionNumber},
        viewer::Scope,
    },
    history::{
        removal::{Removal, RemovalKind},
        writer::{Outcome, Writer},
    },
    store::{Options, Store},
};

use crate::support::{
    Gateway, Tenant, clock,
    database::{DatabaseKind, on_each_database},
    feed::{Mirror, stored_notes},
    rounds::{report, rounds},
    router, write, writer,
};

/// The new sessions of a batch of each writer, and the number of its batches. A transaction that takes long begins before
/// short ones and ends after them. The last writer sends mutations.
const WRITERS: [(i64, i64); 3] = [(60, 12), (1, 100), (2, 60)];
/// The sessions that all writers change.
const SHARED: i64 = 10;
/// Of each 100 sessions, those that are deleted, and those that are anonymized.
const DELETED: (i64, i64) = (20, 40);
const ANONYMIZED: (i64, i64) = (60, 80);

/// The batches of a writer, with their notes: new sessions, one that other writers write too, and some that
/// were removed perhaps.
fn batches(nth: usize) -> impl Iterator<Item = (String, Vec<i64>)> {
    let ((size, batches), writers) = (WRITERS[nth], WRITERS.len() as i64);
    (0..batches).map(move |batch| {
        let id = move |place| SHARED + place * writers + nth as i64;
        let new = (batch * size..(batch + 1) * size).map(id);
        let old = (0..batch * size).step_by(37).map(id);
        (format!("{nth}/{batch}"), new.chain(old).chain([batch % SHARED]).collect())
    })
}

fn is_removed(id: i64, (from, to): (i64, i64)) -> bool {
    (from..to).contains(&(id % 100))
}

/// Writes the batches of a writer as an import does.
async fn import(writer: Writer, nth: usize) {
    for (notes, ids) in batches(nth) {
        let session = |id: &i64| json!({"id": id, "notes": notes, "date_start": "2024-01-01"});
        let outcomes = write(&writer, &ids.iter().map(session).collect::<Vec<_>>()).await;
        for (id, outcome) in ids.into_iter().zip(outcomes) {
            let may_be_removed = is_removed(id, DELETED) || is_removed(id, ANONYMIZED);
            assert!(
                may_be_removed || !matches!(outcome, Outcome::Rejected(_)),
                "{id}: {outcome:?}"
            );
        }
    }
}

/// Sends the batches of the last writer as mutations, three of them at a time.
async fn record(router: &Router, recorder: &Tenant) {
    let query = "mutation($sessions: [SessionInput!]!) {
        recordSessions(sessions: $sessions) { results { outcome problem } } }";
    let call = async |(notes, ids): (String, Vec<i64>)| {
        let session =
            |id: &i64| json!({"legacyId": id, "notes": notes, "startedAt": "2024-01-01T00:00:00Z"});
        let sessions: Vec<_> = ids.iter().map(session).collect();
        let request = Gateway::graphql_request(recorder, query, json!({ "sessions": sessions }));
        let answer = Gateway::call_router(router, request).await.json();
        assert_eq!(answer.get("errors"), None);
        let results = answer["data"]["recordSessions"]["results"].as_array().unwrap();
        assert_eq!(results.len(), sessions.len());
        for (id, result) in ids.into_iter().zip(results) {
            let may_be_removed = is_removed(id, DELETED) || is_removed(id, ANONYMIZED);
            assert!(may_be_removed || result["outcome"] != "REJECTED", "{id}: {result}");
        }
    };
    futures_util::stream::iter(batches(WRITERS.len() - 1)).for_each_concurrent(3, call).await;
}

/// Removes ranges of sessions, again and again until the writers are done.
async fn remove(store: Store, tenant: &Tenant, kind: RemovalKind, done: &AtomicBool) {
    let (account, source) = (tenant.account, AuditSource::Command);
    let removal = Removal { store, account, kind, source, clock: clock() };
    let (from, to) = if kind == RemovalKind::Delete { DELETED } else { ANONYMIZED };
    let number = |comparison, number| {
        Filter::Is(SessionCondition::Number(SessionNumber::Id, comparison, number))
    };
    let last = batches(0).flat_map(|(_, ids)| ids).max().unwrap();
    loop {
        let was_done = done.load(Ordering::Acquire);
        for hundred in (0..=last).step_by(100) {
            let range =
                vec![number(Comparison::Gte, hundred + from), number(Comparison::Lt, hundred + to)];
            removal.run(&Filter::All(range), |_| ()).await.unwrap();
        }
        if was_done {
            return;
        }
    }
}

on_each_database!(async readers_beside_imports_recording_and_removals_lose_no_change);
async fn readers_beside_imports_recording_and_removals_lose_no_change(on: DatabaseKind) {
    for round in 1..=rounds(1) {
        let gateway = Gateway::start(on).await;
        let tenant = gateway.tenant("acme").await;
        let recorder = gateway.with_scopes(&tenant, &[Scope::Write]).await;
        // A second gateway on the same database.
        let options = Options { url: gateway.database.url(), ..Options::default() };
        let second = Store::connect(&options).await.unwrap();
        let routers = [gateway.router.clone(), router(&second, &[])];
        let (written, done) = (AtomicBool::new(false), AtomicBool::new(false));
        let writers = async {
            tokio::join!(
                import(writer(&gateway.store, &tenant), 0),
                import(writer(&second, &tenant), 1),
                record(&routers[1], &recorder)
            );
            written.store(true, Ordering::Release);
        };
        let changes = async {
            tokio::join!(
                writers,
                remove(second.clone(), &tenant, RemovalKind::Delete, &written),
                remove(gateway.store.clone(), &tenant, RemovalKind::Anonymize, &written)
            );
            done.store(true, Ordering::Release);
        };
        let readers = (0..4).map(async |nth| {
            let mut mirror = Mirror::default();
            mirror.follow(&routers[nth % 2], &tenant, &done).await;
            mirror
        });
        let ((), mirrors) = tokio::join!(changes, join_all(readers));
        let stored = stored_notes(&gateway.database.url());
        let ids = (0..WRITERS.len()).flat_map(|nth| batches(nth).flat_map(|(_, ids)| ids));
        let ids: BTreeSet<_> = ids.collect();
        let left = ids.iter().filter(|id| !is_removed(**id, DELETED)).copied();
        assert!(left.eq(stored.keys().copied()));
        let cleared = stored.iter().filter(|(_, notes)| notes.is_null()).map(|(id, _)| *id);
        assert!(cleared.eq(ids.iter().copied().filter(|id| is_removed(*id, ANONYMIZED))));
        let lost: Vec<_> = mirrors.iter().map(|mirror| mirror.differences(&stored)).collect();
        let read: Vec<_> = mirrors.iter().map(|mirror| mirror.changes).collect();
        report(&format!(
            "{on:?}, round {round}: {} sessions, changes read {read:?}, sessions that differ {:?}",
            stored.len(),
            lost.iter().map(Vec::len).collect::<Vec<_>>()
        ));
        assert!(lost.iter().all(Vec::is_empty), "{lost:?}");
        // They read while the writers wrote, and not only at the end.
        assert!(read.iter().all(|read| *read > ids.len()), "{read:?} of {}", ids.len());
    }
}
