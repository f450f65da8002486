//! Access to GraphQL: keys, the schema without a key, and other origins.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use crate::{
    graphql_over_http::calls::{bearer, gateway_with, get, post, text},
    support::{
        Gateway,
        database::{DatabaseKind, on_sqlite_alone},
    },
};

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

on_sqlite_alone!(async a_key_is_accepted_in_three_headers, "no storage is involved");
async fn a_key_is_accepted_in_three_headers(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = tenant.key.as_str();
    let schemes = ["Bearer ", "bearer ", "BEARER ", "Bearer   "].map(|it| format!("{it}{key}"));
    let mut headers: Vec<_> = schemes.iter().map(|it| ("authorization", it.as_str())).collect();
    headers.extend([("x-api-key", key), ("integration-key", key)]);
    for header in headers {
        let body = r#"{"query":"{viewer{account{name}}}"}"#;
        let answer = post(&gateway, &[("content-type", JSON), header], body).await;
        assert_eq!(answer.json()["data"]["viewer"]["account"]["name"], "acme", "{header:?}");
        let answer = get(&gateway, &[header], &[("query", "{viewer{keyLabel}}")]).await;
        assert_eq!(answer.json()["data"]["viewer"]["keyLabel"], "test", "{header:?}");
        let legacy = "/get_session_history.php?VARS=ID";
        for target in [legacy.to_owned(), format!("{legacy}&KEY="), format!("{legacy}&KEY=wrong")] {
            let request = Request::get(target).header(header.0, header.1).body(Body::empty());
            let answer = gateway.call(request.unwrap()).await.text();
            assert!(answer.contains("<nrequests>0</nrequests>"), "{header:?}: {answer}");
        }
    }
}

on_sqlite_alone!(async a_header_without_a_valid_key_does_not_hide_a_valid_key, "no storage is involved");
/// Proxies send an `Authorization` of their own, or add headers to those of the caller.
async fn a_header_without_a_valid_key_does_not_hide_a_valid_key(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let (key, bearer) = (tenant.key.as_str(), bearer(&tenant));
    for headers in [
        &[("authorization", "Basic dXNlcjpwYXNz"), ("x-api-key", key)][..],
        &[("authorization", "Basic dXNlcjpwYXNz"), ("integration-key", key)],
        &[("authorization", "Digest username=\"u\", realm=\"r\""), ("x-api-key", key)],
        &[("authorization", "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln"), ("x-api-key", key)],
        &[("authorization", "Bearer"), ("integration-key", key)],
        &[("authorization", ""), ("x-api-key", key)],
        &[("x-api-key", ""), ("integration-key", key)],
        &[("x-api-key", "wrong-key-0123456789"), ("integration-key", key)],
        &[("integration-key", "wrong-key-0123456789"), ("authorization", &bearer)],
        &[("authorization", "Basic dXNlcjpwYXNz"), ("authorization", &bearer)],
        &[("authorization", &bearer), ("authorization", "Basic dXNlcjpwYXNz")],
        &[("x-api-key", "wrong-key-0123456789"), ("x-api-key", key)],
    ] {
        let query = [("query", "{viewer{keyLabel}}")];
        let answer = get(&gateway, headers, &query).await;
        assert_eq!(answer.json()["data"]["viewer"]["keyLabel"], "test", "{headers:?}");
        let mut request = Request::get("/get_session_history.php?VARS=ID");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = gateway.call(request.body(Body::empty()).unwrap()).await.text();
        assert!(answer.contains("<nrequests>"), "{headers:?}: {answer}");
    }
}

