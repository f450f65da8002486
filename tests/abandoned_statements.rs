//! A statement ends soon after its caller has left or its time is over, and until then it counts
//! among the connections that the settings allow.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    io::Write,
    net::{Shutdown, TcpStream},
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectionTrait, DbBackend, SqlxMySqlConnector, SqlxPostgresConnector, Statement,
    sqlx::{MySqlPool, PgPool},
};
use serde_json::json;

use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::{self, CommandEnvironment, Server},
    wire,
};

/// What `--database-connections` allows in these tests.
const CONNECTIONS: usize = 4;

/// Sessions whose notes take long to search: each position of them almost matches the patterns.
fn history() -> String {
    let notes = "a".repeat(6_000);
    let session = |id: i64| json!({"id": id, "date_start": "2024-01-01 00:00:00", "notes": notes});
    json!({ "requests": (1..=SESSIONS).map(session).collect::<Vec<_>>() }).to_string()
}

/// The slow statements take longer than this to their end.
const END: Duration = Duration::from_secs(2);
const SESSIONS: i64 = 3_000;

fn slow_request() -> String {
    // One database compares a pattern from its start, another from its end. One row must not take
    // long, because servers notice a cancellation between two rows.
    let patterns = (0..30).flat_map(|nth| {
        [format!("{}b", "a".repeat(280 + nth)), format!("b{}", "a".repeat(50 + nth))]
    });
    let any: Vec<_> = patterns.map(|it| json!({ "notes": { "contains": it } })).collect();
    json!({
        "query": "query($any: [SessionFilter!]!) {
            sessions(filter: { or: $any }) { totalCount } }",
        "variables": { "any": any },
    })
    .to_string()
}

struct Gateway {
    environment: CommandEnvironment,
    server: Server,
    key: String,
}

impl Gateway {
    fn start(on: DatabaseKind, flags: &[&str]) -> Self {
        let environment = CommandEnvironment::new(on);
        process::stdout(&environment, &["account", "create", "acme"]);
        fs::write(environment.path().join("history.json"), history()).unwrap();
        process::stdout(&environment, &["import", "history.json", "--account", "acme"]);
        let key = process::stdout(&environment, &["key", "create", "--account", "acme"]);
        let connections = CONNECTIONS.to_string();
        // By default, requests as slow as these are refused for their cost.
        let limits = ["--database-connections", &connections, "--max-cost", "100000000"];
        let limited = [&limits, flags].concat();
        let server = Server::start(&environment, &limited);
        Self { environment, server, key: key.trim().to_owned() }
    }

    fn headers(&self) -> [(&str, &str); 2] {
        [("content-type", "application/json"), ("x-api-key", &self.key)]
    }

    fn answer(&self, body: &str) -> wire::Reply {
        wire::send(&self.server.url, "POST", "/graphql", &self.headers(), body.as_bytes())
    }

    /// Sends the slow request, and returns the connection without a look at the answer.
    fn send_slow_request(&self) -> TcpStream {
        let address = self.server.url.strip_prefix("http://").unwrap();
        let (key, body) = (&self.key, slow_request());
        let mut caller = TcpStream::connect(address).unwrap();
        write!(
            caller,
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             x-api-key: {key}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        caller
    }
}

/// The threads of a process that run SQLite just now.
fn running_threads(process: u32) -> BTreeSet<OsString> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap().flatten();
    let running = threads.filter(|thread| {
        // A thread may have ended by now.
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        stat.contains("(sqlite-reader") && stat.contains(") R ")
    });
    running.map(|thread| thread.file_name()).collect()
}

/// Counts the statements that the database works on for the gateway.
enum Monitor {
    /// The threads of the process that run SQLite.
    Threads(u32),
    Server(sea_orm::DatabaseConnection, DbBackend),
}

