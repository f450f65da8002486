//! Searches and counts cost by the size of the account, and the conditions of all filters of a request
//! are limited together.

use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

/// 2,000 sessions, one in each hour, with notes and a message.
fn history() -> String {
    let session = |id: i64| {
        let (day, hour) = (1 + id / 24 % 28, id % 24);
        let start = format!("2024-{:02}-{day:02} {hour:02}:00:00", 1 + id / 24 / 28);
        json!({ "id": id, "date_start": start, "notes": "the printer works again",
            "chat_info": [{ "date": start, "sender": "ann", "text": "hello" }] })
    };
    json!({ "requests": (0..2_000).map(session).collect::<Vec<_>>() }).to_string()
}

async fn start(on: DatabaseKind, max_cost: &str) -> (Gateway, Tenant) {
    let gateway = Gateway::start_with(on, &["--max-cost", max_cost]).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, &history()).await;
    (gateway, tenant)
}

fn repeated(times: usize, field: impl Fn(usize) -> String) -> String {
    (0..times).map(field).collect::<Vec<_>>().join(" ")
}

fn totals(times: usize, filter: &str) -> String {
    let total = |nth| format!("t{nth}: sessions(filter: {filter}) {{ totalCount }}");
    format!("{{ {} }}", repeated(times, total))
}

/// The only error of a request that was refused as a whole.
async fn refusal(gateway: &Gateway, tenant: &Tenant, document: &str) -> String {
    let answer = gateway.graphql(tenant, document, json!({})).await;
    assert_eq!(answer.codes(), ["QUERY_TOO_COMPLEX"], "{document}: {}", answer.text());
    let answer = answer.json();
    assert_eq!(answer.get("data"), None, "{document}");
    answer["errors"][0]["message"].as_str().unwrap().to_owned()
}

on_each_database!(async searches_and_counts_cost_by_the_size_of_the_account);
async fn searches_and_counts_cost_by_the_size_of_the_account(on: DatabaseKind) {
    let (gateway, tenant) = start(on, "4000").await;
    let search = r#"{ notes: { contains: "zebra" } }"#;
    let page = format!("{{ sessions(filter: {search}) {{ nodes {{ legacyId }} }} }}");
    let message = refusal(&gateway, &tenant, &totals(30, search)).await;
    assert!(message.contains("are for searching and counting; the limit is 4,000."), "{message}");

    let some = r#"{ chatMessages: { some: { body: { contains: "zebra" } } } }"#;
    let any = format!("{{ or: [{}] }}", repeated(100, |_| some.to_owned()));
    let none = r#"{ chatMessages: { none: { body: { endsWith: "zebra" } } } }"#;
    let technicians = format!(
        "{{ technicians {{ nodes {{ {} }} }} }}",
        repeated(30, |nth| format!("t{nth}: sessions(filter: {search}) {{ totalCount }}"))
    );
    for refused in [
        totals(1, &format!(r#"{{ notes: {{ contains: "{}" }} }}"#, "a".repeat(999))),
        totals(30, r#"{ problemDescription: { endsWith: "zebra" } }"#),
        totals(1, &any),
        totals(30, none),
        page.replace(search, &any),
        technicians,
        format!("{{ {} }}", repeated(30, |nth| format!("p{nth}: {}", &page[2..page.len() - 2]))),
    ] {
        refusal(&gateway, &tenant, &refused).await;
    }

    let of_a_day = r#"{ startedAt: { gte: "2024-01-02T00:00:00Z", lt: "2024-01-03T00:00:00Z" },
        notes: { contains: "zebra" } }"#;
    for allowed in [
        page.clone(),
        totals(1, search),
        totals(1, some),
        totals(30, "{}"),
        totals(30, of_a_day),
        totals(30, r#"{ customer: { name: { eq: "Ann" } } }"#),
        "{ sessions(first: 200) { totalCount nodes { notes } } }".to_owned(),
    ] {
        gateway.data(&tenant, &allowed, json!({})).await;
    }
}

on_each_database!(async a_page_of_the_change_feed_costs_by_the_changes_that_it_tests);
async fn a_page_of_the_change_feed_costs_by_the_changes_that_it_tests(on: DatabaseKind) {
    let (gateway, tenant) = start(on, "1500").await;
    let feeds = |times: usize, filter: &str| {
        let feed = |nth| {
            format!("f{nth}: sessionChanges(first: 1, filter: {filter}) {{ nodes {{ kind }} }}")
        };
        format!("{{ {} }}", repeated(times, feed))
    };
    // An index of sessions has the range, but not in the order of changes.
    let recent = r#"{ updatedAt: { gt: "2020-01-01T00:00:00Z" } }"#;
    let notes = r#"{ notes: { contains: "zebra" } }"#;
    for (filter, times) in [(recent, 20), (notes, 6), ("{}", 30)] {
        gateway.data(&tenant, &feeds(times, filter), json!({})).await;
    }
    for (filter, times) in [(recent, 22), (notes, 8)] {
        refusal(&gateway, &tenant, &feeds(times, filter)).await;
    }
}

on_each_database!(async the_conditions_of_all_filters_of_a_request_are_limited_together);
async fn the_conditions_of_all_filters_of_a_request_are_limited_together(on: DatabaseKind) {
    let (gateway, tenant) = start(on, "2000000000").await;
    let filter = format!("{{ or: [{}] }}", repeated(24, |_| "{ answered: true }".to_owned()));
    // Each filter has 25 conditions and operators.
    gateway.data(&tenant, &totals(20, &filter), json!({})).await;
    let message = refusal(&gateway, &tenant, &totals(21, &filter)).await;
    assert!(message.contains("525 conditions; the limit is 500"), "{message}");

    let messages = repeated(20, |nth| {
        let conditions = repeated(25, |_| format!(r#"{{ body: {{ contains: "{nth}" }} }}"#));
        format!("m{nth}: chatMessages(filter: {{ or: [{conditions}] }}) {{ totalCount }}")
    });
    let document = format!("{{ sessions {{ nodes {{ {messages} }} }} }}");
    let message = refusal(&gateway, &tenant, &document).await;
    assert!(message.contains("conditions; the limit is 500"), "{message}");
    let document =
        format!(r#"{{ nodes(ids: ["session_1"]) {{ ... on Session {{ {messages} }} }} }}"#);
    refusal(&gateway, &tenant, &document).await;
}

on_each_database!(async the_limits_of_searches_can_be_read);
async fn the_limits_of_searches_can_be_read(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let query = "{ viewer { limits { maxConditions maxAnswerBytes maxCost } } }";
    let limits = gateway.data(&tenant, query, Value::Null).await["viewer"]["limits"].take();
    let expected =
        json!({ "maxConditions": 500, "maxAnswerBytes": 67_108_864, "maxCost": 100_000 });
    assert_eq!(limits, expected);
}
