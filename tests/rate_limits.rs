//! The limits of what a key and an account may use.

use axum::{
    body::Body,
    http::{Request, StatusCode},
    response::Response,
};
use serde_json::{Value, json};
use session_history::domain::viewer::Scope;
use tower::ServiceExt;

use crate::support::{
    Answer, Gateway, Tenant,
    database::{DatabaseKind, on_sqlite_alone},
};

const SMALL: &str = "{ viewer { keyLabel } }";

async fn ask(gateway: &Gateway, key: &str, query: &str) -> Answer {
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("x-api-key", key)
        .body(Body::from(json!({ "query": query }).to_string()));
    gateway.call(request.unwrap()).await
}

/// Asks until it is refused, and answers the number of requests that were not, and the refusal.
async fn until_refused(mut ask: impl AsyncFnMut() -> Answer) -> (usize, Answer) {
    for count in 0..1_000 {
        let answer = ask().await;
        if answer.status != StatusCode::OK {
            return (count, answer);
        }
    }
    panic!("no request was refused");
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

on_sqlite_alone!(async a_key_that_sends_too_many_requests_gets_429, "no storage is involved");
async fn a_key_that_sends_too_many_requests_gets_429(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--rate-limit", "5"]).await;
    let (acme, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    gateway.key(acme.account, "second-key-of-acme", &[Scope::Read]).await;
    let (answered, refusal) = until_refused(async || ask(&gateway, &acme.key, SMALL).await).await;
    // More only if the machine is slow.
    assert!(answered >= 10, "{answered}");
    assert_eq!(
        (refusal.status, refusal.codes()),
        (StatusCode::TOO_MANY_REQUESTS, vec!["RATE_LIMITED".into()])
    );
    assert!(refusal.text().contains("the limit is 5 a second"), "{}", refusal.text());
    assert_eq!(header(&refusal, "retry-after"), "1");
    assert_eq!(header(&refusal, "ratelimit-policy"), "\"requests\";q=10;w=2");
    assert_eq!(header(&refusal, "ratelimit"), "\"requests\";r=0;t=2");
    // The legacy URL uses the same rate. Other keys have rates of their own.
    let legacy = async |key: &str| gateway.legacy(key, &[("VARS", "ID")]).await;
    let (_, refusal) = until_refused(async || legacy(&acme.key).await).await;
    assert_eq!(refusal.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refusal.text(), "<response><error_msg>Too many requests.</error_msg></response>");
    assert_eq!(
        (header(&refusal, "retry-after"), header(&refusal, "ratelimit")),
        ("1", "\"requests\";r=0;t=2")
    );
    for key in ["second-key-of-acme", &other.key] {
        let answer = ask(&gateway, key, SMALL).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert_eq!(header(&answer, "ratelimit"), "\"requests\";r=9;t=1");
        assert_eq!(legacy(key).await.status, StatusCode::OK);
    }
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(ask(&gateway, &acme.key, SMALL).await.status, StatusCode::OK);
}

on_sqlite_alone!(async a_request_weighs_by_its_cost, "no storage is involved");
async fn a_request_weighs_by_its_cost(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--rate-limit-cost", "100"]).await;
    let tenant = gateway.tenant("acme").await;
    let key = async |name: &str| {
        gateway.key(tenant.account, name, &[Scope::Read]).await;
        name.to_owned()
    };
    let page = |size: u32| format!("{{ sessions(first: {size}) {{ nodes {{ id }} }} }}");
    let first = key("the-first-key").await;
    assert_eq!(ask(&gateway, &first, &page(80)).await.status, StatusCode::OK);
    let refusal = ask(&gateway, &first, &page(80)).await;
    assert_eq!(
        (refusal.status, refusal.codes()),
        (StatusCode::TOO_MANY_REQUESTS, vec!["RATE_LIMITED".into()])
    );
    assert!(refusal.text().contains("its limit is a cost of 100 a second"), "{}", refusal.text());
    assert_eq!(header(&refusal, "ratelimit-policy"), "\"cost\";q=200;w=2;qu=\"cost\"");
    assert!(["1", "2"].contains(&header(&refusal, "retry-after")), "{:?}", refusal.headers);
    assert_eq!(ask(&gateway, &first, SMALL).await.status, StatusCode::OK);
    // What costs more than can be used at once empties the bucket, and is not refused for ever.
    let second = key("the-second-key").await;
    assert_eq!(ask(&gateway, &second, &page(200)).await.status, StatusCode::OK);
    assert_eq!(ask(&gateway, &second, &page(80)).await.status, StatusCode::TOO_MANY_REQUESTS);
    // A call of the legacy URL has a cost too.
    let third = key("the-third-key").await;
    let (answered, refusal) =
        until_refused(async || gateway.legacy(&third, &[("VARS", "ID")]).await).await;
    assert_eq!((answered, refusal.status), (1, StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(refusal.text(), "<response><error_msg>Too many requests.</error_msg></response>");
    assert!(!header(&refusal, "retry-after").is_empty());
}

on_sqlite_alone!(async without_a_limit_there_are_no_headers, "no storage is involved");
async fn without_a_limit_there_are_no_headers(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    for _ in 0..50 {
        let answer = ask(&gateway, &tenant.key, SMALL).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("ratelimit")));
    }
}

/// Sends a request and does not read the answer.
async fn unread(gateway: &Gateway, tenant: &Tenant) -> Response {
    let uri = format!("/get_session_history.php?KEY={}&VARS=ID", tenant.key);
    let request = Request::get(uri).body(Body::empty()).unwrap();
    gateway.router.clone().oneshot(request).await.unwrap()
}

on_sqlite_alone!(async a_request_is_in_progress_until_its_answer_is_sent, "no storage is involved");
async fn a_request_is_in_progress_until_its_answer_is_sent(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--max-account-requests", "2"]).await;
    let (acme, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    let answers = [unread(&gateway, &acme).await, unread(&gateway, &acme).await];
    assert!(answers.iter().all(|answer| answer.status() == StatusCode::OK));
    // Two wait, and no more.
    let waiting = futures_util::future::join(
        ask(&gateway, &acme.key, SMALL),
        ask(&gateway, &acme.key, SMALL),
    );
    let mut waiting = std::pin::pin!(waiting);
    let soon = std::time::Duration::from_millis(300);
    assert!(tokio::time::timeout(soon, &mut waiting).await.is_err());
    let refusal = ask(&gateway, &acme.key, SMALL).await;
    assert_eq!(
        (refusal.status, refusal.codes()),
        (StatusCode::TOO_MANY_REQUESTS, vec!["RATE_LIMITED".into()])
    );
    assert!(
        refusal.text().contains("The account has 2 requests in progress"),
        "{}",
        refusal.text()
    );
    assert_eq!(header(&refusal, "retry-after"), "1");
    let refusal = unread(&gateway, &acme).await;
    assert_eq!(refusal.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refusal.headers()["retry-after"], "1");
    // Another account has a number of its own.
    assert_eq!(ask(&gateway, &other.key, SMALL).await.status, StatusCode::OK);
    drop(answers);
    let (first, second) = waiting.await;
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(ask(&gateway, &acme.key, SMALL).await.status, StatusCode::OK);
}

on_sqlite_alone!(async a_caller_reads_its_limits, "no storage is involved");
async fn a_caller_reads_its_limits(on: DatabaseKind) {
    let limits = async |flags: &[&str]| -> Value {
        let gateway = Gateway::start_with(on, flags).await;
        let tenant = gateway.tenant("acme").await;
        let query = "{ viewer { limits { requestsPerSecond costPerSecond maxAccountRequests } } }";
        gateway.data(&tenant, query, json!({})).await["viewer"]["limits"].clone()
    };
    let defaults =
        json!({"requestsPerSecond": null, "costPerSecond": null, "maxAccountRequests": 200});
    assert_eq!(limits(&[]).await, defaults);
    let flags = ["--rate-limit", "10", "--rate-limit-cost", "50000", "--max-account-requests", "7"];
    let set = json!({"requestsPerSecond": 10, "costPerSecond": 50_000, "maxAccountRequests": 7});
    assert_eq!(limits(&flags).await, set);
}
