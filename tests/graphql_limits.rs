//! The limits of a request: their defaults, and where callers read them.

use clap::Parser;
use serde_json::{Value, json};
use session_history::{config, graphql::limits::Limits};

use crate::support::{
    Gateway,
    database::{DatabaseKind, on_sqlite_alone},
};

#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    limits: config::Limits,
    #[command(flatten)]
    server: config::Server,
    #[command(flatten)]
    connections: config::Connections,
}

#[test]
fn the_settings_have_the_defaults_of_the_limits() {
    let settings = Settings::parse_from(["serve"]);
    let Settings { limits, server, connections } = &settings;
    assert_eq!(Limits::from((limits, server, connections)), Limits::default());
}

/// The default in a row of the table of limits, whose cells are the limit, the field, the default and the setting.
fn documented_default(row: &str) -> String {
    let cells: Vec<_> = row.split('|').collect();
    assert_eq!(cells.len(), 6, "{row}");
    cells[3].trim().replace(',', "")
}

#[test]
fn the_documentation_has_the_defaults_of_the_limits() {
    let documentation = include_str!("../docs/GRAPHQL.md");
    let limits = Limits::default();
    for (row, value) in [
        ("selections, fragments expanded", limits.max_selections.into()),
        ("depth of fields, without introspection", limits.max_depth.into()),
        ("nested selection sets, fragments expanded", u64::from(Limits::MAX_LEVELS)),
        ("tokens of a document, white space included", Limits::MAX_TOKENS as u64),
        ("nested brackets of a document", Limits::MAX_BRACKETS as u64),
        ("nested fields of the introspection", Limits::MAX_INTROSPECTION_DEPTH.into()),
        ("cost: the number of fields, multiplied", limits.max_cost.into()),
        ("the same field in one selection set", limits.max_aliases.into()),
        ("items of a list in the input", limits.max_list.into()),
        ("variables of an operation", limits.max_list.into()),
        ("nested lists and objects in the input", Limits::MAX_INPUT_DEPTH.into()),
        ("conditions of all filters of a request", Limits::MAX_CONDITIONS as u64),
        ("characters of a text in a filter", Limits::MAX_TEXT_CHARS as u64),
        ("validation errors in a response", limits.max_errors.into()),
        ("bytes of an answer", limits.max_answer_bytes.into()),
        ("requests of an account in progress", limits.max_account_requests.into()),
    ] {
        let line = documentation.lines().find(|line| line.starts_with(&format!("| {row}")));
        let line = line.unwrap_or_else(|| panic!("no row '{row}'"));
        assert_eq!(documented_default(line), value.to_string(), "{row}");
    }
}

on_sqlite_alone!(async the_documentation_has_each_limit_that_callers_read, "no storage is involved");
async fn the_documentation_has_each_limit_that_callers_read(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let schema = include_str!("../schema.graphql");
    let fields = schema.split("type RequestLimits {").nth(1).unwrap().split('}').next().unwrap();
    let fields = fields.lines().filter_map(|line| line.trim().split_once(": Int"));
    let fields: Vec<_> = fields.map(|(name, _)| name).collect();
    assert!(fields.len() > 25, "{fields:?}");
    let query = format!("{{ viewer {{ limits {{ {} }} }} }}", fields.join(" "));
    let data = gateway.data(&tenant, &query, json!({})).await;
    let documentation = include_str!("../docs/GRAPHQL.md");
    for field in fields {
        let line = documentation.lines().find(|line| line.contains(&format!("| `{field}` |")));
        let line = line.unwrap_or_else(|| panic!("docs/GRAPHQL.md has no row for {field}"));
        let value = match &data["viewer"]["limits"][field] {
            Value::Null => "none".to_owned(),
            value => value.to_string(),
        };
        assert_eq!(documented_default(line), value, "{field}");
    }
}

on_sqlite_alone!(async a_caller_reads_the_settings_of_the_operator, "no storage is involved");
async fn a_caller_reads_the_settings_of_the_operator(on: DatabaseKind) {
    for (flag, value, field) in [
        ("--max-body-bytes", "1000", "maxBodyBytes"),
        ("--request-timeout", "31", "requestTimeoutSeconds"),
        ("--export-wait", "32", "exportWaitSeconds"),
        ("--answer-memory", "200000000", "maxAccountAnswerBytes"),
        ("--answer-memory", "1000000000000", "maxAccountAnswerBytes"),
        ("--max-key-subscriptions", "34", "maxKeySubscriptions"),
        ("--max-key-sockets", "35", "maxKeySockets"),
        ("--max-socket-operations", "36", "maxSocketOperations"),
        ("--keep-alive", "37", "keepAliveSeconds"),
        ("--max-connections-per-address", "38", "maxAddressConnections"),
        ("--head-timeout", "39", "headTimeoutSeconds"),
        ("--body-timeout", "40", "bodyTimeoutSeconds"),
        ("--idle-timeout", "41", "idleTimeoutSeconds"),
        ("--stall-timeout", "42", "stallTimeoutSeconds"),
        ("--stall-rate", "43", "minReadBytesPerSecond"),
    ] {
        let gateway = Gateway::start_with(on, &[flag, value]).await;
        let tenant = gateway.tenant("acme").await;
        let query = format!("{{ viewer {{ limits {{ {field} }} }} }}");
        let data = gateway.data(&tenant, &query, json!({})).await;
        let expected = match value.parse::<i64>().unwrap() {
            memory if flag == "--answer-memory" => (memory / 2).min(i32::MAX.into()),
            value => value,
        };
        assert_eq!(data["viewer"]["limits"][field], expected, "{flag} {value}");
    }
}
