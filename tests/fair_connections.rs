//! An account that wants all connections does not make other accounts wait for its requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream},
    http::{Request, StatusCode},
};
use futures_util::{StreamExt, future::join_all};
use serde_json::json;
use tokio::time::timeout;
use tower::ServiceExt;

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

/// Sessions with long notes, and a message each.
fn sessions(count: usize, length: usize) -> String {
    let notes = "long notes ".repeat(length);
    let session = |id| {
        json!({
            "id": id, "date_start": "2024-01-01 00:00:00", "notes": notes,
            "chat_info": [{"date": "2024-01-01 00:00:01", "sender": "a", "text": "b"}],
        })
    };
    json!({ "requests": (1..=count).map(session).collect::<Vec<_>>() }).to_string()
}

async fn two_tenants(on: DatabaseKind, flags: &[&str], length: usize) -> (Gateway, Tenant, Tenant) {
    let gateway = Gateway::start_with(on, flags).await;
    let (busy, other) = (gateway.tenant("busy").await, gateway.tenant("other").await);
    gateway.import(&busy, &sessions(100, length)).await;
    gateway.import(&other, &sessions(5, 200)).await;
    (gateway, busy, other)
}

on_each_database!(async a_small_read_does_not_wait_for_the_queue_of_another_account);
async fn a_small_read_does_not_wait_for_the_queue_of_another_account(on: DatabaseKind) {
    const REQUESTS: usize = 48;
    const SEARCHES: usize = 6;
    // The gateway has four connections for reads. A search takes some milliseconds, so that a pause of the
    // machine is few searches; MariaDB searches more slowly.
    let length = if on == DatabaseKind::MariaDb { 500 } else { 2_000 };
    let (gateway, busy, other) = two_tenants(on, &["--key-cache", "60"], length).await;
    let statements = Arc::new(AtomicUsize::new(0));
    let counter = statements.clone();
    gateway.observe_statements(move |statement| {
        if format!("{statement:?}").contains("zebra") {
            counter.fetch_add(1, Relaxed);
        }
    });
    let small = "{ sessions(first: 1) { nodes { legacyId } } }";
    gateway.data(&other, small, json!({})).await;
    let counts: String = (0..SEARCHES)
        .map(|n| {
            format!(
                "a{n}: sessions(filter: {{notes: {{contains: \"zebra{n}\"}}}}) {{ totalCount }} "
            )
        })
        .collect();
    let query = format!("{{ {counts} }}");
    let requests = join_all((0..REQUESTS).map(|_| gateway.data(&busy, &query, json!({}))));
    let mut served = Vec::new();
    let measure = async {
        for _ in 0..3 {
            // The queue is full: each request waits with a statement.
            let begin = statements.load(Relaxed);
            while statements.load(Relaxed) < begin + 20 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let before = statements.load(Relaxed);
            gateway.data(&other, small, json!({})).await;
            served.push(statements.load(Relaxed) - before);
        }
    };
    tokio::join!(requests, measure);
    assert_eq!(statements.load(Relaxed), REQUESTS * SEARCHES);
    // In the order of arrival, those of all the requests would be served before each. The median counts,
    // because a pause of the machine within a read lets many searches pass.
    served.sort_unstable();
    assert!(served[1] < REQUESTS / 2, "{served:?} statements of the other account came before");
}

/// A long answer of which only the beginning is read.
async fn begin(gateway: &Gateway, tenant: &Tenant) -> BodyDataStream {
    let target = format!("/get_session_history.php?KEY={}&VARS=ID+NOTES+CHAT_INFO", tenant.key);
    let request = Request::get(target).body(Body::empty()).unwrap();
    let response = gateway.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.into_body().into_data_stream();
    assert!(body.next().await.unwrap().is_ok());
    body
}

on_each_database!(async slow_readers_of_one_account_leave_connections_to_others);
async fn slow_readers_of_one_account_leave_connections_to_others(on: DatabaseKind) {
    // The gateway has three connections for long answers.
    let (gateway, busy, other) = two_tenants(on, &["--legacy-page-size", "5"], 200).await;
    let _held = [begin(&gateway, &busy).await, begin(&gateway, &busy).await];
    let third = timeout(Duration::from_millis(300), begin(&gateway, &busy));
    assert!(third.await.is_err(), "one account has all connections");
    let parameters = [("VARS", "ID CHAT_INFO"), ("FILTER_ID", "3")];
    let answer = gateway.legacy(&other.key, &parameters).await;
    assert!(answer.text().contains("<nrequests>1</nrequests>"), "{}", answer.text());
}
