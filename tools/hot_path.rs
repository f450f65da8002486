//! Sends the requests of a workload to a gateway in the same process, a given number of times.
//! `scripts/instructions` counts the instructions.
//!
//! `cargo run --release --example hot_path -- page 100`

use std::{error::Error, time::Duration};

use axum::{body::Body, http::Request};
use benches::dashboard;
use bytes::Bytes;
use clap::{Parser, ValueEnum};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use session_history::{
    app::App,
    config, demo,
    domain::{
        session::StartMethod,
        time::{Clock, Timestamp},
        viewer::Scope,
    },
    history::{
        limits::check,
        writer::{Writer, WriterAudit},
    },
    http,
    store::{Options, Store, api_key::NewKey},
};
use tower::ServiceExt;

// As in `main.rs`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Every n-th session of the demo account is stored: 300 of a year.
const STEP: usize = 20;
const ACCOUNT: &str = "acme";
const KEY: &str = "key-for-counting";

#[derive(Parser)]
struct Arguments {
    /// The requests.
    workload: Workload,
    /// Number of times.
    times: usize,
    /// The URL of a database that is empty, or that this program has filled before. Without it, a new SQLite file
    /// is used.
    #[arg(long)]
    database: Option<String>,
    #[command(flatten)]
    server: config::Server,
    #[command(flatten)]
    connections: config::Connections,
    #[command(flatten)]
    limits: config::Limits,
}

#[derive(Clone, Copy, ValueEnum)]
enum Workload {
    /// One session by id.
    Session,
    /// 50 sessions by a filter.
    Page,
    /// 50 sessions with their technicians, chats and videos.
    Children,
    /// 185 sessions of plain columns through the legacy URL, which are one page.
    Legacy,
    /// The sessions of a year by month and technician.
    Statistics,
    /// The 49 sessions with a word.
    Search,
    /// 50 changes with their sessions.
    Changes,
    /// All 300 sessions with their chats, as lines of JSON.
    Bulk,
    /// What the dashboard sends when it opens, and when a session is chosen.
    Dashboard,
}

/// The list that the dashboard saves as a file. The page does not send it when it opens.
const SAVED_LIST: &str = "exportQuery";

impl Workload {
    fn requests(self) -> Result<Vec<Request<Bytes>>, axum::http::Error> {
        let query = match self {
            Self::Session => {
                "query($id: ID!) { session(id: $id) { legacyId startedAt endedAt notes
                    customer { name email } technician { username } } }"
            }
            Self::Page => {
                "query($n: Int!) { sessions(first: $n, filter: { startedAt: { gte: \"2020-01-01T00:00:00Z\" },
                    answered: true, startMethod: { eq: APPLET } }) {
                    pageInfo { hasNextPage endCursor }
                    nodes { legacyId startedAt endedAt answered hasVideos notes customer { name email }
                        computer { name os } } } }"
            }
            Self::Children => {
                "query($n: Int!) { sessions(first: $n) { nodes { id startedAt customer { name }
                    technician { username name } customFields { name value } videos { nodes { url } }
                    chatMessages(first: 20) { nodes { sentAt sender body } } } } }"
            }
            Self::Legacy => {
                let url = "/get_session_history.php?VARS=ID DATE_START DATE_END TECH_NAME CUSTOMER_NAME \
                    NOTES HAS_VIDEOS&FILTER_PROCESSED=ANSWERED&FILTER_DATE_START_END=2025-05-01 12:00&KEY=";
                let url = (url.to_owned() + KEY).replace(' ', "%20");
                return Ok(vec![Request::get(url).body(Bytes::new())?]);
            }
            Self::Statistics => {
                "query($filter: SessionFilter!) { sessionStats(filter: $filter, first: 1000,
                    groupBy: [{ by: MONTH }, { by: TECHNICIAN }]) { nodes { count answered missed
                    key { periodStart technician { username } } duration { sumSeconds } } } }"
            }
            Self::Search => {
                "query($n: Int!) { sessions(first: $n, filter: { search: \"vpn\" }) {
                    nodes { legacyId startedAt notes customer { name } technician { username } } } }"
            }
            Self::Changes => {
                "query($n: Int!) { sessionChanges(first: $n) { cursor pageInfo { hasNextPage }
                    nodes { kind legacyId changedAt session { startedAt endedAt notes customer { name }
                        technician { username } } } } }"
            }
            Self::Bulk => {
                let query = "{ sessions { nodes { legacyId startedAt endedAt notes customer { name }
                    technician { username } chatMessages(first: 20) { nodes { sentAt sender body } } } } }";
                return Ok(vec![graphql(query, "application/x-ndjson")?]);
            }
            Self::Dashboard => {
                let documents = dashboard::documents().into_iter();
                return documents
                    .filter(|(name, text)| *name != SAVED_LIST && text.starts_with("query"))
                    .map(|(_, text)| graphql(&text, JSON))
                    .collect();
            }
        };
        Ok(vec![graphql(query, JSON)?])
    }
}

