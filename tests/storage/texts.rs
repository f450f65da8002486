//! Texts: stored character for character, and found by each of their characters.

use serde_json::{Value, json};

use super::{customers, matching_ids};
use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

/// The sessions that a text filter returns. It returns the same for each kind of text.
async fn found(gateway: &Gateway, tenant: &Tenant, test: Value) -> Vec<i64> {
    let customer = matching_ids(gateway, tenant, json!({ "customer": { "name": test } })).await;
    for filter in [
        json!({ "notes": test }),
        json!({ "customField": { "name": "tag", "value": test } }),
        json!({ "chatMessages": { "some": { "sender": test } } }),
        json!({ "chatMessages": { "some": { "body": test } } }),
    ] {
        assert_eq!(matching_ids(gateway, tenant, filter.clone()).await, customer, "{filter}");
    }
    customer
}

on_each_database!(async texts_are_compared_without_case_and_with_accents_in_any_form);
async fn texts_are_compared_without_case_and_with_accents_in_any_form(on: DatabaseKind) {
    let names = ["Straße", "STRASSE", "ΣΊΣΥΦΟΣ", "σίσυφος", "Zoë", "ZOE\u{308}", "Zoe", "İ", "i"];
    let (gateway, tenant) = customers(on, &names).await;
    for (test, expected) in [
        (json!({ "eq": "straSSe" }), vec![0, 1]),
        (json!({ "eq": "Σίσυφοσ" }), vec![2, 3]),
        (json!({ "eq": "zoë" }), vec![4, 5]),
        (json!({ "eq": "zoe" }), vec![6]),
        (json!({ "startsWith": "ZO" }), vec![4, 5, 6]),
        (json!({ "contains": "ΊΣ" }), vec![2, 3]),
        (json!({ "endsWith": "SS" }), vec![]),
        (json!({ "endsWith": "SSE" }), vec![0, 1]),
        (json!({ "eq": "i\u{307}" }), vec![7]),
        (json!({ "in": ["I", "ZOE"] }), vec![6, 8]),
    ] {
        assert_eq!(found(&gateway, &tenant, test.clone()).await, expected, "{test}");
    }
}

on_each_database!(async wildcards_are_ordinary_characters);
async fn wildcards_are_ordinary_characters(on: DatabaseKind) {
    // Each of them means something to some database's LIKE, strings, arrays or comments.
    let names = [
        "50%", "50_", "50!", "50\\", "50x", "%", "_", "\\%", "\\", "!%", "[5]", "*0", "'", "\"",
        "`", "$1", "?", "--", "\\'", "\u{1}", "a\tb", "NULL", "{a,b}", "},{", "\\\"", "\\\\",
    ];
    let (gateway, tenant) = customers(on, &names).await;
    for sign in names {
        type Test = fn(&str, &str) -> bool;
        let tests: [(&str, Test); 4] = [
            ("eq", |name, sign| name == sign),
            ("contains", |name, sign| name.contains(sign)),
            ("startsWith", |name, sign| name.starts_with(sign)),
            ("endsWith", |name, sign| name.ends_with(sign)),
        ];
        for (word, holds) in tests {
            let expected: Vec<_> = (0..).zip(names).filter(|(_, name)| holds(name, sign)).collect();
            let expected: Vec<i64> = expected.into_iter().map(|(id, _)| id).collect();
            assert_eq!(
                found(&gateway, &tenant, json!({ word: sign })).await,
                expected,
                "{word} {sign}"
            );
        }
    }
}

on_each_database!(async four_byte_characters_are_stored_and_compared);
async fn four_byte_characters_are_stored_and_compared(on: DatabaseKind) {
    let names = ["🙂", "🙃", "👩‍🚀 Ann", "𝒜", "\u{10FFFF}", "\u{FFFD}"];
    let (gateway, tenant) = customers(on, &names).await;
    for (id, name) in (0..).zip(names) {
        assert_eq!(found(&gateway, &tenant, json!({ "eq": name })).await, [id], "{name}");
        assert_eq!(found(&gateway, &tenant, json!({ "startsWith": name })).await, [id], "{name}");
    }
    let query = "{ sessions(orderBy: STARTED_AT_ASC) { nodes { customer { name } } } }";
    let nodes = json!(names.map(|name| json!({ "customer": { "name": name } })));
    let sessions = gateway.data(&tenant, query, json!({})).await["sessions"].clone();
    assert_eq!(sessions, json!({ "nodes": nodes }));
}

on_each_database!(async white_space_around_a_text_is_ignored);
async fn white_space_around_a_text_is_ignored(on: DatabaseKind) {
    let names = ["a", "a ", " a\t", "a\u{A0}", "a b", "a\u{1}", "a\u{1}b", "a!"];
    let (gateway, tenant) = customers(on, &names).await;
    for (test, expected) in [
        (json!({ "eq": "a" }), vec![0, 1, 2, 3]),
        (json!({ "eq": "a  " }), vec![0, 1, 2, 3]),
        (json!({ "eq": "a\u{1}" }), vec![5]),
        (json!({ "startsWith": "a " }), vec![4]),
        (json!({ "startsWith": "a\u{1}" }), vec![5, 6]),
        (json!({ "contains": " " }), vec![4]),
        (json!({ "endsWith": "a" }), vec![0, 1, 2, 3]),
    ] {
        assert_eq!(found(&gateway, &tenant, test.clone()).await, expected, "{test}");
    }
    let answer = gateway
        .legacy(&tenant.key, &[("VARS", "CUSTOMER_NAME"), ("OUTPUT_FORMAT", "JSON")])
        .await
        .json();
    let matching_ids: Vec<_> = answer["requests"].as_array().unwrap().iter().collect();
    assert_eq!(
        json!(matching_ids),
        json!(names.map(|name| json!({ "customer_name": name.trim() })))
    );
}

on_each_database!(async a_nul_becomes_a_replacement_character);
async fn a_nul_becomes_a_replacement_character(on: DatabaseKind) {
    let (gateway, tenant) = customers(on, &["a\0b", "ab"]).await;
    for test in
        [json!({ "eq": "A\0B" }), json!({ "eq": "a\u{FFFD}b" }), json!({ "contains": "\0" })]
    {
        assert_eq!(found(&gateway, &tenant, test.clone()).await, [0], "{test}");
    }
    let parameters = [("VARS", "CUSTOMER_NAME NOTES"), ("FILTER_CUSTOMER_NAME", "a\0b")];
    let answer = gateway.legacy(&tenant.key, &parameters).await.text();
    let text = "<customer_name>a\u{FFFD}b</customer_name><notes>a\u{FFFD}b</notes>";
    assert!(answer.contains(text), "{answer}");
    let unknown = gateway.legacy("a\0b", &[("VARS", "ID")]).await.text();
    assert!(unknown.contains("Invalid KEY."), "{unknown}");
}

on_each_database!(async the_longest_texts_of_four_byte_characters_are_stored_and_found);
async fn the_longest_texts_of_four_byte_characters_are_stored_and_found(on: DatabaseKind) {
    // One that is three when folded, one that is three of four bytes, and those of four bytes in
    // an order that compresses badly.
    let plain = |n: u32| char::from_u32(0x1F300 + n * n * 7919 % 0x2F0).unwrap();
    let names = ["ΐ".repeat(240), "\u{1D160}".repeat(240), (0..240).map(plain).collect::<String>()];
    let (gateway, tenant) = customers(on, &names.each_ref().map(String::as_str)).await;
    for (id, name) in (0..).zip(&names) {
        assert_eq!(found(&gateway, &tenant, json!({ "eq": name })).await, [id]);
    }
}
