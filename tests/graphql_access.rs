//! Who may ask over GraphQL, and from where.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use crate::{
    graphql_over_http::calls::{bearer, gateway_with, get, post, text},
    support::{
        Gateway,
        database::{Kind, on_sqlite_alone},
    },
};

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

on_sqlite_alone!(async the_key_may_come_in_three_headers, "no storage is involved");
async fn the_key_may_come_in_three_headers(on: Kind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = tenant.key.as_str();
    let (with, lower) = (format!("Bearer {key}"), format!("bearer {key}"));
    for header in [
        ("authorization", with.as_str()),
        ("authorization", lower.as_str()),
        ("x-api-key", key),
        ("integration-key", key),
    ] {
        let body = r#"{"query":"{viewer{account{name}}}"}"#;
        let answer = post(&gateway, &[("content-type", JSON), header], body).await;
        assert_eq!(answer.json()["data"]["viewer"]["account"]["name"], "acme", "{header:?}");
        let answer = get(&gateway, &[header], &[("query", "{viewer{keyLabel}}")]).await;
        assert_eq!(answer.json()["data"]["viewer"]["keyLabel"], "test", "{header:?}");
    }
}

on_sqlite_alone!(async a_wrong_key_opens_nothing_not_even_the_schema, "no storage is involved");
async fn a_wrong_key_opens_nothing_not_even_the_schema(on: Kind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let basic = format!("Basic {}", tenant.key);
    for header in [
        ("authorization", "Bearer wrong-key-0123456789"),
        ("authorization", "Bearer "),
        ("authorization", "Bearer"),
        ("authorization", &basic),
        ("authorization", &tenant.key),
        ("x-api-key", "wrong-key-0123456789"),
        ("x-api-key", ""),
        ("integration-key", "wrong-key-0123456789"),
    ] {
        for accept in [GRAPHQL, JSON] {
            let headers = [("content-type", JSON), ("accept", accept), header];
            for query in ["{__typename}", "{__schema{queryType{name}}}", "{viewer{keyLabel}}"] {
                let body = json!({ "query": query }).to_string();
                let answer = post(&gateway, &headers, body).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{header:?} {query}");
                assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{header:?} {query}");
                let challenge = text(&answer.headers, header::WWW_AUTHENTICATE);
                assert!(challenge.is_some_and(|it| it.starts_with("Bearer")), "{header:?}");
            }
        }
    }
}

on_sqlite_alone!(async without_a_key_only_the_schema_and_the_types_name_may_be_asked_for, "no storage is involved");
async fn without_a_key_only_the_schema_and_the_types_name_may_be_asked_for(on: Kind) {
    let (gateway, _) = gateway_with(on, &[]).await;
    let ask = async |query: &str| {
        let body = json!({ "query": query, "operationName": null }).to_string();
        post(&gateway, &[("content-type", JSON), ("accept", GRAPHQL)], body).await
    };
    for query in [
        "{__typename}",
        "{__schema{queryType{name}}}",
        "{__type(name:\"Session\"){name}}",
        "{a:__typename ...on Query{...b}} fragment b on Query{b:__schema{queryType{name}}}",
    ] {
        let answer = ask(query).await;
        assert_eq!((answer.status, answer.codes()), (StatusCode::OK, vec![]), "{query}");
    }
    for query in [
        "{viewer{keyLabel}}",
        "{sessions{totalCount}}",
        "{__typename sessions{totalCount}}",
        "{__typename ...a} fragment a on Query{sessions{totalCount}}",
        "{__typename ...on Query{node(id:\"session_1\"){id}}}",
        "{__typename:viewer{keyLabel}}",
        "{__typename viewer@skip(if:true){keyLabel}}",
        "mutation{__typename}",
        "{nothing}",
    ] {
        let answer = ask(query).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{query}");
        assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{query}");
    }
}

on_sqlite_alone!(async a_closed_schema_needs_a_key, "no storage is involved");
async fn a_closed_schema_needs_a_key(on: Kind) {
    let (gateway, tenant) = gateway_with(on, &["--open-schema", "false"]).await;
    let key = bearer(&tenant);
    for query in ["{__typename}", "{__schema{queryType{name}}}"] {
        let body = json!({ "query": query }).to_string();
        let without = post(&gateway, &[("content-type", JSON)], body.clone()).await;
        assert_eq!(without.status, StatusCode::UNAUTHORIZED, "{query}");
        assert_eq!(without.codes(), ["UNAUTHENTICATED"], "{query}");
        let with = post(&gateway, &[("content-type", JSON), ("authorization", &key)], body).await;
        assert_eq!((with.status, with.codes()), (StatusCode::OK, vec![]), "{query}");
    }
}

async fn from_origin(gateway: &Gateway, origin: &str) -> [Option<String>; 2] {
    let actual =
        post(gateway, &[("content-type", JSON), ("origin", origin)], r#"{"query":"{__typename}"}"#)
            .await;
    assert_eq!(actual.status, StatusCode::OK);
    let preflight = Request::options("/graphql")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization, content-type");
    let preflight = gateway.call(preflight.body(Body::empty()).unwrap()).await;
    [actual, preflight].map(|answer| {
        let allowed = text(&answer.headers, header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(text(&answer.headers, header::ACCESS_CONTROL_ALLOW_CREDENTIALS), None);
        allowed.map(str::to_owned)
    })
}

on_sqlite_alone!(async pages_of_other_origins_may_call_only_where_that_is_configured, "no storage is involved");
async fn pages_of_other_origins_may_call_only_where_that_is_configured(on: Kind) {
    let (closed, _) = gateway_with(on, &[]).await;
    assert_eq!(from_origin(&closed, "https://dashboard.example").await, [None, None]);
    let origins = "https://dashboard.example,https://other.example:8443";
    let (open, _) = gateway_with(on, &["--allowed-origins", origins]).await;
    for origin in ["https://dashboard.example", "https://other.example:8443"] {
        let allowed = Some(origin.to_owned());
        assert_eq!(from_origin(&open, origin).await, [allowed.clone(), allowed]);
    }
    for origin in ["https://evil.example", "http://dashboard.example", "null"] {
        assert_eq!(from_origin(&open, origin).await, [None, None], "{origin}");
    }
}
