//! GraphQL over HTTP: rules that the public audits do not check.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;

pub mod calls;
mod encodings;
mod large_bodies;
mod members;

use self::calls::{bearer, gateway_with, get, media_type, post, text};
use crate::support::database::{DatabaseKind, on_sqlite_alone};

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

const TYPENAME: &str = r#"{"query":"{__typename}"}"#;

on_sqlite_alone!(async only_json_bodies_are_accepted, "no storage is involved");
async fn only_json_bodies_are_accepted(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    for (media_type, status) in [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/json;charset=UTF-8", 200),
        ("APPLICATION/JSON", 200),
        ("application/json; charset=iso-8859-1", 415),
        ("application/graphql", 415),
        ("application/jsonp", 415),
        ("text/plain", 415),
        ("text/plain; application/json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/json, text/plain", 415),
        ("", 415),
    ] {
        let headers = [("content-type", media_type), ("authorization", &key), ("accept", GRAPHQL)];
        let answer = post(&gateway, &headers, TYPENAME).await;
        assert_eq!(answer.status.as_u16(), status, "{media_type}");
        if status == 415 {
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{media_type}");
        }
    }
    let without = post(&gateway, &[("authorization", &key)], TYPENAME).await;
    assert_eq!(without.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

on_sqlite_alone!(async one_byte_order_mark_may_stand_before_the_body, "no storage is involved");
async fn one_byte_order_mark_may_stand_before_the_body(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    let headers = [("content-type", JSON), ("authorization", &key)];
    for (marks, status) in [(0, 200), (1, 200), (2, 400)] {
        let body = "\u{feff}".repeat(marks) + TYPENAME;
        let answer = post(&gateway, &headers, body).await;
        assert_eq!(answer.status.as_u16(), status, "{marks} marks");
    }
}

on_sqlite_alone!(async a_caller_gets_the_media_type_that_it_prefers, "no storage is involved");
async fn a_caller_gets_the_media_type_that_it_prefers(on: DatabaseKind) {
    let (gateway, _) = gateway_with(on, &[]).await;
    for (accept, expected) in [
        (GRAPHQL, Some(GRAPHQL)),
        (JSON, Some(JSON)),
        ("*/*", Some(JSON)),
        ("application/*", Some(JSON)),
        ("application/graphql-response+json, application/json;q=0.9", Some(GRAPHQL)),
        ("application/json;q=0.9, application/graphql-response+json", Some(GRAPHQL)),
        ("application/graphql-response+json;q=0.5, application/json;q=0.9", Some(JSON)),
        ("application/graphql-response+json; charset=utf-8, application/json", Some(GRAPHQL)),
        ("application/json; charset=utf-8", Some(JSON)),
        ("text/html, application/xhtml+xml, */*;q=0.8", Some(JSON)),
        ("text/html, application/graphql-response+json;q=0.1", Some(GRAPHQL)),
        ("APPLICATION/GRAPHQL-RESPONSE+JSON", Some(GRAPHQL)),
        ("application/json;q=0", None),
        ("application/json;q=0, application/graphql-response+json", Some(GRAPHQL)),
        // The more specific range has the quality of a media type.
        ("application/graphql-response+json, */*;q=0.1", Some(GRAPHQL)),
        ("application/json;q=0, */*", Some(GRAPHQL)),
        ("*/*, application/graphql-response+json;q=0.1", Some(JSON)),
        ("*/*, application/graphql-response+json", Some(GRAPHQL)),
        ("*/*;q=0, application/json", Some(JSON)),
        ("text/html", None),
        ("image/*", None),
    ] {
        let headers = [("content-type", JSON), ("accept", accept)];
        let answer = post(&gateway, &headers, TYPENAME).await;
        match expected {
            Some(expected) => {
                assert_eq!(
                    (answer.status, media_type(&answer)),
                    (StatusCode::OK, expected),
                    "{accept}"
                );
                let full = text(&answer.headers, header::CONTENT_TYPE).unwrap();
                assert_eq!(full, format!("{expected}; charset=utf-8"));
            }
            None => assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE, "{accept}"),
        }
    }
    let silent = post(&gateway, &[("content-type", JSON)], TYPENAME).await;
    assert_eq!((silent.status, media_type(&silent)), (StatusCode::OK, JSON));
}

on_sqlite_alone!(async batches_are_refused, "no storage is involved");
async fn batches_are_refused(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    for accept in [GRAPHQL, JSON] {
        for body in ["[]", "[{\"query\":\"{__typename}\"}]", "[{\"query\":\"{__typename}\"},{}]"] {
            let headers = [("content-type", JSON), ("accept", accept), ("authorization", &*key)];
            let answer = post(&gateway, &headers, body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{body}");
        }
    }
}

on_sqlite_alone!(async get_accepts_queries_and_refuses_mutations, "no storage is involved");
async fn get_accepts_queries_and_refuses_mutations(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    for accept in [GRAPHQL, JSON] {
        let headers = [("accept", accept), ("authorization", &*key)];
        let query =
            "query A($n: Int) { sessions(first: $n) { totalCount } } query B { __typename }";
        let parameters = [("query", query), ("operationName", "A"), ("variables", r#"{"n":1}"#)];
        let answer = get(&gateway, &headers, &parameters).await;
        assert_eq!(answer.json(), json!({ "data": { "sessions": { "totalCount": 0 } } }));
        for parameters in [
            &[("query", "mutation { __typename }")][..],
            &[
                ("query", "query A { __typename } mutation B { __typename }"),
                ("operationName", "B"),
            ],
        ] {
            let answer = get(&gateway, &headers, parameters).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(text(&answer.headers, header::ALLOW), Some("POST"));
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
        }
        let other = [("query", "query A { __typename } mutation B { a }"), ("operationName", "A")];
        // The document is not valid, but its operation is a query.
        assert_ne!(get(&gateway, &headers, &other).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let request = Request::builder().method(method).uri("/graphql").body(Body::empty());
        let answer = gateway.call(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(text(&answer.headers, header::ALLOW).unwrap().contains("POST"));
    }
}

on_sqlite_alone!(async a_malformed_request_is_400_in_both_media_types, "no storage is involved");
async fn a_malformed_request_is_400_in_both_media_types(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    for accept in [GRAPHQL, JSON] {
        let headers = [("content-type", JSON), ("accept", accept), ("authorization", &*key)];
        for body in [
            "",
            "{",
            "null",
            "1",
            "\"{__typename}\"",
            "{}",
            r#"{"query":null}"#,
            r#"{"query":1}"#,
            r#"{"query":["{__typename}"]}"#,
            r#"{"query":"{__typename}","operationName":1}"#,
            r#"{"query":"{__typename}","operationName":{}}"#,
            r#"{"query":"{__typename}","variables":[]}"#,
            r#"{"query":"{__typename}","variables":"{}"}"#,
            r#"{"query":"{__typename}","variables":1}"#,
            r#"{"query":"{__typename}","extensions":[]}"#,
            r#"{"query":"{__typename}","extensions":true}"#,
            r#"{"query":"{__typename}"} {"#,
        ] {
            let answer = post(&gateway, &headers, body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{accept} {body}");
            assert_eq!(media_type(&answer), accept, "{body}");
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{accept} {body}");
            assert_eq!(answer.json().get("data"), None, "{accept} {body}");
        }
        for parameters in [
            &[][..],
            &[("query", "{__typename}"), ("variables", "{")],
            &[("query", "{__typename}"), ("variables", "[]")],
            &[("query", "{__typename}"), ("extensions", "1")],
        ] {
            let answer = get(&gateway, &headers, parameters).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{accept} {parameters:?}");
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{accept} {parameters:?}");
        }
    }
}

on_sqlite_alone!(async an_invalid_document_is_400_or_as_plain_json_200, "no storage is involved");
/// As plain JSON every well-formed request is answered with 200, as older clients expect.
async fn an_invalid_document_is_400_or_as_plain_json_200(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    for body in [
        json!({ "query": "{" }),
        json!({ "query": "" }),
        json!({ "query": "{ nothing }" }),
        json!({ "query": "query A { __typename }", "operationName": "B" }),
        json!({ "query": "query A { __typename } query B { __typename }" }),
        json!({ "query": "query($n: Int) { sessions(first: $n) { totalCount } }", "variables": { "n": "x" } }),
        json!({ "query": "query($n: Int!) { sessions(first: $n) { totalCount } }" }),
        json!({ "query": "query($n: Int!) { sessions(first: $n) { totalCount } }", "variables": { "n": null } }),
        json!({ "query": "mutation { a }" }),
        json!({ "query": "subscription { a }" }),
    ] {
        for (accept, status) in [(GRAPHQL, 400), (JSON, 200)] {
            let headers = [("content-type", JSON), ("accept", accept), ("authorization", &*key)];
            let answer = post(&gateway, &headers, body.to_string()).await;
            assert_eq!(answer.status.as_u16(), status, "{accept} {body}");
            let codes = answer.codes();
            assert!(!codes.is_empty(), "{accept} {body}");
            assert!(codes.iter().all(|code| code == "BAD_USER_INPUT"), "{accept} {body} {codes:?}");
            assert_eq!(answer.json().get("data"), None, "{accept} {body}");
        }
    }
}

on_sqlite_alone!(async optional_members_can_be_null_and_unknown_ones_are_ignored, "no storage is involved");
async fn optional_members_can_be_null_and_unknown_ones_are_ignored(on: DatabaseKind) {
    let (gateway, _) = gateway_with(on, &[]).await;
    for body in [
        r#"{"query":"{__typename}","operationName":null,"variables":null,"extensions":null}"#,
        r#"{"query":"{__typename}","variables":{},"extensions":{"a":{"b":[1]}}}"#,
        r#"{"query":"query A{__typename}","operationName":"A","id":7,"more":{}}"#,
    ] {
        let answer = post(&gateway, &[("content-type", JSON)], body).await;
        assert_eq!(answer.json(), json!({ "data": { "__typename": "Query" } }), "{body}");
    }
}

on_sqlite_alone!(async a_body_over_the_limit_is_413, "no storage is involved");
async fn a_body_over_the_limit_is_413(on: DatabaseKind) {
    let (gateway, _) = gateway_with(on, &["--max-body-bytes", "100"]).await;
    let body = |length: usize| format!("{TYPENAME:length$}");
    let headers = [("content-type", JSON), ("accept", GRAPHQL)];
    assert_eq!(post(&gateway, &headers, body(100)).await.status, StatusCode::OK);
    let answer = post(&gateway, &headers, body(101)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
}

on_sqlite_alone!(async caches_do_not_store_answers, "no storage is involved");
async fn caches_do_not_store_answers(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    let headers = [("accept", GRAPHQL), ("authorization", &*key)];
    let answer = get(&gateway, &headers, &[("query", "{viewer{keyLabel}}")]).await;
    assert_eq!(text(&answer.headers, header::CACHE_CONTROL), Some("no-store"));
}
