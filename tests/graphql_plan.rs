//! Lists and objects are answered by a plan, and the plan answers what the resolvers answer, byte
//! for byte.
//!
//! A document that also asks for a node is left to the resolvers, so that beside
//! `{ field { … } node(id: …) { id } }` the same selection is answered by them.

use proptest::{collection::vec, prelude::*, test_runner::Config};
use serde_json::{Value, json};
use session_history::{demo, domain::time::Timestamp, history::record::Record};

use crate::support::{
    Gateway, Tenant,
    database::{Kind, on_each_database},
};

mod selection;

use selection::Document;

/// A gateway with some sessions of the demo, which have chats, recordings and fields.
async fn gateway(on: Kind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let until = Timestamp::parse_civil("2026-01-01").unwrap();
    let records: Vec<Record> = demo::records(until).take(120).collect();
    gateway.store(&tenant, &records).await;
    (gateway, tenant)
}

async fn body(gateway: &Gateway, tenant: &Tenant, document: &str) -> String {
    let variables = json!({ "yes": true, "no": false, "some": 3 });
    gateway.graphql(tenant, document, variables).await.text()
}

on_each_database!(a_plan_answers_what_the_resolvers_answer);
fn a_plan_answers_what_the_resolvers_answer(on: Kind) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (gateway, tenant) = runtime.block_on(gateway(on));
    let ids: Value = runtime.block_on(gateway.data(
        &tenant,
        "{ sessions(first: 200) { nodes { legacyId technician { username } } } }",
        json!({}),
    ));
    let nodes = ids["sessions"]["nodes"].as_array().unwrap();
    let answered = |length: &usize| *length > 100;
    assert!(Some(nodes.len()).filter(answered).is_some());

    let config = Config { cases: 400, max_shrink_iters: 2_000, ..Config::default() };
    proptest!(config, |(choices in vec(any::<u8>(), 0..120))| {
        let Document { field, selection, fragments } = Document::new(tenant.account, nodes, &choices);
        let head = "query($yes: Boolean!, $no: Boolean!, $some: Int!)";
        // Every variable is used, as the specification asks.
        let uses = "x: __typename y: __typename @include(if: $no) @skip(if: $yes) \
            none: sessions(first: $some) @include(if: $no) @skip(if: $yes) { totalCount }";
        let planned = format!("{head} {{ {field} {selection} {uses} }} {fragments}");
        let node = "node(id: \"session_0\") { id }";
        let resolved = format!("{head} {{ {field} {selection} {uses} {node} }} {fragments}");
        let (planned_body, resolved_body) = runtime.block_on(async {
            (body(&gateway, &tenant, &planned).await, body(&gateway, &tenant, &resolved).await)
        });
        let data = planned_body.strip_suffix("}}");
        prop_assert!(planned_body.starts_with("{\"data\":{") && data.is_some(), "{}\n{}", planned, planned_body);
        let with_node = format!("{},\"node\":null}}}}", data.unwrap_or_default());
        prop_assert_eq!(with_node, resolved_body, "{}", planned);
    });
}

on_each_database!(async a_plan_that_meets_something_wrong_leaves_the_error_to_the_resolvers);
async fn a_plan_that_meets_something_wrong_leaves_the_error_to_the_resolvers(on: Kind) {
    let (gateway, tenant) = gateway(on).await;
    for (selection, path) in [
        ("{ nodes { chatMessages(first: -1) { totalCount } } }", "chatMessages"),
        ("{ nodes { videos(first: 1, last: 1) { totalCount } } }", "videos"),
        ("{ edges { node { chatMessages(after: \"nonsense\") { totalCount } } } }", "chatMessages"),
    ] {
        let document = format!("{{ sessions(first: 1) {selection} }}");
        let answer = gateway.graphql(&tenant, &document, json!({})).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{document}");
        let error = &answer.json()["errors"][0];
        assert_eq!(error["path"].as_array().unwrap().last().unwrap(), path, "{error}");
        assert_eq!(answer.json()["data"], Value::Null);
    }
}
