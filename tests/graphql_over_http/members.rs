//! The members of a request, and the messages for invalid ones.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::calls::{bearer, gateway_with, get, post};
use crate::support::{
    Answer,
    database::{DatabaseKind, on_sqlite_alone},
};

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// The message of the only error.
fn message(answer: &Answer) -> String {
    let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
    assert_eq!(errors.len(), 1, "{}", answer.text());
    errors[0]["message"].as_str().unwrap().to_owned()
}

on_sqlite_alone!(async only_a_json_object_is_a_request, "no storage is involved");
async fn only_a_json_object_is_a_request(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    let batch = "Batches are not supported: the body must be one JSON object, not an array. \
                 Send each request on its own.";
    let other =
        |kind| format!("The body must be a JSON object with the member 'query', not {kind}.");
    for (body, expected) in [
        // Arrays with as many items as a request has members.
        (r#"["{__typename}",null,{},null]"#, batch.to_owned()),
        (r#"["{__typename}"]"#, batch.to_owned()),
        (r#"["{__typename}",null,null,null,null]"#, batch.to_owned()),
        (r#"[{"query":"{__typename}"},{"query":"{__typename}"}]"#, batch.to_owned()),
        ("[]", batch.to_owned()),
        ("null", other("null")),
        ("true", other("a boolean")),
        ("1", other("a number")),
        ("-1.5e3", other("a number")),
        (r#""{__typename}""#, other("a string")),
    ] {
        for accept in [GRAPHQL, JSON] {
            let headers = [("content-type", JSON), ("accept", accept), ("authorization", &*key)];
            let answer = post(&gateway, &headers, body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
            assert_eq!(
                (answer.codes(), message(&answer)),
                (vec!["BAD_USER_INPUT".into()], expected.clone()),
                "{body}"
            );
        }
    }
}

on_sqlite_alone!(async a_member_of_a_wrong_type_is_named_with_its_type, "no storage is involved");
async fn a_member_of_a_wrong_type_is_named_with_its_type(on: DatabaseKind) {
    let (gateway, _) = gateway_with(on, &[]).await;
    let kinds = [
        (json!(null), "null"),
        (json!(true), "a boolean"),
        (json!(1), "a number"),
        (json!("{__typename}"), "a string"),
        (json!([]), "an array"),
        (json!({}), "an object"),
    ];
    for (member, taken, rule) in [
        ("query", &["a string"][..], "a string"),
        ("documentId", &["a string", "null"], "a string or null"),
        ("operationName", &["a string", "null"], "a string or null"),
        ("variables", &["an object", "null"], "an object or null"),
        ("extensions", &["an object", "null"], "an object or null"),
    ] {
        for (value, kind) in kinds.iter().filter(|(_, kind)| !taken.contains(kind)) {
            let mut body = json!({ "query": "{__typename}" });
            body[member] = value.clone();
            let answer = post(&gateway, &[("content-type", JSON)], body.to_string()).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
            assert_eq!(
                message(&answer),
                format!("'{member}' must be {rule}, not {kind}."),
                "{body}"
            );
        }
    }
    for body in ["{}", r#"{"Query":"{__typename}"}"#, r#"{"extensions":{"persistedQuery":null}}"#] {
        let answer = post(&gateway, &[("content-type", JSON)], body).await;
        assert_eq!(
            (answer.status, message(&answer)),
            (
                StatusCode::BAD_REQUEST,
                "The request has no 'query'. Send the document as the string 'query'.".into()
            ),
            "{body}"
        );
    }
}

on_sqlite_alone!(async a_key_that_occurs_twice_in_an_object_is_refused, "no storage is involved");
/// Otherwise only the last value would count, and a condition of a filter could be lost.
async fn a_key_that_occurs_twice_in_an_object_is_refused(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    for (body, name) in [
        (r#"{"query":"{__typename}","query":"{__typename}"}"#, "query"),
        (r#"{"query":"{__typename}","operationName":null,"operationName":"A"}"#, "operationName"),
        (r#"{"query":"{__typename}","variables":{},"variables":{}}"#, "variables"),
        (r#"{"query":"{__typename}","variables":{"a":1,"a":2}}"#, "a"),
        (
            r#"{"query":"query($f: SessionFilter) {sessions(filter: $f) {totalCount}}","variables":{"f":{"customer":{"name":{"eq":"x"}},"customer":{}}}}"#,
            "customer",
        ),
        (r#"{"query":"{__typename}","variables":{"l":[{"b":1},{"b":1,"c":2,"b":2}]}}"#, "b"),
        (r#"{"query":"{__typename}","extensions":{"e":1,"\u0065":2}}"#, "e"),
        (r#"{"query":"{__typename}","other":{"o":1,"o":1}}"#, "o"),
    ] {
        let answer =
            post(&gateway, &[("content-type", JSON), ("authorization", &*key)], body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        let message = message(&answer);
        let expected = format!(
            "The body is not valid JSON: the key '{name}' occurs twice in one object at line 1 column "
        );
        assert!(message.starts_with(&expected), "{body}: {message}");
    }
    let twice = [("query", "{__typename}"), ("query", "{viewer{keyLabel}}")];
    let answer = get(&gateway, &[("authorization", &*key)], &twice).await;
    assert_eq!(
        (answer.status, message(&answer)),
        (StatusCode::BAD_REQUEST, "The parameter 'query' occurs twice in the URL.".into())
    );
    let twice = [
        ("query", "query($a: Int) {sessions(first: $a) {totalCount}}"),
        ("variables", r#"{"a":1,"a":2}"#),
    ];
    let answer = get(&gateway, &[("authorization", &*key)], &twice).await;
    let expected = "The parameter 'variables' is not valid JSON: the key 'a' occurs twice in one object at line 1 column 10.";
    assert_eq!((answer.status, message(&answer)), (StatusCode::BAD_REQUEST, expected.into()));
}

on_sqlite_alone!(async a_blank_parameter_of_a_url_is_absent, "no storage is involved");
async fn a_blank_parameter_of_a_url_is_absent(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    let query = ("query", "query A {viewer{keyLabel}}");
    for more in [
        &[("variables", "")][..],
        &[("variables", "  ")],
        &[("extensions", "")],
        &[("operationName", "")],
        &[("operationName", " "), ("variables", ""), ("extensions", "\n")],
        &[("variables", "null"), ("extensions", "null")],
        &[("operationName", "A"), ("KEY", ""), ("KEY", "")],
    ] {
        let answer = get(&gateway, &[("authorization", &*key)], &[&[query], more].concat()).await;
        assert_eq!(answer.json(), json!({"data": {"viewer": {"keyLabel": "test"}}}), "{more:?}");
    }
    for parameters in [&[][..], &[("query", "")], &[("query", " \n")]] {
        let answer = get(&gateway, &[("authorization", &*key)], parameters).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(
            message(&answer),
            "The request has no 'query'. Send the document as the string 'query'."
        );
    }
}

on_sqlite_alone!(async an_empty_operation_name_in_a_body_names_no_operation, "no storage is involved");
/// Only in a URL, which cannot hold null, is an empty name the same as none.
async fn an_empty_operation_name_in_a_body_names_no_operation(on: DatabaseKind) {
    let (gateway, tenant) = gateway_with(on, &[]).await;
    let key = bearer(&tenant);
    let ask = async |name: Value| {
        let body = json!({ "query": "query A {__typename}", "operationName": name }).to_string();
        post(
            &gateway,
            &[("content-type", JSON), ("accept", GRAPHQL), ("authorization", &*key)],
            body,
        )
        .await
    };
    for name in ["", " ", "B"] {
        let answer = ask(json!(name)).await;
        assert_eq!(
            (answer.status, answer.codes()),
            (StatusCode::BAD_REQUEST, vec!["BAD_USER_INPUT".into()]),
            "{name:?}"
        );
    }
    for name in [json!(null), json!("A")] {
        assert_eq!(ask(name).await.json(), json!({"data": {"__typename": "Query"}}));
    }
}
