//! The queries of docs/QUERIES.md have the answers that the page shows.

use serde_json::{Value, json};
use session_history::{demo, domain::time::Timestamp};

use crate::support::{
    Gateway, clock,
    database::{DatabaseKind, on_each_database},
};

/// A query of the page, and the answer below it.
struct Job<'p> {
    title: &'p str,
    query: &'p str,
    answer: Value,
}

fn jobs(page: &str) -> Vec<Job<'_>> {
    let job = |section| {
        let (title, text): (&str, &str) = str::split_once(section, '\n').unwrap();
        let block = |language: &str| {
            let begin = text.find(&format!("```{language}\n")).unwrap() + language.len() + 4;
            &text[begin..begin + text[begin..].find("\n```").unwrap()]
        };
        Job { title, query: block("graphql"), answer: serde_json::from_str(block("json")).unwrap() }
    };
    page.split("\n## ").skip(1).map(job).collect()
}

on_each_database!(async each_query_of_the_page_has_the_answer_that_the_page_shows);
async fn each_query_of_the_page_has_the_answer_that_the_page_shows(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("demo").await;
    let now: Timestamp = clock().now();
    let records: Vec<_> = demo::records(now).collect();
    for batch in records.chunks(500) {
        gateway.store(&tenant, batch).await;
    }
    let jobs = jobs(include_str!("../docs/QUERIES.md"));
    assert_eq!(jobs.len(), 10);
    let mut wrong = Vec::new();
    for Job { title, query, answer } in jobs {
        let found = gateway.graphql(&tenant, query, json!({})).await;
        if found.json() != json!({ "data": answer }) {
            wrong.push(format!("## {title}\n{}", found.text()));
        }
    }
    assert!(wrong.is_empty(), "the answers are:\n{}", wrong.join("\n"));
}
