//! A key sees its own account and nothing else, by any path.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

const HISTORY: &str = r#"{"requests":[
    {"id": 7, "tech_username": "ann@acme.example", "tech_name": "Ann", "customer_name": "Zoe",
     "date_start": "2024-05-01 10:00:00",
     "chat_info": [{"date": "2024-05-01 10:00:01", "sender": "Zoe", "text": "secret of acme"}],
     "video_links": ["https://videos.example/acme"],
     "custom_fields": [{"name": "Tag", "value": "A-1"}]},
    {"id": 8, "date_start": "2024-05-02 10:00:00"}
]}"#;

async fn two_tenants(on: DatabaseKind) -> (Gateway, Tenant, Tenant) {
    let gateway = Gateway::start(on).await;
    let (acme, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    gateway.import(&acme, HISTORY).await;
    (gateway, acme, other)
}

/// Everything about the session that a query can reach.
const SESSION: &str = "{ id technician { username } customer { name }
    chatMessages { nodes { body } } videos { nodes { url } } customFields { value } }";

on_each_database!(async a_session_of_another_account_does_not_exist);
async fn a_session_of_another_account_does_not_exist(on: DatabaseKind) {
    let (gateway, acme, other) = two_tenants(on).await;
    for id in ["7", "session_7"] {
        let query = format!("{{ session(id: \"{id}\") {SESSION} }}");
        assert_eq!(gateway.data(&other, &query, json!({})).await["session"], Value::Null);
        assert_ne!(gateway.data(&acme, &query, json!({})).await["session"], Value::Null);
    }
}

on_each_database!(async the_nodes_of_another_account_do_not_exist);
async fn the_nodes_of_another_account_do_not_exist(on: DatabaseKind) {
    let (gateway, acme, other) = two_tenants(on).await;
    let ids = ["session_7", "technician_1", "chatMessage_7_1", "video_7_1"];
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let nodes = gateway.data(&other, query, json!({ "ids": ids })).await;
    assert_eq!(nodes["nodes"], json!([null, null, null, null]));
    let own = gateway.data(&acme, query, json!({ "ids": ids })).await;
    assert_eq!(own["nodes"], json!(ids.map(|id| json!({ "id": id }))));
    for id in ids {
        let query = format!("{{ node(id: \"{id}\") {{ id }} }}");
        assert_eq!(gateway.data(&other, &query, json!({})).await["node"], Value::Null);
    }
}

on_each_database!(async no_list_filter_or_total_reaches_into_another_account);
async fn no_list_filter_or_total_reaches_into_another_account(on: DatabaseKind) {
    let (gateway, _, other) = two_tenants(on).await;
    for filter in [
        "{}",
        "{legacyId: {in: [\"7\", \"8\"]}}",
        "{technician: {username: {eq: \"ann@acme.example\"}}}",
        "{technician: {name: {contains: \"a\"}}}",
        "{not: {technician: {username: {eq: \"ann@acme.example\"}}}}",
        "{customField: {name: \"tag\", value: {eq: \"a-1\"}}}",
        "{customField: {name: \"tag\"}}",
        "{chatMessages: {some: {body: {contains: \"secret\"}}}}",
        "{videos: {some: {}}}",
        "{or: [{answered: true}, {answered: false}]}",
    ] {
        let query = format!(
            "{{ sessions(filter: {filter}) {{ totalCount nodes {SESSION} }}
                technicians {{ totalCount nodes {{ id }} }}
                technician(username: \"ann@acme.example\") {{ id }} }}"
        );
        let data = gateway.data(&other, &query, json!({})).await;
        let nothing = json!({ "totalCount": 0, "nodes": [] });
        assert_eq!(
            data,
            json!({ "sessions": nothing, "technicians": nothing, "technician": null }),
            "{filter}"
        );
    }
}

on_each_database!(async equal_ids_in_two_accounts_stay_apart);
async fn equal_ids_in_two_accounts_stay_apart(on: DatabaseKind) {
    let (gateway, acme, other) = two_tenants(on).await;
    let theirs = HISTORY.replace("acme", "other").replace("Zoe", "Yan").replace("A-1", "B-2");
    gateway.import(&other, &theirs).await;
    let query =
        format!("{{ sessions {{ nodes {SESSION} }} technicians {{ nodes {{ username }} }} }}");
    let (own, theirs) = (
        gateway.data(&acme, &query, json!({})).await.to_string(),
        gateway.data(&other, &query, json!({})).await.to_string(),
    );
    assert_eq!(own.replace("acme", "other").replace("Zoe", "Yan").replace("A-1", "B-2"), theirs);
    assert!(own.contains("acme") && !own.contains("other") && !own.contains("B-2"), "{own}");
}

on_each_database!(async a_cursor_of_another_account_is_refused);
async fn a_cursor_of_another_account_is_refused(on: DatabaseKind) {
    let (gateway, acme, other) = two_tenants(on).await;
    gateway.import(&other, HISTORY).await;
    let page = "{ sessions(first: 1) { pageInfo { endCursor } } }";
    let cursor =
        gateway.data(&acme, page, json!({})).await["sessions"]["pageInfo"]["endCursor"].clone();
    let next = "query($after: String) { sessions(after: $after) { nodes { id } } }";
    let answer = gateway.graphql(&other, next, json!({ "after": cursor })).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    assert!(gateway.graphql(&acme, next, json!({ "after": cursor })).await.codes().is_empty());
}

on_each_database!(async a_cursor_does_not_show_the_number_of_its_account);
async fn a_cursor_does_not_show_the_number_of_its_account(on: DatabaseKind) {
    let (gateway, acme, other) = two_tenants(on).await;
    gateway.import(&other, HISTORY).await;
    let page = "{ sessions(first: 1) { pageInfo { endCursor } } }";
    let mut keys = Vec::new();
    for tenant in [&acme, &other] {
        let data = gateway.data(tenant, page, json!({})).await;
        let cursor = data["sessions"]["pageInfo"]["endCursor"].as_str().unwrap();
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
        let (key, position) = text.split_once('/').unwrap();
        assert_eq!(position, "sd/1714644000000000/8");
        assert!(key.len() == 8 && !key.starts_with("0000000"), "{key}");
        keys.push(key.to_owned());
    }
    assert_ne!(keys[0], keys[1]);
}

on_each_database!(async the_legacy_url_answers_with_the_account_of_its_key);
async fn the_legacy_url_answers_with_the_account_of_its_key(on: DatabaseKind) {
    let (gateway, acme, other) = two_tenants(on).await;
    let everything = "ID CUSTOMER_NAME CHAT_INFO VIDEO_LINKS CUSTOM_FIELD_VALUE TECH_NAME";
    for filter in [("FILTER_ID", "7"), ("FILTER_TECH_USERNAME", "ann@acme.example"), ("X", "")] {
        let answer = gateway.legacy(&other.key, &[("VARS", everything), filter]).await.text();
        assert!(answer.contains("<nrequests>0</nrequests>"), "{answer}");
        let own = gateway.legacy(&acme.key, &[("VARS", everything), filter]).await.text();
        assert!(own.contains("secret of acme"), "{own}");
    }
}
