//! Bulk requests of GraphQL: all records of a list in one answer, as NDJSON or CSV.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{
    Answer, Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

const NDJSON: &str = "application/x-ndjson";
const CSV: &str = "text/csv";

/// Sessions with these numbers, each with some messages.
fn sessions(from: i64, to: i64) -> String {
    let session = |id: i64| {
        let message =
            |n| json!({ "date": "2024-01-01 00:00:00", "text": format!("{id}.{n} \"é\"\n") });
        json!({
            "id": id, "date_start": "2024-01-01 00:00:00", "customer_name": format!("Jo, {id}"),
            "chat_info": (0..id % 4).map(message).collect::<Vec<_>>(),
            "tech_username": (id % 3 > 0).then(|| format!("tech{}@acme.example", id % 7)),
            "custom_field_name": "Tag", "custom_field_value": format!("={id}"),
        })
    };
    json!({ "requests": (from..=to).map(session).collect::<Vec<_>>() }).to_string()
}

async fn gateway(on: DatabaseKind, flags: &[&str], count: i64) -> (Gateway, Tenant) {
    let gateway = Gateway::start_with(on, flags).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, &sessions(1, count)).await;
    (gateway, tenant)
}

fn request(accept: &str, key: Option<&str>, query: &str, variables: Value) -> Request<Body> {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let mut request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", accept);
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    request.body(Body::from(body)).unwrap()
}

async fn ask(on: &(Gateway, Tenant), accept: &str, query: &str, variables: Value) -> Answer {
    on.0.call(request(accept, Some(&on.1.key), query, variables)).await
}

fn lines(answer: &Answer) -> Vec<Value> {
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const FIELDS: &str = "legacyId id startedAt updatedAt answered startMethod customer { name email }
    technician { username t: name } chatMessages(first: 2) { totalCount nodes { body } }
    customFields { name value } __typename";

on_each_database!(async every_record_is_a_line_as_the_list_itself_has_it);
async fn every_record_is_a_line_as_the_list_itself_has_it(on: DatabaseKind) {
    // An answer of one page, and one of several pages.
    for count in [50, 450] {
        let gateway =
            gateway(on, &["--legacy-page-size", "40", "--max-page-size", "500"], count).await;
        let query = format!(
            "query($f: SessionFilter) {{ all: sessions(filter: $f, orderBy: STARTED_AT_ASC) {{ nodes {{ {FIELDS} }} }} }}"
        );
        let filter = json!({ "f": { "answered": true } });
        let answer = ask(&gateway, NDJSON, &query, filter.clone()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["content-type"], "application/x-ndjson; charset=utf-8");
        let mut lines = lines(&answer);
        let paged = query.replace("orderBy", "first: 500, orderBy");
        let expected = gateway.0.data(&gateway.1, &paged, filter).await["all"]["nodes"].clone();
        let expected = expected.as_array().unwrap();
        let end = json!({ "complete": true, "count": expected.len() });
        assert_eq!(lines.pop(), Some(end));
        assert_eq!(&lines, expected);
    }
}

on_each_database!(async technicians_are_exported_too_and_a_cursor_continues);
async fn technicians_are_exported_too_and_a_cursor_continues(on: DatabaseKind) {
    let gateway = gateway(on, &["--legacy-page-size", "2"], 30).await;
    let query = "query($after: String) { technicians(after: $after) { nodes {
        username sessions(first: 1, orderBy: STARTED_AT_ASC) { nodes { legacyId } } } } }";
    let all = lines(&ask(&gateway, NDJSON, query, json!({})).await);
    assert_eq!(all.len(), 8);
    assert_eq!(all[0]["username"], "tech0@acme.example");
    assert_eq!(all[1]["sessions"]["nodes"][0]["legacyId"], "1");
    let page = "{ technicians(first: 3) { pageInfo { endCursor } } }";
    let page = gateway.0.data(&gateway.1, page, json!({})).await;
    let after = json!({ "after": page["technicians"]["pageInfo"]["endCursor"] });
    let rest = lines(&ask(&gateway, NDJSON, query, after).await);
    assert_eq!(rest[..4], all[3..7]);
    assert_eq!(rest[4], json!({ "complete": true, "count": 4 }));
}

on_each_database!(async csv_has_a_column_for_each_path);
async fn csv_has_a_column_for_each_path(on: DatabaseKind) {
    let gateway = gateway(on, &["--csv-disarm-formulas", "true"], 2).await;
    let query =
        "{ sessions(orderBy: STARTED_AT_ASC) { nodes { legacyId id startedAt endedAt answered
        startMethod customer { name email } technician { username } durationSeconds
        chatMessages { nodes { body } } customFields { value } } } }";
    let answer = ask(&gateway, CSV, query, json!({})).await;
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        answer.text(),
        "legacyId,id,startedAt,endedAt,answered,startMethod,customer.name,customer.email,\
         technician.username,durationSeconds,chatMessages,customFields\r\n\
         1,session_1,2024-01-01T00:00:00Z,,true,APPLET,\"Jo, 1\",,tech1@acme.example,,\
         \"{\"\"nodes\"\":[{\"\"body\"\":\"\"1.0 \\\"\"é\\\"\"\\n\"\"}]}\",\
         \"[{\"\"value\"\":\"\"=1\"\"}]\"\r\n\
         2,session_2,2024-01-01T00:00:00Z,,true,APPLET,\"Jo, 2\",,tech2@acme.example,,\
         \"{\"\"nodes\"\":[{\"\"body\"\":\"\"2.0 \\\"\"é\\\"\"\\n\"\"},\
         {\"\"body\"\":\"\"2.1 \\\"\"é\\\"\"\\n\"\"}]}\",\"[{\"\"value\"\":\"\"=2\"\"}]\"\r\n"
    );
    let none =
        "{ sessions(filter: { legacyId: { eq: 77 } }) { nodes { notes customer { name } } } }";
    assert_eq!(ask(&gateway, CSV, none, json!({})).await.text(), "notes,customer.name\r\n");
}

