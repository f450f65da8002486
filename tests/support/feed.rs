//! A reader of the change feed, which keeps a copy of the history.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use axum::Router;
use sea_orm::QueryResult;
use serde_json::{Value, json};

use super::{Gateway, Tenant, server::select};

const PAGE: &str = "query($after: String) { sessionChanges(after: $after, first: 50) {
    cursor pageInfo { hasNextPage } nodes { kind legacyId changedAt session { notes } } } }";

/// The copy of a reader.
#[derive(Debug, Default)]
pub struct Mirror {
    /// The notes of each session, by number.
    pub notes: BTreeMap<i64, Value>,
    /// The number of changes that were read.
    pub changes: usize,
    after: Value,
    changed_at: String,
}

impl Mirror {
    /// Reads a page, and applies its changes. Returns whether there are more, or none if the answer is not the
    /// page.
    pub fn apply(&mut self, answer: &Value) -> Option<bool> {
        let page = &answer["data"]["sessionChanges"];
        let nodes = page["nodes"].as_array()?;
        for node in nodes {
            // Without the Z, texts are in the order of times: zeros at the end of a fraction are left out.
            let changed_at = node["changedAt"].as_str().unwrap().trim_end_matches('Z');
            assert!(*self.changed_at <= *changed_at, "{changed_at} is after {}", self.changed_at);
            changed_at.clone_into(&mut self.changed_at);
            let id = node["legacyId"].as_str().unwrap().parse().unwrap();
            match node["kind"].as_str() {
                Some("DELETED") => self.notes.remove(&id),
                _ => self.notes.insert(id, node["session"]["notes"].clone()),
            };
        }
        self.changes += nodes.len();
        self.after = page["cursor"].clone();
        page["pageInfo"]["hasNextPage"].as_bool()
    }

    /// The document and the variables that ask for the next page.
    pub fn next(&self) -> (&'static str, Value) {
        (PAGE, json!({ "after": self.after }))
    }

    /// Reads the feed without a pause, until there is nothing more after the writers are done.
    pub async fn follow(&mut self, router: &Router, tenant: &Tenant, done: &AtomicBool) {
        loop {
            let was_done = done.load(Ordering::Acquire);
            let (query, variables) = self.next();
            let request = Gateway::graphql_request(tenant, query, variables);
            let answer = Gateway::call_router(router, request).await.json();
            let has_more = self.apply(&answer).unwrap_or_else(|| panic!("{answer}"));
            if was_done && !has_more {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// The sessions that the copy has differently from the database.
    pub fn differences(&self, stored: &BTreeMap<i64, Value>) -> Vec<i64> {
        let ids = BTreeSet::from_iter(self.notes.keys().chain(stored.keys()));
        ids.into_iter().copied().filter(|id| self.notes.get(id) != stored.get(id)).collect()
    }
}

/// The last position of the only account, after a server has ended the last transaction of a gateway that was killed.
pub fn settled_position(url: &str) -> i64 {
    let position = || -> i64 {
        let rows = select(url, "SELECT position FROM change_counter").unwrap();
        rows[0].try_get_by_index(0).unwrap()
    };
    let mut last = position();
    loop {
        thread::sleep(Duration::from_millis(100));
        match position() {
            now if now == last => return last,
            now => last = now,
        }
    }
}

/// The notes of each session in the tables, which are short.
pub fn stored_notes(url: &str) -> BTreeMap<i64, Value> {
    let rows = select(url, "SELECT id, CAST(notes AS CHAR(64)) FROM session").unwrap();
    let session = |row: &QueryResult| {
        let (id, notes): (i64, Option<String>) = row.try_get_many_by_index().unwrap();
        (id, json!(notes.map(|notes| notes.trim_end().to_owned())))
    };
    rows.iter().map(session).collect()
}
