//! graphql-js judges generated requests, and the gateway must judge each alike: it runs what is
//! valid, and answers 400 without data to what is not.
//!
//! `VALIDITY_REQUESTS` and `VALIDITY_SEED` set how many requests there are, and which.

use std::{collections::BTreeMap, env, path::Path, str::FromStr};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde::Deserialize;
use serde_json::Value;

use crate::support::{
    Answer, Gateway, Tenant,
    database::{DatabaseKind, on_sqlite_alone},
    node,
};

/// A generated request.
#[derive(Deserialize)]
struct Judged {
    number: u64,
    /// How it was broken or rewritten, if it was.
    kinds: Vec<String>,
    /// Why it is not valid, if it is not.
    fault: Option<String>,
    body: String,
}

/// Where the gateway deliberately judges otherwise: the codes of its limits. A request within the
/// specification may exceed one of them, since the work of a request must be bounded.
const LIMITS: [&str; 2] = ["QUERY_TOO_COMPLEX", "QUERY_TOO_DEEP"];

#[expect(clippy::disallowed_methods, reason = "these are settings of the test")]
fn setting<T: FromStr>(name: &str, default: T) -> T {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn requests(count: u64, seed: u64) -> Vec<Judged> {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let numbers = [count, seed].map(|number| number.to_string());
    let output = node::run(
        &["judge/judge.mjs", schema.to_str().unwrap(), &numbers[0], &numbers[1], "0"],
        &[],
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn ask(gateway: &Gateway, tenant: &Tenant, body: &str) -> Answer {
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", "application/graphql-response+json")
        .header("authorization", format!("Bearer {}", tenant.key));
    gateway.call(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// How the gateway judges a request.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Runs,
    OverALimit,
    Refused,
}

fn verdict(answer: &Answer) -> Result<Verdict, &'static str> {
    let (json, text) = (answer.json(), answer.text());
    match (answer.status, json.get("data")) {
        (StatusCode::OK, Some(_)) => Ok(Verdict::Runs),
        // A valid subscription, which would run over a stream.
        (StatusCode::BAD_REQUEST, None) if text.contains("A subscription needs a stream.") => {
            Ok(Verdict::Runs)
        }
        (StatusCode::BAD_REQUEST, None) if LIMITS.iter().any(|code| text.contains(code)) => {
            Ok(Verdict::OverALimit)
        }
        (StatusCode::BAD_REQUEST, None) => {
            let errors = json["errors"].as_array().unwrap();
            let message = |error: &Value| error["message"].as_str().unwrap_or_default().to_owned();
            let lines = errors.iter().any(|error| message(error).contains('\n'));
            // Which operation is meant stands beside the document.
            let beside = errors.iter().any(|error| message(error).contains("operation"));
            let located = errors.iter().all(|error| error["locations"][0]["line"].is_u64());
            match errors.len() {
                0 | 6.. => Err("not one to five errors"),
                _ if lines => Err("a message of several lines"),
                _ if !located && !beside => Err("an error without locations"),
                _ => Ok(Verdict::Refused),
            }
        }
        _ => Err("neither run nor refused"),
    }
}

on_sqlite_alone!(async graphql_js_and_the_gateway_agree_on_what_is_valid, "nothing is stored");
async fn graphql_js_and_the_gateway_agree_on_what_is_valid(on: DatabaseKind) {
    let (count, seed) = (setting("VALIDITY_REQUESTS", 3_000), setting("VALIDITY_SEED", 1));
    let gateway = Gateway::start_with(on, &["--max-cost", "2000000000"]).await;
    let tenant = gateway.tenant("acme").await;
    let (mut differences, mut limited, mut valid) = (Vec::new(), 0, 0);
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for judged in requests(count, seed) {
        judged.kinds.iter().for_each(|kind| *kinds.entry(kind.clone()).or_default() += 1);
        valid += u64::from(judged.fault.is_none());
        // Twice: what the first time leaves in the cache changes nothing.
        for time in ["first", "second"] {
            let answer = ask(&gateway, &tenant, &judged.body).await;
            let verdict = verdict(&answer);
            let agrees = match &verdict {
                Ok(Verdict::OverALimit) => {
                    limited += u64::from(judged.fault.is_none());
                    true
                }
                Ok(verdict) => (*verdict == Verdict::Runs) == judged.fault.is_none(),
                Err(_) => false,
            };
            if !agrees {
                let Judged { number, kinds, fault, body } = &judged;
                let query = serde_json::from_str::<Value>(body).unwrap_or_default();
                differences.push(format!(
                    "number {number}, {time} time, {kinds:?}: {verdict:?}, but graphql-js {fault:?}\n{}\n{body}\n{}",
                    query["query"].as_str().unwrap_or_default(),
                    answer.text()
                ));
                break;
            }
        }
    }
    let shown = differences.iter().take(setting("VALIDITY_SHOWN", 10)).cloned().collect::<Vec<_>>();
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), shown.join("\n\n"));
    assert!(valid * 4 > count && valid * 4 < count * 3, "{valid} of {count} are valid");
    assert!(limited * 50 <= count, "{limited} of {count} valid requests are over a limit");
    assert!(kinds.len() >= 50 && kinds.values().all(|times| times * 1_000 > count), "{kinds:?}");
}
