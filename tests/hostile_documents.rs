//! Hostile requests: each is refused soon with a precise error, and the server continues to work.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

mod make;
mod shapes;
mod values;

use self::make::{Hostile, list_of, many, real};
use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process::{self, CommandEnvironment, Server},
    wire,
};

fn documents() -> Vec<Hostile> {
    let kinds = [
        shapes::expansion(),
        shapes::depth(),
        shapes::circles(),
        values::lists_and_texts(),
        values::bodies(),
        values::introspection(),
        values::costs(),
        values::wrong_values(),
        values::refused_by_a_field(),
    ];
    kinds.into_iter().flatten().collect()
}

/// A request is refused as a whole, or its field fails where the document is valid, in both cases
/// with the right code and few errors.
fn check(hostile: &Hostile, status: u16, answer: &[u8]) -> Result<(), String> {
    let Ok(answer) = serde_json::from_slice::<Value>(answer) else {
        return Err(format!("no JSON: {}", String::from_utf8_lossy(answer)));
    };
    let text = answer.to_string();
    let shown: String = text.chars().take(600).collect();
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    let expected = match hostile.runs {
        true => status == 200 && answer.get("data").is_some(),
        false => (400..500).contains(&status) && answer.get("data").is_none(),
    };
    if !expected {
        return Err(format!("status {status}: {shown}"));
    }
    if errors.is_empty() || errors.len() > 5 {
        return Err(format!("{} errors: {shown}", errors.len()));
    }
    let code = |error: &Value| error["extensions"]["code"].as_str().map(str::to_owned);
    if !errors.iter().all(|it| code(it).is_some_and(|it| hostile.codes.contains(&it.as_str()))) {
        return Err(format!("not {:?}: {shown}", hostile.codes));
    }
    let is_limit = |error: &Value| code(error).is_some_and(|it| it.starts_with("QUERY_TOO_"));
    let is_located = |error: &Value| error["locations"][0]["line"].is_u64();
    if !errors.iter().all(|it| is_located(it) || !is_limit(it)) {
        return Err(format!("an error of a limit without locations: {shown}"));
    }
    if text.len() > 20_000 {
        return Err(format!("an answer of {} bytes: {shown}", text.len()));
    }
    Ok(())
}

const GOOD: &str = r#"{"query":"{viewer{keyLabel}}"}"#;

fn request(tenant: &Tenant, body: Vec<u8>) -> Request<Body> {
    Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", "application/graphql-response+json")
        .header("authorization", format!("Bearer {}", tenant.key))
        .body(Body::from(body))
        .unwrap()
}

/// Longer than any refusal takes, shorter than running one of these would.
const SOON: Duration = Duration::from_secs(15);

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "{} of the documents:\n{}", faults.len(), faults.join("\n"));
}

on_sqlite_alone!(async hostile_requests_are_refused_with_a_precise_error, "refused before anything is asked of it");
async fn hostile_requests_are_refused_with_a_precise_error(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let mut faults = Vec::new();
    for hostile in documents() {
        let start = Instant::now();
        let answer = gateway.call(request(&tenant, hostile.body.clone())).await;
        if let Err(fault) = check(&hostile, answer.status.as_u16(), &answer.body) {
            faults.push(format!("{}: {fault}", hostile.name));
        }
        if start.elapsed() > SOON {
            faults.push(format!("{}: took {:?}", hostile.name, start.elapsed()));
        }
    }
    let good = gateway.call(request(&tenant, GOOD.into())).await;
    assert_eq!(good.json()["data"]["viewer"]["keyLabel"], "test");
    report(&faults);
}

on_sqlite_alone!(
    hostile_requests_do_not_hurt_the_process,
    "refused before anything is asked of it"
);
fn hostile_requests_do_not_hurt_the_process(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    let key =
        process::stdout(&environment, &["key", "create", "--account", "acme", "--label", "test"]);
    let server = Server::start(&environment, &[]);
    let authorization = format!("Bearer {}", key.trim());
    let headers = [
        ("content-type", "application/json"),
        ("accept", "application/graphql-response+json"),
        ("authorization", authorization.as_str()),
    ];
    let mut faults = Vec::new();
    for hostile in documents() {
        let answer = wire::send(&server.url, "POST", "/graphql", &headers, &hostile.body);
        if let Err(fault) = check(&hostile, answer.status, &answer.body) {
            faults.push(format!("{}: {fault}", hostile.name));
        }
        let good = wire::send(&server.url, "POST", "/graphql", &headers, GOOD.as_bytes());
        assert_eq!(good.json()["data"]["viewer"]["keyLabel"], "test", "after {}", hostile.name);
    }
    report(&faults);
}