impl Monitor {
    async fn of(on: DatabaseKind, gateway: &Gateway) -> Self {
        let url = gateway.environment.url();
        match on {
            DatabaseKind::Sqlite => Self::Threads(gateway.server.id()),
            DatabaseKind::Postgres => Self::Server(
                SqlxPostgresConnector::from_sqlx_postgres_pool(
                    PgPool::connect(&url).await.unwrap(),
                ),
                DbBackend::Postgres,
            ),
            DatabaseKind::MariaDb => Self::Server(
                SqlxMySqlConnector::from_sqlx_mysql_pool(MySqlPool::connect(&url).await.unwrap()),
                DbBackend::MySql,
            ),
        }
    }

    async fn running(&self) -> usize {
        match self {
            Self::Threads(process) => {
                let before = running_threads(*process);
                // The gateway has short statements of its own, such as the last use of a key.
                tokio::time::sleep(Duration::from_millis(5)).await;
                let after = running_threads(*process);
                before.intersection(&after).count()
            }
            Self::Server(connection, backend) => {
                // The table's name is in the statement of the gateway alone.
                let sql = match backend {
                    DbBackend::Postgres => {
                        "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'active' AND \
                         datname = current_database() AND query LIKE '%notes%' \
                         AND pid <> pg_backend_pid()"
                    }
                    _ => {
                        "SELECT COUNT(*) FROM information_schema.processlist \
                         WHERE db = DATABASE() AND command IN ('Query', 'Execute') \
                         AND info LIKE '%notes%' AND id <> CONNECTION_ID()"
                    }
                };
                let statement = Statement::from_string(*backend, sql);
                let row = connection.query_one_raw(statement).await.unwrap().unwrap();
                usize::try_from(row.try_get_by_index::<i64>(0).unwrap()).unwrap()
            }
        }
    }

    async fn is_at_rest_within(&self, time: Duration) -> bool {
        let start = Instant::now();
        while start.elapsed() < time {
            if self.running().await == 0 {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }
}

const SMALL: &str = r#"{"query":"{ viewer { accountName } }"}"#;

on_each_database!(async statements_end_when_their_callers_hang_up);
async fn statements_end_when_their_callers_hang_up(on: DatabaseKind) {
    let gateway = Gateway::start(on, &[]);
    let monitor = Monitor::of(on, &gateway).await;
    let mut largest = 0;
    for _ in 0..100 {
        let caller = gateway.send_slow_request();
        tokio::time::sleep(Duration::from_millis(15)).await;
        largest = largest.max(monitor.running().await);
        caller.shutdown(Shutdown::Both).unwrap();
    }
    assert!((1..=CONNECTIONS).contains(&largest), "{largest} statements ran at once");
    assert!(monitor.is_at_rest_within(END).await, "a statement goes on");
    assert_eq!(gateway.answer(SMALL).status, 200);
}

on_each_database!(async statements_end_when_their_requests_time_out);
async fn statements_end_when_their_requests_time_out(on: DatabaseKind) {
    let gateway = Gateway::start(on, &["--request-timeout", "1"]);
    let monitor = Monitor::of(on, &gateway).await;
    let callers: Vec<_> = (0..8).map(|_| gateway.send_slow_request()).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let running = monitor.running().await;
    assert!((1..=CONNECTIONS).contains(&running), "{running} statements run at once");
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(monitor.is_at_rest_within(END).await, "a statement goes on");
    drop(callers);
    assert_eq!(gateway.answer(SMALL).status, 200);
}

on_each_database!(async a_statement_has_a_time_limit);
async fn a_statement_has_a_time_limit(on: DatabaseKind) {
    let gateway = Gateway::start(on, &["--statement-timeout", "1"]);
    let start = Instant::now();
    let answer = gateway.answer(&slow_request());
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    let monitor = Monitor::of(on, &gateway).await;
    assert!(monitor.is_at_rest_within(END).await, "a statement goes on");
    assert_eq!(gateway.answer(SMALL).status, 200);
}
