//! Names that identify: of technicians and of accounts.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

/// A gateway with one session of each of these technicians.
async fn technicians(on: DatabaseKind, usernames: &[&str]) -> (Gateway, Tenant) {
    let session = |(id, name): (usize, &&str)| json!({ "id": id, "date_start": "2024-01-01", "tech_username": name });
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let sessions: Vec<_> = usernames.iter().enumerate().map(session).collect();
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    (gateway, tenant)
}

/// The user names of all technicians, read one a page.
async fn usernames(gateway: &Gateway, tenant: &Tenant) -> Vec<String> {
    let query = "query($a: String) { technicians(first: 1, after: $a) {
        nodes { username } pageInfo { hasNextPage endCursor } } }";
    let (mut names, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = gateway.data(tenant, query, json!({ "a": after })).await["technicians"].clone();
        names.push(page["nodes"][0]["username"].as_str().unwrap().to_owned());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            return names;
        }
    }
}

on_each_database!(async user_names_are_compared_without_case_and_white_space_but_with_accents);
async fn user_names_are_compared_without_case_and_white_space_but_with_accents(on: DatabaseKind) {
    let names = ["Ann", "ANN ", "Ánn", "ﬁ", "FI", "a\u{1}", "a", "A!", "🙂", "🙃"];
    let (gateway, tenant) = technicians(on, &names).await;
    assert_eq!(
        usernames(&gateway, &tenant).await,
        ["a", "a\u{1}", "A!", "Ann", "ﬁ", "Ánn", "🙂", "🙃"]
    );
    let query = "{ a: technician(username: \"ann\") { sessions { totalCount } }
        b: technician(username: \"ÁNN\") { sessions { totalCount } }
        c: technician(username: \"Änn\") { id } d: technician(username: \"a\\u0000\") { id } }";
    let count = |count| json!({ "sessions": { "totalCount": count } });
    let found = gateway.data(&tenant, query, json!({})).await;
    assert_eq!(found, json!({ "a": count(2), "b": count(1), "c": null, "d": null }));
}

on_each_database!(async technicians_are_listed_by_code_point);
async fn technicians_are_listed_by_code_point(on: DatabaseKind) {
    // Not as in any language, nor as in the order of UTF-16.
    let names = ["z", "Ω", "é", "B", "_", "a", "\u{FFFD}", "🙂", "-", "10", "9", "e", "ä b", "äb"];
    let (gateway, tenant) = technicians(on, &names).await;
    assert_eq!(
        usernames(&gateway, &tenant).await,
        ["-", "10", "9", "_", "a", "B", "e", "z", "ä b", "äb", "é", "Ω", "\u{FFFD}", "🙂"]
    );
}

on_each_database!(async a_cursor_with_a_character_that_a_database_cannot_store_is_refused);
async fn a_cursor_with_a_character_that_a_database_cannot_store_is_refused(on: DatabaseKind) {
    let (gateway, tenant) = technicians(on, &["a", "b"]).await;
    let first = "{ technicians(first: 1) { pageInfo { endCursor } } }";
    let cursor = gateway.data(&tenant, first, json!({})).await;
    let cursor = cursor["technicians"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
    let mut bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    bytes.push(0);
    let after = URL_SAFE_NO_PAD.encode(bytes);
    let next = "query($a: String) { technicians(after: $a) { nodes { username } } }";
    let answer = gateway.graphql(&tenant, next, json!({ "a": after })).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{}", answer.text());
}

on_each_database!(async account_names_are_compared_exactly_and_listed_by_code_point);
async fn account_names_are_compared_exactly_and_listed_by_code_point(on: DatabaseKind) {
    let Gateway { store, database: _held, .. } = Gateway::start(on).await;
    let now = crate::support::clock().now();
    let names = ["b", "acme", "ACME", "ácme", "Z", "a-z", "🙂", "🙃"];
    for name in names {
        store.create_account(name, now).await.unwrap();
    }
    for taken in ["acme ", " 🙂"] {
        let refused = store.create_account(taken, now).await.unwrap_err();
        assert!(refused.message().contains("already"), "{refused}");
    }
    for (id, name) in (1..).zip(names) {
        assert_eq!(store.account(name).await.unwrap().0, id, "{name}");
    }
    assert!(store.find_account("Acme").await.unwrap().is_none());
    let listed = store.accounts().await.unwrap();
    let listed: Vec<_> = listed.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(listed, ["ACME", "Z", "a-z", "acme", "b", "ácme", "🙂", "🙃"]);
}
