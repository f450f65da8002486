//! Automatic persisted queries: a request can have the hash of a document instead of its text.

use axum::http::StatusCode;
use serde_json::{Value, json};
use session_history::domain::viewer::Scope;
use sha2::{Digest, Sha256};

use crate::{
    graphql_over_http::calls::{bearer, gateway_with, get, post},
    support::{
        Answer, Gateway, Tenant,
        database::{DatabaseKind, on_sqlite_alone},
    },
};

mod clients;
pub mod served;
mod streams;

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";
const QUERY: &str = "query Label { viewer { keyLabel } }";

/// The SHA-256 of a text.
pub fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn persisted(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

fn label() -> Value {
    json!({ "data": { "viewer": { "keyLabel": "test" } } })
}

fn not_found() -> Value {
    json!({ "errors": [{
        "message": "PersistedQueryNotFound",
        "extensions": { "code": "PERSISTED_QUERY_NOT_FOUND" },
    }]})
}

async fn send(gateway: &Gateway, tenant: &Tenant, accept: &str, body: Value) -> Answer {
    let key = bearer(tenant);
    let headers = [("content-type", JSON), ("accept", accept), ("authorization", &*key)];
    post(gateway, &headers, body.to_string()).await
}

/// Stores a document by its hash. Returns the hash.
async fn store(gateway: &Gateway, tenant: &Tenant, query: &str) -> String {
    let hash = hash(query);
    let body = json!({ "query": query, "extensions": persisted(&hash) });
    let answer = send(gateway, tenant, GRAPHQL, body).await;
    assert_eq!((answer.status, answer.codes()), (StatusCode::OK, vec![]), "{query}");
    hash
}

async fn is_stored(gateway: &Gateway, tenant: &Tenant, hash: &str) -> bool {
    let answer = send(gateway, tenant, GRAPHQL, json!({ "extensions": persisted(hash) })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json() != not_found()
}

/// The message and the code of the only error of a request that was not executed.
fn refused(answer: &Answer) -> (String, String) {
    let answer = answer.json();
    assert_eq!(answer.get("data"), None, "{answer}");
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{answer}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&errors[0]["message"]), text(&errors[0]["extensions"]["code"]))
}

