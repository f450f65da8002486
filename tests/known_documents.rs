//! The gateway remembers documents that are valid, which no answer shows.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use crate::support::{
    Gateway,
    database::{DatabaseKind, on_sqlite_alone},
};

on_sqlite_alone!(async a_document_that_was_seen_before_is_judged_as_the_first_time, "no storage is involved");
async fn a_document_that_was_seen_before_is_judged_as_the_first_time(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let send = async |body: Value| {
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .header("x-api-key", &tenant.key);
        gateway.call(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let one = "query A { viewer { keyLabel } }";
    let several = "query A { viewer { keyLabel } } query B { viewer { keyLabel } }";
    let misspelt = "query($n: String) { sessions(filter: { customer: { name: { eq: $n } }, answred: true }) { totalCount } }";
    for _ in 0..3 {
        for (query, operation) in [(one, json!("A")), (one, json!(null)), (several, json!("B"))] {
            let answer = send(json!({ "query": query, "operationName": operation })).await;
            assert_eq!(answer.json()["data"]["viewer"]["keyLabel"], "test", "{query}");
        }
        for (query, operation) in [(one, json!("B")), (several, json!(null)), (several, json!("C"))]
        {
            let answer = send(json!({ "query": query, "operationName": operation })).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query} {operation}");
            assert_eq!(answer.json().get("data"), None, "{query} {operation}");
        }
        // The variable has no value, so the filter is absent.
        send(json!({ "query": misspelt })).await;
        let answer = send(json!({ "query": misspelt, "variables": { "n": "x" } })).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
}
