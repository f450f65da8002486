//! Follows the change feed of an account through several gateways while it records, changes and removes
//! sessions, and prints what the copies of the readers have differently at the end: what mirrors see
//! while a database goes away.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use clap::Parser;
use futures_util::future::join_all;
use http::{Caller, Failure};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, time::sleep};

mod http;

/// The first number of the sessions that are recorded. Imports have lower ones.
const FIRST: u64 = 1_000_000_000;
/// The sessions of a call.
const SIZE: u64 = 20;

const CHANGES: &str = "query($after: String) { sessionChanges(after: $after, first: 200) {
    cursor pageInfo { hasNextPage } nodes { kind legacyId session { updatedAt } } } }";
const SESSIONS: &str =
    "query($after: String) { sessions(after: $after, first: 200, orderBy: STARTED_AT_ASC) {
    pageInfo { hasNextPage endCursor } nodes { legacyId updatedAt } } }";
const RECORD: &str = "mutation($sessions: [SessionInput!]!) {
    recordSessions(sessions: $sessions) { results { outcome } } }";
const DELETE: &str = "mutation($ids: [ID!]!) {
    deleteSessions(filter: { legacyId: { in: $ids } }, dryRun: false) { removed } }";

/// The arguments.
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// Host and port of a gateway. There can be several.
    #[arg(long, required = true)]
    gateway: Vec<String>,
    /// Key of the account, with the scopes read, write and admin.
    #[arg(long)]
    key: String,
    /// Number of readers.
    #[arg(long, default_value_t = 4)]
    readers: usize,
    /// The file whose appearance ends it.
    #[arg(long)]
    until: PathBuf,
    /// How long the readers go on after the last change, in seconds, for replicas that lag.
    #[arg(long, default_value_t = 3)]
    settle: u64,
}

/// The time of the last change of each session, by number.
type Sessions = BTreeMap<String, Value>;

#[derive(Default)]
struct Copy {
    sessions: Sessions,
    changes: u64,
    failed: u64,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let (stopped, done) = (AtomicBool::new(false), AtomicBool::new(false));
    let recorded = AtomicU64::new(0);
    let wait = async {
        while !arguments.until.exists() {
            sleep(Duration::from_millis(100)).await;
        }
        stopped.store(true, Ordering::Release);
    };
    let caller = |nth: usize| {
        let gateway = &arguments.gateway[nth % arguments.gateway.len()];
        Caller::new(gateway, &arguments.key)
    };
    let changes = async {
        let record = record(caller(0), &recorded, &stopped);
        let ((), repeated, removed) =
            tokio::join!(wait, record, remove(caller(1), &recorded, &stopped));
        sleep(Duration::from_secs(arguments.settle)).await;
        done.store(true, Ordering::Release);
        (repeated, removed)
    };
    let readers = (0..arguments.readers).map(|nth| follow(caller(nth), &done));
    let ((repeated, removed), copies) = tokio::join!(changes, join_all(readers));
    let stored = sessions(caller(0)).await?;
    let calls = recorded.load(Ordering::Acquire);
    let mut text = format!(
        "recorded {calls} calls of {SIZE} sessions (sent again {repeated}), removed {removed} sessions, \
         stored {}\n",
        stored.len()
    );
    for Copy { sessions, changes, failed } in copies {
        let ids = stored.keys().chain(sessions.keys().filter(|id| !stored.contains_key(*id)));
        let differ = ids.filter(|id| stored.get(*id) != sessions.get(*id)).count();
        text.push_str(&format!(
            "a reader: changes {changes}, failed requests {failed}, sessions that differ {differ}\n"
        ));
    }
    tokio::io::stdout().write_all(text.as_bytes()).await?;
    Ok(())
}

/// Sends a request until it is answered without an error. Returns its data, and how often it was repeated.
async fn data(caller: &mut Caller, query: &str, variables: Value) -> (Value, u64) {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let mut repeated = 0;
    loop {
        match once(caller, &body).await {
            Ok(data) => return (data, repeated),
            Err(_) => repeated += 1,
        }
        sleep(Duration::from_millis(200)).await;
    }
}

async fn once(caller: &mut Caller, body: &str) -> Result<Value, Failure> {
    let mut answer: Value = serde_json::from_str(&caller.ask(body).await?)?;
    match answer.get("errors") {
        None => Ok(answer["data"].take()),
        Some(errors) => Err(errors.to_string().into()),
    }
}

/// Records new sessions, and changes those of the call before. Returns how often a call was repeated.
async fn record(mut caller: Caller, recorded: &AtomicU64, stopped: &AtomicBool) -> u64 {
    let mut all_repeated = 0;
    while !stopped.load(Ordering::Acquire) {
        let call = recorded.load(Ordering::Acquire);
        let first = FIRST + call * SIZE;
        let session = |id: u64| {
            json!({ "legacyId": id.to_string(), "startedAt": "2024-05-01T10:00:00Z",
                "notes": format!("call {call}") })
        };
        let sessions: Vec<_> =
            (first - SIZE.min(first - FIRST)..first + SIZE).map(session).collect();
        let (_, repeated) = data(&mut caller, RECORD, json!({ "sessions": sessions })).await;
        all_repeated += repeated;
        recorded.store(call + 1, Ordering::Release);
    }
    all_repeated
}

/// Removes every tenth call, some calls after it. Returns the number of removed sessions.
async fn remove(mut caller: Caller, recorded: &AtomicU64, stopped: &AtomicBool) -> u64 {
    let (mut call, mut removed) = (0, 0);
    while !stopped.load(Ordering::Acquire) {
        if recorded.load(Ordering::Acquire) < call + 5 {
            sleep(Duration::from_millis(20)).await;
            continue;
        }
        let first = FIRST + call * SIZE;
        let ids: Vec<_> = (first..first + SIZE).map(|id| id.to_string()).collect();
        let (data, _) = data(&mut caller, DELETE, json!({ "ids": ids })).await;
        removed += data["deleteSessions"]["removed"].as_u64().unwrap_or(0);
        call += 10;
    }
    removed
}

/// Reads the feed without a pause, until there is nothing more after all changes were made.
async fn follow(mut caller: Caller, done: &AtomicBool) -> Copy {
    let (mut copy, mut after) = (Copy::default(), Value::Null);
    loop {
        let was_done = done.load(Ordering::Acquire);
        let (data, failed) = data(&mut caller, CHANGES, json!({ "after": after })).await;
        copy.failed += failed;
        let page = &data["sessionChanges"];
        for node in page["nodes"].as_array().into_iter().flatten() {
            copy.changes += 1;
            let id = node["legacyId"].as_str().unwrap_or_default().to_owned();
            match &node["session"] {
                Value::Null => copy.sessions.remove(&id),
                session => copy.sessions.insert(id, session["updatedAt"].clone()),
            };
        }
        after = page["cursor"].clone();
        if was_done && page["pageInfo"]["hasNextPage"] == json!(false) {
            return copy;
        }
    }
}

/// All stored sessions.
async fn sessions(mut caller: Caller) -> Result<Sessions, Failure> {
    let (mut sessions, mut after) = (Sessions::new(), Value::Null);
    loop {
        let (data, _) = data(&mut caller, SESSIONS, json!({ "after": after })).await;
        let page = &data["sessions"];
        for node in page["nodes"].as_array().ok_or("no sessions")? {
            let id = node["legacyId"].as_str().unwrap_or_default().to_owned();
            sessions.insert(id, node["updatedAt"].clone());
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return Ok(sessions);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