on_sqlite_alone!(async a_hash_is_answered_after_the_document_was_sent_with_it, "no storage is involved");
async fn a_hash_is_answered_after_the_document_was_sent_with_it(on: DatabaseKind) {
    for accept in [GRAPHQL, JSON] {
        let (gateway, tenant) = gateway_with(on, &[]).await;
        let hash = hash(QUERY);
        let extensions = persisted(&hash);
        let only_hash = json!({ "operationName": "Label", "extensions": extensions });
        for _ in 0..2 {
            let answer = send(&gateway, &tenant, accept, only_hash.clone()).await;
            assert_eq!((answer.status, answer.json()), (StatusCode::OK, not_found()));
        }
        let both = json!({ "query": QUERY, "extensions": extensions });
        assert_eq!(send(&gateway, &tenant, accept, both).await.json(), label());
        assert_eq!(send(&gateway, &tenant, accept, only_hash).await.json(), label());
        // As the id of GraphQL over HTTP.
        for id in [hash.clone(), format!("sha256:{hash}")] {
            let answer = send(&gateway, &tenant, accept, json!({ "documentId": id })).await;
            assert_eq!(answer.json(), label(), "{id}");
        }
        let wrong = Tenant { key: "wrong-key-0123456789".into(), ..tenant };
        let answer = send(&gateway, &wrong, accept, json!({ "documentId": hash })).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
}

on_sqlite_alone!(async hashes_and_documents_can_be_sent_in_urls, "no storage is involved");
async fn hashes_and_documents_can_be_sent_in_urls(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    let extensions = persisted(&hash(QUERY)).to_string();
    let id = format!("sha256:{}", hash(QUERY));
    let ask = async |parameters: &[(&str, &str)]| {
        let answer = get(&gateway, &[("authorization", &*key)], parameters).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    };
    assert_eq!(ask(&[("extensions", &extensions)]).await, not_found());
    assert_eq!(ask(&[("documentId", &id)]).await, not_found());
    assert_eq!(ask(&[("query", QUERY), ("extensions", &extensions)]).await, label());
    assert_eq!(ask(&[("extensions", &extensions), ("query", "")]).await, label());
    assert_eq!(ask(&[("documentId", &id)]).await, label());
}

on_sqlite_alone!(async a_mutation_by_its_hash_is_refused_in_a_url, "no storage is involved");
async fn a_mutation_by_its_hash_is_refused_in_a_url(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let tenant = gateway.with_scopes(&tenant, &[Scope::Read, Scope::Write]).await;
    let mutation = "mutation { recordSessions(sessions: []) { results { outcome } } }";
    let extensions = persisted(&store(&gateway, &tenant, mutation).await).to_string();
    let key = bearer(&tenant);
    let answer = get(&gateway, &[("authorization", &*key)], &[("extensions", &extensions)]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let answer = send(&gateway, &tenant, JSON, json!({ "extensions": persisted(&hash(mutation)) }));
    assert_eq!(answer.await.json()["data"]["recordSessions"]["results"], json!([]));
}

on_sqlite_alone!(async a_hash_of_another_text_is_refused_and_stores_nothing, "no storage is involved");
async fn a_hash_of_another_text_is_refused_and_stores_nothing(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let other = hash("query Other { viewer { keyLabel } }");
    for body in [
        json!({ "query": QUERY, "extensions": persisted(&other) }),
        json!({ "query": format!("{QUERY} "), "extensions": persisted(&hash(QUERY)) }),
        json!({ "query": QUERY, "documentId": format!("sha256:{other}") }),
    ] {
        let answer = send(&gateway, &tenant, GRAPHQL, body).await;
        let expected = ("The hash is not the SHA-256 of 'query'.".into(), "BAD_USER_INPUT".into());
        assert_eq!((answer.status, refused(&answer)), (StatusCode::BAD_REQUEST, expected));
    }
    for hash in [other, hash(QUERY), hash(&format!("{QUERY} "))] {
        assert!(!is_stored(&gateway, &tenant, &hash).await);
    }
}

on_sqlite_alone!(async what_is_no_hash_is_refused_with_the_reason, "no storage is involved");
async fn what_is_no_hash_is_refused_with_the_reason(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let good = hash(QUERY);
    let extension = |extension: Value| json!({ "extensions": { "persistedQuery": extension } });
    let version = "'extensions.persistedQuery.version' must be the number 1.";
    let string =
        |kind| format!("'extensions.persistedQuery.sha256Hash' must be a string, not {kind}.");
    let digits = "The hash of a document must be its SHA-256 in 64 lower-case hexadecimal digits; as \
                  'documentId', after 'sha256:'.";
    let with_hash = |hash: &str| extension(json!({ "version": 1, "sha256Hash": hash }));
    for (body, expected) in [
        (extension(json!({ "sha256Hash": good })), version.to_owned()),
        (extension(json!({ "version": 2, "sha256Hash": good })), version.into()),
        (extension(json!({ "version": "1", "sha256Hash": good })), version.into()),
        (extension(json!({ "version": null, "sha256Hash": good })), version.into()),
        (extension(json!({ "version": 1 })), string("null")),
        (extension(json!({ "version": 1, "sha256Hash": 7 })), string("a number")),
        (extension(json!({ "version": 1, "sha256Hash": [good] })), string("an array")),
        (
            extension(json!("hash")),
            "'extensions.persistedQuery' must be an object or null, not a string.".into(),
        ),
        (with_hash(""), digits.into()),
        (with_hash(&good[1..]), digits.into()),
        (with_hash(&format!("{good}0")), digits.into()),
        (with_hash(&good.to_uppercase()), digits.into()),
        (with_hash(&"g".repeat(64)), digits.into()),
        (with_hash(&"+".repeat(64)), digits.into()),
        (with_hash(&"é".repeat(32)), digits.into()),
        (with_hash(&"0".repeat(200_000)), digits.into()),
        (with_hash(&format!("{good}\u{0}")), digits.into()),
        (json!({ "documentId": "7" }), digits.into()),
        (json!({ "documentId": format!("md5:{good}") }), digits.into()),
        (
            json!({ "documentId": good, "query": QUERY, "extensions": persisted(&good) }),
            "Send 'documentId' or 'extensions.persistedQuery', not both.".into(),
        ),
        (json!({ "documentId": 7 }), "'documentId' must be a string or null, not a number.".into()),
    ] {
        let with_text = json!({ "query": QUERY });
        for body in [body.clone(), merged(&body, &with_text)] {
            let answer = send(&gateway, &tenant, GRAPHQL, body.clone()).await;
            let expected = (expected.clone(), "BAD_USER_INPUT".to_owned());
            assert_eq!((answer.status, refused(&answer)), (StatusCode::BAD_REQUEST, expected));
        }
    }
    assert!(!is_stored(&gateway, &tenant, &good).await);
}

fn merged(one: &Value, other: &Value) -> Value {
    let mut merged = one.clone();
    let members = other.as_object().unwrap().clone();
    merged.as_object_mut().unwrap().extend(members);
    merged
}

on_sqlite_alone!(async other_members_and_an_empty_extension_are_ignored, "no storage is involved");
async fn other_members_and_an_empty_extension_are_ignored(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    for extensions in [
        json!({ "persistedQuery": null }),
        json!({ "other": 1 }),
        // As urql sends it after a miss.
        json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(QUERY), "miss": true } }),
    ] {
        let body = json!({ "query": QUERY, "documentId": null, "extensions": extensions });
        assert_eq!(send(&gateway, &tenant, JSON, body).await.json(), label(), "{extensions}");
    }
}