on_each_database!(async requests_just_within_the_limits_are_answered);
async fn requests_just_within_the_limits_are_answered(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let filtered = "query($f:SessionFilter){sessions(filter:$f){totalCount}}";
    let deep = |levels: usize| (0..levels).fold(json!({}), |inside, _| json!({ "not": inside }));
    for (query, variables) in [
        (format!("{{{}}}", many(30, |n| format!("a{n}:viewer{{keyLabel}}"))), json!({})),
        (
            "query($ids:[ID!]!){nodes(ids:$ids){id}}".to_owned(),
            json!({ "ids": (0..250).map(|n| format!("session_{n}")).collect::<Vec<_>>() }),
        ),
        (filtered.to_owned(), json!({ "f": { "legacyId": { "in": list_of(250) } } })),
        (filtered.to_owned(), json!({ "f": deep(29) })),
        (filtered.to_owned(), json!({ "f": { "notes": { "eq": "x".repeat(1000) } } })),
        // Undeclared variables are ignored.
        ("{__typename}".to_owned(), (0..10_000).map(|n| (n.to_string(), json!(n))).collect()),
        (filtered.to_owned(), json!({ "f": { "notes": { "eq": "a\u{0}b" } } })),
        (real("technician{id}"), json!({})),
        (
            "{a:sessions(first:200){nodes{id}} sessions(first:50){nodes{chatMessages(first:100){nodes{body}}}}}".to_owned(),
            json!({}),
        ),
    ] {
        gateway.data(&tenant, &query, variables).await;
    }
}

on_each_database!(async a_long_filter_on_the_sessions_of_many_technicians_is_answered);
/// A page's filter is compiled for every parent, and databases bound the values of a statement.
async fn a_long_filter_on_the_sessions_of_many_technicians_is_answered(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--max-cost", "10000000"]).await;
    let tenant = gateway.tenant("acme").await;
    let sessions: Vec<_> = (1..=600)
        .map(|id| json!({ "id": id, "tech_username": format!("t{id:04}"), "date_start": "2024-05-01" }))
        .collect();
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    let query = "query($f:SessionFilter $a:String $b:String){
        a: technicians(first:200){...page} b: technicians(first:200 after:$a){...page}
        c: technicians(first:200 after:$b){...page} }
        fragment page on TechnicianConnection{pageInfo{endCursor} nodes{sessions(first:1 filter:$f){nodes{legacyId}}}}";
    let page = async |variables: Value| gateway.data(&tenant, query, variables).await;
    let first = page(json!({})).await["a"]["pageInfo"]["endCursor"].clone();
    let second = page(json!({ "a": first })).await["b"]["pageInfo"]["endCursor"].clone();
    let filter = json!({ "legacyId": { "in": list_of(250) } });
    let pages = page(json!({ "a": first, "b": second, "f": filter })).await;
    let found = ["a", "b", "c"].map(|name| {
        let nodes = pages[name]["nodes"].as_array().unwrap().iter();
        nodes.filter(|node| node["sessions"]["nodes"] != json!([])).count()
    });
    assert_eq!(found, [200, 49, 0]);
}

on_sqlite_alone!(async a_body_over_256_kib_is_refused_before_it_is_read, "no storage is involved");
async fn a_body_over_256_kib_is_refused_before_it_is_read(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let padded = |length: usize| {
        let mut body = GOOD.as_bytes().to_vec();
        body.resize(length, b' ');
        body
    };
    let most = 256 * 1024;
    let within = gateway.call(request(&tenant, padded(most))).await;
    assert_eq!(within.status, StatusCode::OK);
    let beyond = gateway.call(request(&tenant, padded(most + 1))).await;
    assert_eq!(beyond.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(beyond.codes(), ["BAD_USER_INPUT"]);
}

/// The query of graphql-js's `getIntrospectionQuery` with all of its options, as GraphiQL sends it.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description
    queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType }
    directives { name description isRepeatable locations
        args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { name description
        args(includeDeprecated: true) { ...InputValue }
        type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue }
    interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue
    isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name } } } } } } } } } }";

on_sqlite_alone!(async the_usual_introspection_is_answered_without_a_key, "no storage is involved");
async fn the_usual_introspection_is_answered_without_a_key(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let body = json!({ "query": INTROSPECTION, "operationName": "IntrospectionQuery" }).to_string();
    let request = Request::post("/graphql").header("content-type", "application/json");
    let answer = gateway.call(request.body(Body::from(body)).unwrap()).await.json();
    assert_eq!(answer.get("errors"), None);
    let types = answer["data"]["__schema"]["types"].as_array().unwrap();
    assert!(types.iter().any(|it| it["name"] == "Session"));
}