on_each_database!(async an_export_shows_one_state_during_writes);
async fn an_export_shows_one_state_during_writes(on: DatabaseKind) {
    use futures_util::StreamExt;
    let (gateway, tenant) = gateway(on, &["--legacy-page-size", "5"], 2_000).await;
    let query = "{ sessions(orderBy: STARTED_AT_ASC) { nodes { legacyId notes customer { name } chatMessages(first: 5) { nodes { body } } } } }";
    let request = request(NDJSON, Some(&tenant.key), query, json!({}));
    let response = gateway.router.clone().oneshot(request).await.unwrap();
    let mut body = response.into_body().into_data_stream();
    let mut text = body.next().await.unwrap().unwrap().to_vec();
    gateway.import(&tenant, &sessions(2_001, 2_010)).await;
    gateway.import(&tenant, r#"{"requests":[{"id":2000,"notes":"changed"}]}"#).await;
    while let Some(chunk) = body.next().await {
        text.extend_from_slice(&chunk.unwrap());
    }
    let text = String::from_utf8(text).unwrap();
    assert!(text.ends_with("{\"complete\":true,\"count\":2000}\n"));
    assert!(!text.contains("changed"));
}

on_each_database!(async other_requests_and_callers_are_refused);
async fn other_requests_and_callers_are_refused(on: DatabaseKind) {
    let gateway = gateway(on, &[], 1).await;
    let list = "A bulk request selects exactly one list";
    for (query, message) in [
        ("{ sessions { nodes { id } totalCount } }", list),
        ("{ sessions { edges { node { id } } } }", list),
        ("{ sessions { pageInfo { hasNextPage } } }", list),
        ("{ sessions { nodes { id } } viewer { keyLabel } }", list),
        ("{ viewer { keyLabel } }", list),
        ("{ session(id: 1) { id } }", list),
        ("{ __typename }", list),
        ("{ sessions(first: 10) { nodes { id } } }", "leave out the argument 'first'"),
        ("{ technicians(last: 10) { nodes { id } } }", "leave out the argument 'last'"),
        ("{ sessions(after: \"x\") { nodes { id } } }", "cursor"),
        ("{ sessions { nodes { shoeSize } } }", "shoeSize"),
        ("{ sessions { nodes", "yntax"),
    ] {
        for accept in [NDJSON, CSV] {
            let answer = ask(&gateway, accept, query, json!({})).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{query}");
            let text = answer.json()["errors"][0]["message"].to_string();
            assert!(text.contains(message), "{query}: {text}");
            let media_type = answer.headers["content-type"].to_str().unwrap();
            assert!(media_type.starts_with("application/graphql-response+json"));
        }
    }
    let query = "{ sessions { nodes { id } } }";
    let no_key = gateway.0.call(request(NDJSON, None, query, json!({}))).await;
    assert_eq!(
        (no_key.status, no_key.codes()),
        (StatusCode::UNAUTHORIZED, vec!["UNAUTHENTICATED".to_owned()])
    );
    let scope = session_history::domain::viewer::Scope::Write;
    gateway.0.key(gateway.1.account, "write-only-key-1", &[scope]).await;
    let write_only = request(NDJSON, Some("write-only-key-1"), query, json!({}));
    assert_eq!(gateway.0.call(write_only).await.codes(), ["FORBIDDEN"]);
}

on_each_database!(async another_account_is_never_exported);
async fn another_account_is_never_exported(on: DatabaseKind) {
    let (gateway, acme) = gateway(on, &["--legacy-page-size", "2"], 9).await;
    let other = gateway.tenant("other").await;
    gateway.import(&other, &sessions(100, 300)).await;
    let query = "{ sessions { nodes { legacyId } } }";
    let of = (gateway, acme);
    assert_eq!(lines(&ask(&of, NDJSON, query, json!({})).await).len(), 10);
}

on_each_database!(async a_bulk_format_must_be_named);
async fn a_bulk_format_must_be_named(on: DatabaseKind) {
    let gateway = gateway(on, &[], 1).await;
    let query = "{ sessions { nodes { id } } }";
    for (accept, content_type) in [
        ("*/*", "application/json"),
        ("text/*, */*;q=0.1", "application/json"),
        ("application/json, application/x-ndjson;q=0.5", "application/json"),
        ("application/x-ndjson, application/json;q=0.9", "application/x-ndjson"),
        ("Application/X-NDJSON", "application/x-ndjson"),
        ("text/csv; charset=utf-8, */*;q=0.1", "text/csv"),
        ("text/csv;q=0, application/json", "application/json"),
    ] {
        let answer = ask(&gateway, accept, query, json!({})).await;
        let media_type = answer.headers["content-type"].to_str().unwrap();
        assert!(media_type.starts_with(content_type), "{accept}: {media_type}");
    }
    let get = Request::get("/graphql?query=%7B__typename%7D").header("accept", NDJSON);
    let get = gateway.0.call(get.body(Body::empty()).unwrap()).await;
    assert_eq!(get.status, StatusCode::NOT_ACCEPTABLE);
}
