//! Sends one request to a gateway in the same process, a given number of times.
//! `scripts/instructions` counts its instructions.
//!
//! `cargo run --release --example hot_path -- page 100`

use std::{error::Error, time::Duration};

use axum::{body::Body, http::Request};
use clap::{Parser, ValueEnum};
use http_body_util::BodyExt;
use serde_json::json;
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

/// The number of stored sessions.
const SESSIONS: usize = 300;
const KEY: &str = "key-for-counting";

#[derive(Parser)]
struct Arguments {
    /// The request.
    workload: Workload,
    /// Number of times.
    times: usize,
    /// The URL of an empty database. Without it, a new SQLite file is used.
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
    /// 175 sessions of plain columns through the legacy URL, which are one page.
    Legacy,
}

impl Workload {
    fn request(self) -> Result<Request<Body>, axum::http::Error> {
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
                    NOTES HAS_VIDEOS&FILTER_PROCESSED=ANSWERED&FILTER_DATE_START_END=2025-01-13 12:00&KEY=";
                return Request::get((url.to_owned() + KEY).replace(' ', "%20")).body(Body::empty());
            }
        };
        let body = json!({ "query": query, "variables": { "n": 50, "id": "10008" } }).to_string();
        Request::post("/graphql")
            .header("content-type", "application/json")
            .header("x-api-key", KEY)
            .body(Body::from(body))
    }
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
    let account = store.create_account("acme", clock.now()).await?;
    let key = NewKey { account, label: "count", scopes: &[Scope::Read], expires_at: None };
    store.create_key(&key, KEY, clock.now()).await?;
    let records: Result<Vec<_>, _> = demo::records(clock.now()).take(SESSIONS).map(check).collect();
    let writer = Writer {
        store: store.clone(),
        account,
        start_method: StartMethod::Applet,
        restore_removed: false,
        audit: WriterAudit::Nothing,
        clock,
    };
    writer.write(&Vec::from_iter(&records?)).await?;
    let router = http::router(App::new(store, &server, &connections, &limits, clock, None));
    for _ in 0..times {
        let response = router.clone().oneshot(workload.request()?).await?;
        let body = response.into_body().collect().await?.to_bytes();
        if body.starts_with(b"{\"errors\"") || body.windows(11).any(|it| it == b"<error_msg>") {
            return Err(String::from_utf8_lossy(&body).into_owned().into());
        }
    }
    Ok(())
}