const JSON: &str = "application/json";

/// A request with the variables of all documents: a document ignores those that it does not declare.
fn graphql(query: &str, accept: &str) -> Result<Request<Bytes>, axum::http::Error> {
    let year = |from: i32| {
        let date = |year: i32| format!("{year}-01-01T00:00:00Z");
        json!({ "startedAt": { "gte": date(from), "lt": date(from + 1) } })
    };
    let variables = json!({
        "n": 50, "id": "10141", "filter": year(2025), "now": year(2025), "before": year(2024),
        "zone": "Europe/Berlin", "unit": "MONTH", "order": "STARTED_AT_DESC", "first": 100,
    });
    Request::post("/graphql")
        .header("content-type", JSON)
        .header("accept", accept)
        .header("x-api-key", KEY)
        .body(json!({ "query": query, "variables": variables }).to_string().into())
}

/// Whether an answer is complete and has no errors.
fn is_whole(body: &[u8]) -> bool {
    let last = body.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    if body.starts_with(b"<") {
        return last.ends_with(b"</response>") && !body.windows(11).any(|it| it == b"<error_msg>");
    }
    let last: Value = serde_json::from_slice(last).unwrap_or_default();
    last["complete"] == json!(true) || (last["data"].is_object() && last["errors"].is_null())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { workload, times, database, server, connections, limits } = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let clock =
        Clock(|| Timestamp::parse_civil("2026-01-01").unwrap_or_else(|| Clock::system().now()));
    let file = || format!("sqlite:{}", folder.path().join("history.sqlite3").display());
    let options = Options {
        url: database.unwrap_or_else(file),
        readers: 1,
        exports: 1,
        acquire_timeout: Duration::from_secs(60),
        ..Options::default()
    };
    let store = Store::connect(&options).await?;
    store.migrate().await?;
    if store.account(ACCOUNT).await.is_err() {
        fill(&store, clock).await?;
    }
    let router = http::router(App::new(store, &server, &connections, &limits, clock, None));
    let requests = workload.requests()?;
    for nth in 0..times {
        for request in requests.clone() {
            let response = router.clone().oneshot(request.map(Body::from)).await?;
            let body = response.into_body().collect().await?.to_bytes();
            // All answers are alike, and this check is not to be counted.
            if nth == 0 && !is_whole(&body) {
                return Err(String::from_utf8_lossy(&body).into_owned().into());
            }
        }
    }
    Ok(())
}

/// Stores the account, its key and its sessions.
async fn fill(store: &Store, clock: Clock) -> Result<(), Box<dyn Error>> {
    let account = store.create_account(ACCOUNT, clock.now()).await?;
    let key = NewKey { account, label: "count", scopes: &[Scope::Read], expires_at: None };
    store.create_key(&key, KEY, clock.now()).await?;
    let records: Result<Vec<_>, _> = demo::records(clock.now()).step_by(STEP).map(check).collect();
    let writer = Writer {
        store: store.clone(),
        account,
        start_method: StartMethod::Applet,
        restore_removed: false,
        audit: WriterAudit::Nothing,
        clock,
    };
    writer.write(&Vec::from_iter(&records?)).await?;
    Ok(())
}
