//! Readers of the feed beside imports and removals.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use axum::Router;
use serde_json::{Value, json};
use session_history::{
    domain::{
        audit::AuditSource,
        filter::{Comparison, Filter, SessionCondition, SessionNumber},
        session::StartMethod,
    },
    history::{
        limits::check,
        removal::{Removal, RemovalKind},
        writer::{Writer, WriterAudit},
    },
    store::{Options, Store},
};

use crate::support::{
    Gateway, Tenant, clock,
    database::{DatabaseKind, on_each_database},
    records, router,
};

/// The batches of each writer.
const BATCHES: i64 = 60;
/// The sessions of a batch.
const SIZE: i64 = 8;

const PAGE: &str = "query($after: String) { sessionChanges(after: $after, first: 50) {
    cursor pageInfo { hasNextPage } nodes { kind legacyId session { notes } } } }";

/// A copy of the history that a reader keeps: the notes of each session.
type Mirror = BTreeMap<String, Value>;

/// Writes batches of new sessions and of old ones, of which some were removed meanwhile.
async fn write(store: Store, tenant: &Tenant, nth: i64) {
    let account = tenant.account;
    let writer = Writer {
        store,
        account,
        start_method: StartMethod::Applet,
        restore_removed: false,
        audit: WriterAudit::Nothing,
        clock: clock(),
    };
    for batch in 0..BATCHES {
        let new = (batch * SIZE..(batch + 1) * SIZE).map(|place| place * 2 + nth);
        let old = (0..batch * SIZE).step_by(37).map(|place| place * 2 + 1 - nth);
        let session = |id: i64| {
            let notes = format!("{nth}/{batch}");
            json!({ "id": id, "notes": notes, "date_start": "2024-01-01" })
        };
        let sessions: Vec<_> = new.chain(old).map(session).collect();
        let valid = records(&json!(sessions).to_string()).into_iter().map(|it| check(it).unwrap());
        let valid: Vec<_> = valid.collect();
        writer.write(&Vec::from_iter(&valid)).await.unwrap();
    }
}

/// Removes ranges of sessions, again and again until the writers are done.
async fn remove(store: Store, tenant: &Tenant, kind: RemovalKind, done: &AtomicBool) {
    let (account, source) = (tenant.account, AuditSource::Command);
    let removal = Removal { store, account, kind, source, clock: clock() };
    let first = if kind == RemovalKind::Delete { 0 } else { 30 };
    let number = |comparison, number| {
        Filter::Is(SessionCondition::Number(SessionNumber::Id, comparison, number))
    };
    loop {
        let was_done = done.load(Ordering::Acquire);
        for start in (first..BATCHES * SIZE * 2).step_by(100) {
            let range = vec![number(Comparison::Gte, start), number(Comparison::Lt, start + 20)];
            removal.run(&Filter::All(range), |_| ()).await.unwrap();
        }
        if was_done {
            return;
        }
    }
}

/// Reads the feed without a pause, until there is nothing more after the writers ended.
async fn follow(router: Router, tenant: &Tenant, done: &AtomicBool) -> Mirror {
    let (mut mirror, mut after) = (Mirror::new(), Value::Null);
    loop {
        let was_done = done.load(Ordering::Acquire);
        let request = Gateway::graphql_request(tenant, PAGE, json!({ "after": after }));
        let answer = Gateway::call_router(&router, request).await.json();
        assert_eq!(answer.get("errors"), None);
        let page = &answer["data"]["sessionChanges"];
        for node in page["nodes"].as_array().unwrap() {
            let number = node["legacyId"].as_str().unwrap().to_owned();
            match node["kind"].as_str() {
                Some("DELETED") => mirror.remove(&number),
                _ => mirror.insert(number, node["session"]["notes"].clone()),
            };
        }
        after = page["cursor"].clone();
        if was_done && page["pageInfo"]["hasNextPage"] == json!(false) {
            return mirror;
        }
        tokio::task::yield_now().await;
    }
}

on_each_database!(async readers_beside_imports_and_removals_lose_no_change);
async fn readers_beside_imports_and_removals_lose_no_change(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    // A second gateway on the same database.
    let options = Options { url: gateway.database.url(), ..Options::default() };
    let second = Store::connect(&options).await.unwrap();
    let routers = [gateway.router.clone(), router(&second, &[])];
    let (written, done) = (AtomicBool::new(false), AtomicBool::new(false));
    let writers = async {
        tokio::join!(write(gateway.store.clone(), &tenant, 0), write(second.clone(), &tenant, 1));
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
    let readers = (0..4).map(|nth| follow(routers[nth % 2].clone(), &tenant, &done));
    let ((), copies) = tokio::join!(changes, futures_util::future::join_all(readers));
    let expected = follow(routers[0].clone(), &tenant, &done).await;
    // 20 of each 100 sessions are deleted, and 20 are anonymized.
    let stored = BATCHES * SIZE * 2;
    let deleted = (0..stored).filter(|id| id % 100 < 20).count();
    let anonymized = (0..stored).filter(|id| (30..50).contains(&(id % 100))).count();
    assert_eq!(expected.len(), stored as usize - deleted);
    assert_eq!(expected.values().filter(|notes| notes.is_null()).count(), anonymized);
    for copy in copies {
        assert_eq!(copy, expected);
    }
}