on_sqlite_alone!(async of_several_valid_keys_the_first_by_the_order_of_the_headers_counts, "no storage is involved");
async fn of_several_valid_keys_the_first_by_the_order_of_the_headers_counts(on: DatabaseKind) {
    let (gateway, first) = gateway_with(on, &[]).await;
    let (second, third) = (gateway.tenant("second").await, gateway.tenant("third").await);
    let account = async |headers: &[(&str, &str)]| {
        let answer = get(&gateway, headers, &[("query", "{viewer{account{name}}}")]).await.json();
        answer["data"]["viewer"]["account"]["name"].as_str().unwrap().to_owned()
    };
    let bearers = [&first, &second, &third].map(bearer);
    let [first, second, third] = [&first, &second, &third].map(|it| it.key.as_str());
    // The order in the request does not matter.
    let all = [("integration-key", third), ("x-api-key", second), ("authorization", &*bearers[0])];
    assert_eq!(account(&all).await, "acme");
    assert_eq!(account(&all[..2]).await, "second");
    assert_eq!(account(&[("x-api-key", third), ("x-api-key", second)]).await, "third");
    assert_eq!(
        account(&[("authorization", &bearers[1]), ("authorization", &bearers[0])]).await,
        "second"
    );

    // On the legacy URL the parameter is tried first.
    let request = Request::get(format!("/get_session_history.php?KEY={first}&VARS=ID"));
    let answer =
        gateway.call(request.header("x-api-key", second).body(Body::empty()).unwrap()).await;
    assert!(answer.text().contains("<nrequests>"), "{}", answer.text());
}