on_sqlite_alone!(async no_account_learns_or_loses_what_another_one_has_stored, "no storage is involved");
async fn no_account_learns_or_loses_what_another_one_has_stored(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let other = gateway.tenant("other").await;
    let hash = store(&gateway, &tenant, QUERY).await;
    assert!(!is_stored(&gateway, &other, &hash).await);
    // Another key of the account has it.
    let second = gateway.with_scopes(&tenant, &[Scope::Read, Scope::Write]).await;
    assert!(is_stored(&gateway, &second, &hash).await);

    let query = |number| format!("query Q{number} {{ viewer {{ keyLabel }} }}");
    let mut hashes = Vec::new();
    for number in 0..510 {
        hashes.push(store(&gateway, &other, &query(number)).await);
    }
    assert!(is_stored(&gateway, &tenant, &hash).await);
    // An account has at most 500. The first ones were used the longest ago.
    assert!(!is_stored(&gateway, &other, &hashes[9]).await);
    assert!(is_stored(&gateway, &other, &hashes[10]).await);
    assert!(is_stored(&gateway, &other, &hashes[509]).await);
}

on_sqlite_alone!(async the_documents_of_an_account_have_a_maximum_of_bytes, "no storage is involved");
async fn the_documents_of_an_account_have_a_maximum_of_bytes(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &["--max-body-bytes", "2000000"]).await;
    // Of 1,048,576 bytes, each takes about 100,300.
    let query = |number: u32, length| {
        format!("# {}\nquery Q{number} {{ viewer {{ keyLabel }} }}", "x".repeat(length))
    };
    let mut hashes = Vec::new();
    for number in 0..11 {
        hashes.push(store(&gateway, &tenant, &query(number, 100_000)).await);
    }
    assert!(!is_stored(&gateway, &tenant, &hashes[0]).await);
    assert!(is_stored(&gateway, &tenant, &hashes[1]).await);
    // It is answered, and not stored.
    let long = store(&gateway, &tenant, &query(99, 1_100_000)).await;
    assert!(!is_stored(&gateway, &tenant, &long).await);
    assert!(is_stored(&gateway, &tenant, &hashes[10]).await);
}

on_sqlite_alone!(async only_valid_documents_of_callers_with_a_key_are_stored, "no storage is involved");
async fn only_valid_documents_of_callers_with_a_key_are_stored(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    for wrong in ["{ nothing }", "{", "query($a: Int) { viewer { keyLabel } }"] {
        let body = json!({ "query": wrong, "extensions": persisted(&hash(wrong)) });
        let answer = send(&gateway, &tenant, GRAPHQL, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(!is_stored(&gateway, &tenant, &hash(wrong)).await, "{wrong}");
    }
    // Whether a document fits the caller's limits and scopes is judged each time.
    let refused = "{ auditEvents { nodes { action } } }";
    let body = json!({ "query": refused, "extensions": persisted(&hash(refused)) });
    assert_eq!(send(&gateway, &tenant, GRAPHQL, body).await.codes(), ["FORBIDDEN"]);
    let body = json!({ "extensions": persisted(&hash(refused)) });
    assert_eq!(send(&gateway, &tenant, GRAPHQL, body).await.codes(), ["FORBIDDEN"]);

    let schema = "{ __schema { queryType { name } } }";
    let headers = [("content-type", JSON), ("accept", GRAPHQL)];
    let both = json!({ "query": schema, "extensions": persisted(&hash(schema)) }).to_string();
    let answer = post(&gateway, &headers, both).await;
    assert_eq!((answer.status, answer.codes()), (StatusCode::OK, vec![]));
    let only_hash = json!({ "extensions": persisted(&hash(schema)) });
    let answer = post(&gateway, &headers, only_hash.to_string()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.codes(), ["UNAUTHENTICATED"]);
    assert!(!is_stored(&gateway, &tenant, &hash(schema)).await);
}
