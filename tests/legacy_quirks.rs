//! One test for each quirk of answers that docs/LEGACY.md lists, under its name there. Those of requests
//! are in `src/legacy/tests/quirks.rs`.

use serde_json::json;

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

/// A gateway with one session, and the parameters that select it.
async fn gateway(on: DatabaseKind, session: serde_json::Value) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let mut whole = json!({ "id": 1, "date_start": "2011-01-03 09:15:02" });
    whole.as_object_mut().unwrap().extend(session.as_object().unwrap().clone());
    gateway.import(&tenant, &json!({ "requests": [whole] }).to_string()).await;
    (gateway, tenant)
}

/// The session of an answer, without the envelope.
async fn session(of: &(Gateway, Tenant), parameters: &[(&str, &str)]) -> String {
    let body = of.0.legacy(&of.1.key, parameters).await.text();
    let session = match body.split_once("<request>") {
        Some((_, rest)) => rest.split_once("</request>").unwrap().0,
        None => {
            body.strip_prefix(r#"{"nrequests":1,"requests":["#).unwrap().strip_suffix("]}").unwrap()
        }
    };
    session.to_owned()
}

const IN_JSON: (&str, &str) = ("OUTPUT_FORMAT", "JSON");

on_each_database!(async absent_is_empty);
async fn absent_is_empty(on: DatabaseKind) {
    let gateway = gateway(on, json!({})).await;
    let vars = ("VARS", "TECH_NAME COMPUTER_OS DATE_END");
    let xml = "<tech_name></tech_name><computer_os></computer_os><date_end></date_end>";
    assert_eq!(session(&gateway, &[vars]).await, xml);
    let json = r#"{"tech_name":"","computer_os":"","date_end":""}"#;
    assert_eq!(session(&gateway, &[vars, IN_JSON]).await, json);
}

on_each_database!(async words_for_booleans);
async fn words_for_booleans(on: DatabaseKind) {
    let gateway = gateway(on, json!({ "id": 9_007_199_254_740_993_i64 })).await;
    let json = r#"{"id":9007199254740993,"has_videos":"FALSE"}"#;
    assert_eq!(session(&gateway, &[("VARS", "ID HAS_VIDEOS"), IN_JSON]).await, json);
}

on_each_database!(async whole_seconds);
async fn whole_seconds(on: DatabaseKind) {
    let gateway = gateway(on, json!({ "date_start": "2011-01-03 09:15:02.999999" })).await;
    let xml = "<date_start>2011-01-03 09:15:02</date_start>";
    assert_eq!(session(&gateway, &[("VARS", "DATE_START")]).await, xml);
}

on_each_database!(async characters_of_xml);
async fn characters_of_xml(on: DatabaseKind) {
    let notes = " <a> & \"b\"\r\n\t\u{1}\u{B}\u{FFFE}\u{85}😀 ";
    let gateway = gateway(on, json!({ "notes": notes })).await;
    let xml = "<notes> &lt;a&gt; &amp; \"b\"&#13;\n\t\u{FFFD}\u{FFFD}\u{FFFD}\u{85}😀 </notes>";
    assert_eq!(session(&gateway, &[("VARS", "NOTES")]).await, xml);
    let json = session(&gateway, &[("VARS", "NOTES"), IN_JSON]).await;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json, json!({ "notes": notes }));
}

fn two_fields() -> serde_json::Value {
    json!({
        "notes": "n",
        "custom_fields": [{ "name": "Asset tag", "value": "A-1" }, { "name": "Floor", "value": "3" }],
    })
}

const MIXED: (&str, &str) = ("VARS", "CUSTOM_FIELD_VALUE NOTES CUSTOM_FIELD_NAME");

on_each_database!(async custom_field_pairs);
async fn custom_field_pairs(on: DatabaseKind) {
    let (name, value) = ("<custom_field_name>", "<custom_field_value>");
    let pair = |n, v| format!("{value}{v}</custom_field_value>{name}{n}</custom_field_name>");
    let two = gateway(on, two_fields()).await;
    let both = format!("{}{}<notes>n</notes>", pair("Asset tag", "A-1"), pair("Floor", "3"));
    assert_eq!(session(&two, &[MIXED]).await, both);
    let alone = format!("{name}Asset tag</custom_field_name>{name}Floor</custom_field_name>");
    assert_eq!(session(&two, &[("VARS", "CUSTOM_FIELD_NAME")]).await, alone);
    let none = gateway(on, json!({ "notes": "n" })).await;
    assert_eq!(session(&none, &[MIXED]).await, format!("{}<notes>n</notes>", pair("", "")));
    let alone = format!("{value}</custom_field_value>");
    assert_eq!(session(&none, &[("VARS", "CUSTOM_FIELD_VALUE")]).await, alone);
}

on_each_database!(async custom_field_scalars);
async fn custom_field_scalars(on: DatabaseKind) {
    let all =
        r#""custom_fields":[{"name":"Asset tag","value":"A-1"},{"name":"Floor","value":"3"}]"#;
    let scalars = |value, name, all| {
        format!(
            r#"{{"custom_field_value":"{value}","notes":"n","custom_field_name":"{name}",{all}}}"#
        )
    };
    let two = gateway(on, two_fields()).await;
    assert_eq!(session(&two, &[MIXED, IN_JSON]).await, scalars("A-1", "Asset tag", all));
    for filter in [("FILTER_CUSTOM_FIELD_NAME", "fLOOR"), ("FILTER_CUSTOM_FIELD_VALUE", "3")] {
        let filtered = session(&two, &[MIXED, IN_JSON, filter]).await;
        assert_eq!(filtered, scalars("3", "Floor", all));
    }
    let alone = format!(r#"{{"custom_field_name":"Asset tag",{all},"notes":"n"}}"#);
    let vars = ("VARS", "CUSTOM_FIELD_NAME NOTES");
    assert_eq!(session(&two, &[vars, IN_JSON]).await, alone);
    let none = gateway(on, json!({ "notes": "n" })).await;
    let empty = scalars("", "", r#""custom_fields":[]"#);
    assert_eq!(session(&none, &[MIXED, IN_JSON]).await, empty);
}

#[test]
fn every_quirk_is_listed() {
    let page = include_str!("../docs/LEGACY.md");
    let quirks = page.split_once("## Quirks").unwrap().1.lines();
    let listed: Vec<_> =
        quirks.filter_map(|line| line.strip_prefix("- `")?.split('`').next()).collect();
    let requests = include_str!("../src/legacy/tests/quirks.rs").split("test]\nfn ").skip(1);
    let answers = include_str!("legacy_quirks.rs").split("_database!(async ").skip(1);
    let answers = answers.filter(|test| !test.starts_with('"'));
    let names = requests.chain(answers).filter_map(|test| test.split(['(', ')']).next());
    let tested: Vec<_> = names.map(|name| name.replace('_', "-")).collect();
    assert_eq!(listed, tested);
}
