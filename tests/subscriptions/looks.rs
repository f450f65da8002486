//! What the database is asked while subscriptions wait.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{body::Body, http::Request};
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use super::FEED;
use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

/// Opens a subscription in memory.
async fn subscribe(gateway: &Gateway, tenant: &Tenant) -> Body {
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", "text/event-stream")
        .header("x-api-key", &tenant.key)
        .body(Body::from(json!({ "query": FEED }).to_string()));
    let answer = gateway.router.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut body = answer.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(&first[..], b":\n\n");
    body
}

on_each_database!(async all_subscriptions_together_cause_one_look_a_second_and_none_causes_none);
async fn all_subscriptions_together_cause_one_look_a_second_and_none_causes_none(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenants = [gateway.tenant("acme").await, gateway.tenant("other").await];
    let looks = Arc::new(AtomicUsize::new(0));
    let all = looks.clone();
    gateway.observe_statements(move |statement| {
        all.fetch_add(usize::from(statement.sql.contains("change_counter")), Relaxed);
    });
    let mut bodies = Vec::new();
    for number in 0..10 {
        bodies.push(subscribe(&gateway, &tenants[number % 2]).await);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let count = async || {
        let before = looks.load(Relaxed);
        tokio::time::sleep(Duration::from_secs(3)).await;
        looks.load(Relaxed) - before
    };
    let while_waiting = count().await;
    assert!((2..=4).contains(&while_waiting), "{while_waiting}");
    drop(bodies);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(count().await, 0);
}

on_each_database!(async subscriptions_that_ask_the_same_share_what_is_read);
async fn subscriptions_that_ask_the_same_share_what_is_read(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let mut bodies = Vec::new();
    for _ in 0..20 {
        bodies.push(subscribe(&gateway, &tenant).await);
    }
    let store = async |session: &str| {
        let document = json!([{"id": session, "date_start": "2026-01-01 00:00:00"}]);
        gateway.import(&tenant, &document.to_string()).await
    };
    // Each has read the end of the feed when it has sent this change.
    store("4").await;
    for body in &mut bodies {
        expect_event_of(body, "4").await;
    }
    let reads = Arc::new(AtomicUsize::new(0));
    let all = reads.clone();
    gateway.observe_statements(move |statement| {
        let is_page =
            statement.sql.starts_with("SELECT") && statement.sql.contains("session_change");
        all.fetch_add(usize::from(is_page), Relaxed);
    });
    store("5").await;
    for body in &mut bodies {
        expect_event_of(body, "5").await;
    }
    let reads = reads.load(Relaxed);
    assert!(reads < 10, "{reads}");
}

async fn expect_event_of(body: &mut Body, session: &str) {
    let event = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let event = String::from_utf8(event.to_vec()).unwrap();
    assert!(event.contains(&format!(r#""legacyId":"{session}""#)), "{event}");
}
