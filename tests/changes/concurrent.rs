//! Readers of the feed beside writers.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use axum::Router;
use futures_util::StreamExt;
use serde_json::{Value, json};
use session_history::{
    domain::{session::StartMethod, viewer::Scope},
    history::{
        limits::check,
        writer::{Writer, WriterAudit},
    },
    store::{Options, Store},
};

use crate::support::{
    Gateway, Tenant, clock,
    database::{DatabaseKind, on_each_database},
    records, router,
};

/// The sessions of the batches of each writer, and the number of its batches. A transaction that takes long begins before
/// short ones and ends after them. The last writer sends mutations.
const WRITERS: [(i64, i64); 4] = [(60, 12), (1, 100), (3, 60), (2, 60)];
/// The sessions that all writers change.
const SHARED: i64 = 10;

const PAGE: &str = "query($after: String) { sessionChanges(after: $after, first: 50) {
    cursor pageInfo { hasNextPage } nodes { legacyId session { notes } } } }";

/// A copy of the history that a reader keeps: the notes of each session.
type Mirror = BTreeMap<String, Value>;

/// The batches of a writer, with their notes: new sessions, and one that other writers write too.
fn batches(nth: usize) -> impl Iterator<Item = (String, Vec<i64>)> {
    let ((size, batches), writers) = (WRITERS[nth], WRITERS.len() as i64);
    (0..batches).map(move |batch| {
        let new = (0..size).map(|place| SHARED + (batch * size + place) * writers + nth as i64);
        (format!("{nth}/{batch}"), new.chain([batch % SHARED]).collect())
    })
}

/// Writes the batches of a writer as an import does.
async fn write(store: Store, tenant: &Tenant, nth: usize) {
    let account = tenant.account;
    let writer = Writer {
        store,
        account,
        start_method: StartMethod::Applet,
        restore_removed: false,
        audit: WriterAudit::Nothing,
        clock: clock(),
    };
    for (notes, ids) in batches(nth) {
        let session = |id: i64| json!({"id": id, "notes": notes, "date_start": "2024-01-01"});
        let sessions: Vec<_> = ids.into_iter().map(session).collect();
        let valid = records(&json!(sessions).to_string()).into_iter().map(|it| check(it).unwrap());
        let valid: Vec<_> = valid.collect();
        writer.write(&Vec::from_iter(&valid)).await.unwrap();
    }
}

/// Sends the batches of the last writer as mutations, three of them at a time.
async fn record(router: &Router, recorder: &Tenant) {
    let query = "mutation($sessions: [SessionInput!]!) {
        recordSessions(sessions: $sessions) { results { outcome } } }";
    let call = async |(notes, ids): (String, Vec<i64>)| {
        let session =
            |id: i64| json!({"legacyId": id, "notes": notes, "startedAt": "2024-01-01T00:00:00Z"});
        let sessions: Vec<_> = ids.into_iter().map(session).collect();
        let request = Gateway::graphql_request(recorder, query, json!({ "sessions": sessions }));
        let answer = Gateway::call_router(router, request).await.json();
        assert_eq!(answer.get("errors"), None);
        let results = answer["data"]["recordSessions"]["results"].as_array().unwrap();
        assert_eq!(results.len(), sessions.len());
        assert!(results.iter().all(|result| result["outcome"] != "REJECTED"), "{results:?}");
    };
    futures_util::stream::iter(batches(WRITERS.len() - 1)).for_each_concurrent(3, call).await;
}

async fn page(router: &Router, tenant: &Tenant, after: &Value) -> Value {
    let request = Gateway::graphql_request(tenant, PAGE, json!({ "after": after }));
    let answer = Gateway::call_router(router, request).await.json();
    assert_eq!(answer.get("errors"), None);
    answer["data"]["sessionChanges"].clone()
}

/// Reads the feed without a pause, until there is nothing more after the writers ended. Returns the copy, and the number of changes.
async fn follow(router: Router, tenant: &Tenant, done: &AtomicBool) -> (Mirror, usize) {
    let (mut mirror, mut changes, mut after) = (Mirror::new(), 0, Value::Null);
    loop {
        let was_done = done.load(Ordering::Acquire);
        let page = page(&router, tenant, &after).await;
        let nodes = page["nodes"].as_array().unwrap();
        changes += nodes.len();
        for node in nodes {
            let number = node["legacyId"].as_str().unwrap().to_owned();
            mirror.insert(number, node["session"]["notes"].clone());
        }
        after = page["cursor"].clone();
        if was_done && page["pageInfo"]["hasNextPage"] == json!(false) {
            return (mirror, changes);
        }
        tokio::task::yield_now().await;
    }
}

on_each_database!(async readers_beside_writers_lose_no_change);
async fn readers_beside_writers_lose_no_change(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let recorder = gateway.with_scopes(&tenant, &[Scope::Write]).await;
    // A second gateway on the same database.
    let options = Options { url: gateway.database.url(), ..Options::default() };
    let second = Store::connect(&options).await.unwrap();
    let routers = [gateway.router.clone(), router(&second, &[])];
    let (done, writers_done) = (AtomicBool::new(false), async {
        let stores = [gateway.store.clone(), second.clone(), gateway.store.clone()];
        let writers = stores.into_iter().zip(0..).map(|(store, nth)| write(store, &tenant, nth));
        let recording = record(&routers[1], &recorder);
        tokio::join!(futures_util::future::join_all(writers), recording);
    });
    let writers = async {
        writers_done.await;
        done.store(true, Ordering::Release);
    };
    let readers = (0..4).map(|nth| follow(routers[nth % 2].clone(), &tenant, &done));
    let ((), copies) = tokio::join!(writers, futures_util::future::join_all(readers));
    let copied = follow(routers[0].clone(), &tenant, &done).await.0;
    let expected = WRITERS.iter().map(|(size, batches)| size * batches).sum::<i64>() + SHARED;
    assert_eq!(copied.len(), expected as usize);
    for (copy, changes) in copies {
        let lost: Vec<_> =
            copied.iter().filter(|(id, notes)| copy.get(*id) != Some(notes)).collect();
        assert!(lost.is_empty(), "{lost:?}");
        assert_eq!(copy.len(), copied.len());
        // They read while the writers wrote, and not only at the end.
        assert!(changes > copied.len(), "{changes}");
    }
}
