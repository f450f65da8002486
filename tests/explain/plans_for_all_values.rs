//! Which statements PostgreSQL plans once: those whose plan takes as long as their execution. Statistics that read
//! rows of sessions are planned each time.

use serde_json::json;

use super::Watched;
use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::{self, CommandEnvironment, Server},
    server::dedicated::DedicatedServer,
    wire,
};

on_each_database!(async pages_of_all_sessions_of_changes_and_of_searches_are_not_planned_each_time: postgres Postgres);
async fn pages_of_all_sessions_of_changes_and_of_searches_are_not_planned_each_time(
    on: DatabaseKind,
) {
    let watched = Watched::new(on).await;
    let page =
        "{ sessionChanges(first: 200) { cursor } sessions(first: 200) { pageInfo { endCursor } }
        updated: sessions(first: 200, orderBy: UPDATED_AT_ASC) { pageInfo { endCursor } } }";
    let page = watched.gateway.data(&watched.tenant, page, json!({})).await;
    let cursors = json!({
        "change": page["sessionChanges"]["cursor"],
        "session": page["sessions"]["pageInfo"]["endCursor"],
        "updated": page["updated"]["pageInfo"]["endCursor"],
    });
    for (question, expected) in [
        (
            "query($change: String) { sessionChanges(after: $change) { nodes { session { notes } } } }",
            1,
        ),
        ("query($session: String) { sessions(after: $session) { nodes { notes } } }", 1),
        (
            "query($updated: String) { sessions(after: $updated, orderBy: UPDATED_AT_ASC) {
                nodes { notes } } }",
            1,
        ),
        // The sample of the sessions, and the page.
        ("{ sessions(filter: {search: \"777\"}) { nodes { notes } } }", 2),
        ("{ sessions(filter: {search: \"notes\"}) { nodes { notes } } }", 2),
        ("{ sessions(filter: {search: \"some\"}, first: 20) { nodes { notes } } }", 2),
    ] {
        let plans = watched.plans(question, cursors.clone()).await;
        assert_eq!(plans.len(), 2 * expected, "{plans:?}");
        for of_statement in plans.chunks(2) {
            let [(_, of_these), (statement, of_any)] = of_statement else { panic!("{plans:?}") };
            assert!(statement.contains("(SELECT "), "{statement}");
            // PostgreSQL keeps a plan for all values that is hardly more expensive. The samples of the two accounts
            // differ a little.
            let limit = 1.1 * of_these.cost;
            assert!(of_any.cost < limit, "{statement}\n{}\n{}", of_these.text, of_any.text);
        }
    }
}

on_each_database!(statistics_that_read_rows_of_sessions_are_planned_each_time: postgres Postgres);
fn statistics_that_read_rows_of_sessions_are_planned_each_time(on: DatabaseKind) {
    let server = DedicatedServer::start_with(on, "127.0.0.1", &["log_min_duration_statement=0"]);
    let environment = CommandEnvironment::at(server.url());
    process::stdout(&environment, &["migrate", "up"]);
    process::stdout(&environment, &["account", "create", "acme"]);
    let key = process::stdout(&environment, &["key", "create", "--account", "acme"]);
    let gateway = Server::start(&environment, &[]);
    let query = "{ sessionStats(groupBy: [{by: CUSTOMER_NUMBER}]) { totalCount nodes { count } }
        byDay: sessionStats(groupBy: [{by: DAY}]) { nodes { count } }
        sessions(orderBy: UPDATED_AT_DESC) { nodes { notes } } }";
    let headers = [("content-type", "application/json"), ("x-api-key", key.trim())];
    let body = json!({ "query": query }).to_string();
    let answer = wire::send(&gateway.url, "POST", "/graphql", &headers, body.as_bytes()).json();
    assert_eq!(answer.get("errors"), None);
    gateway.stop();
    let log = std::fs::read_to_string(server.folder().join("log")).unwrap();
    let executed = |text: &str| {
        let lines = log.lines().filter(|line| line.contains("execute ") && line.contains(text));
        lines.map(|line| line.contains("execute <unnamed>")).collect::<Vec<_>>()
    };
    // Without a name, a statement does not stay prepared. The page and the number of groups, which are none; the sessions.
    assert_eq!(executed("customer_number_folded AS \"k0\""), [true, true], "{log}");
    assert_eq!(executed("86400000000"), [false, false], "{log}");
    assert_eq!(executed("\"updated_at\" DESC"), [false], "{log}");
}