on_sqlite_alone!(async another_authorization_scheme_is_not_a_key, "no storage is involved");
/// Behind a proxy with a password, a browser sends `Basic` with every request of the page.
async fn another_authorization_scheme_is_not_a_key(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let basic = format!("Basic {}", tenant.key);
    for header in [("authorization", &*basic), ("authorization", "")] {
        let answer = get(&gateway, &[header], &[("query", "{__schema{queryType{name}}}")]).await;
        assert_eq!((answer.status, answer.codes()), (StatusCode::OK, vec![]), "{header:?}");
        let answer = get(&gateway, &[header], &[("query", "{viewer{keyLabel}}")]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{header:?}");
    }
}

on_sqlite_alone!(async with_an_invalid_key_not_even_the_schema_can_be_read, "no storage is involved");
async fn with_an_invalid_key_not_even_the_schema_can_be_read(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    for header in [
        ("authorization", "Bearer wrong-key-0123456789"),
        ("authorization", "Bearer "),
        ("authorization", "Bearer"),
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

on_sqlite_alone!(async without_a_key_only_typename_and_the_schema_can_be_read, "no storage is involved");
async fn without_a_key_only_typename_and_the_schema_can_be_read(on: DatabaseKind) {
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
async fn a_closed_schema_needs_a_key(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &["--introspection", "keys"]).await;
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

on_sqlite_alone!(async a_schema_that_is_off_cannot_be_read_with_a_key_either, "no storage is involved");
async fn a_schema_that_is_off_cannot_be_read_with_a_key_either(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &["--introspection", "off"]).await;
    let key = bearer(&tenant);
    let ask = async |query: &str, key: &[(&str, &str)]| {
        let body = json!({ "query": query }).to_string();
        let headers = [&[("content-type", JSON), ("accept", GRAPHQL)], key].concat();
        let answer = post(&gateway, &headers, body).await;
        (answer.status, answer.codes())
    };
    let with_key = [("authorization", &*key)];
    for query in [
        "{__schema{queryType{name}}}",
        "{__type(name:\"Session\"){name}}",
        "{a:__schema{queryType{name}}}",
        "{viewer{keyLabel} __schema@skip(if:true){queryType{name}}}",
        "{__typename ...a} fragment a on Query{...on Query{__type(name:\"Query\"){name}}}",
        "query A{__typename} query B{__schema{queryType{name}}}",
    ] {
        let refused = (StatusCode::FORBIDDEN, vec!["FORBIDDEN".to_owned()]);
        assert_eq!(ask(query, &with_key).await, refused, "{query}");
        let refused = (StatusCode::UNAUTHORIZED, vec!["UNAUTHENTICATED".to_owned()]);
        assert_eq!(ask(query, &[]).await, refused, "{query}");
    }
    for query in ["{__typename}", "{viewer{__typename keyLabel}}", "{__schema:__typename}"] {
        assert_eq!(ask(query, &with_key).await, (StatusCode::OK, vec![]), "{query}");
    }
    let answer = gateway.get("/translate?VARS=ID").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
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

on_sqlite_alone!(async pages_of_other_origins_can_call_only_if_configured, "no storage is involved");
async fn pages_of_other_origins_can_call_only_if_configured(on: DatabaseKind) {
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

/// Sends a preflight for these headers, and returns those that are allowed.
async fn preflight(gateway: &Gateway, path: &str, headers: &str) -> Vec<String> {
    let request = Request::options(path)
        .header("origin", "https://dashboard.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", headers);
    let answer = gateway.call(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    let allowed = text(&answer.headers, header::ACCESS_CONTROL_ALLOW_HEADERS).unwrap_or_default();
    let allowed: Vec<_> = allowed.split(',').map(|it| it.trim().to_ascii_lowercase()).collect();
    let asked = headers.split(',').map(|it| it.trim().to_ascii_lowercase());
    asked.filter(|it| allowed.contains(it)).collect()
}

on_sqlite_alone!(async pages_of_other_origins_can_send_the_headers_of_common_clients, "no storage is involved");
async fn pages_of_other_origins_can_send_the_headers_of_common_clients(on: DatabaseKind) {
    let origin = ["--allowed-origins", "https://dashboard.example"];
    let (gateway, _) = gateway_with(on, &origin).await;
    // Headers of the gateway, of GraphQL clients, of tracing, and other common ones.
    let clients = "authorization, content-type, content-encoding, x-api-key, INTEGRATION-KEY, \
                   apollographql-client-name, apollographql-client-version, apollo-require-preflight, \
                   x-apollo-operation-id, x-apollo-operation-name, graphql-client-name, \
                   graphql-client-version, graphql-require-preflight, traceparent, tracestate, baggage, \
                   sentry-trace, x-datadog-origin, x-datadog-parent-id, x-datadog-sampling-priority, \
                   x-datadog-trace-id, b3, x-b3-traceid, x-b3-spanid, x-b3-parentspanid, x-b3-sampled, \
                   x-b3-flags, newrelic, x-amzn-trace-id, x-cloud-trace-context, request-id, x-request-id, \
                   x-correlation-id, x-requested-with, cache-control, pragma";
    let all: Vec<_> = clients.split(',').map(|it| it.trim().to_ascii_lowercase()).collect();
    for path in ["/graphql", "/get_session_history.php"] {
        assert_eq!(preflight(&gateway, path, clients).await, all, "{path}");
        assert!(preflight(&gateway, path, "x-anything, cookie").await.is_empty(), "{path}");
    }

    let (gateway, _) =
        gateway_with(on, &[&origin[..], &["--allowed-headers", "X-Team,x-build"]].concat()).await;
    let asked =
        "x-team, x-build, traceparent, authorization, content-type, x-api-key, integration-key";
    let allowed =
        ["x-team", "x-build", "authorization", "content-type", "x-api-key", "integration-key"];
    assert_eq!(preflight(&gateway, "/graphql", asked).await, allowed);

    let (gateway, _) = gateway_with(on, &[&origin[..], &["--allowed-headers", "*"]].concat()).await;
    assert_eq!(
        preflight(&gateway, "/graphql", "x-anything, authorization").await,
        ["x-anything", "authorization"]
    );
}

on_sqlite_alone!(async pages_of_other_origins_can_read_the_headers_of_answers, "no storage is involved");
async fn pages_of_other_origins_can_read_the_headers_of_answers(on: DatabaseKind) {
    let (gateway, _) = gateway_with(on, &["--allowed-origins", "https://dashboard.example"]).await;
    let headers = [("content-type", JSON), ("origin", "https://dashboard.example")];
    let answer = post(&gateway, &headers, "{").await;
    let exposed = text(&answer.headers, header::ACCESS_CONTROL_EXPOSE_HEADERS).unwrap();
    assert_eq!(exposed, "x-request-id,ratelimit,ratelimit-policy,retry-after");
}
