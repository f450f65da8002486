//! The committed schema is the one that the gateway serves.

use std::fs;

use serde_json::json;

use crate::support::{
    Gateway,
    database::{DatabaseKind, on_sqlite_alone},
    process::{self, CommandEnvironment},
};

on_sqlite_alone!(schema_graphql_is_what_the_command_prints, "no storage is involved");
fn schema_graphql_is_what_the_command_prints(on: DatabaseKind) {
    let committed = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql"));
    let environment = CommandEnvironment::new(on);
    let printed = process::stdout(&environment, &["schema"]);
    assert_eq!(committed.unwrap(), printed, "run: session-history schema > schema.graphql");
}

on_sqlite_alone!(async every_field_argument_and_value_is_described, "no storage is involved");
async fn every_field_argument_and_value_is_described(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let query = "{ __schema { types { name description
        fields { name description args { name description } }
        inputFields { name description } enumValues { name description } } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    for kind in data["__schema"]["types"].as_array().unwrap() {
        let name = kind["name"].as_str().unwrap();
        if name.starts_with("__") {
            continue;
        }
        for part in ["fields", "inputFields", "enumValues"] {
            for member in kind[part].as_array().into_iter().flatten() {
                let described = |it: &serde_json::Value| {
                    it["description"].as_str().is_some_and(|it| !it.is_empty())
                };
                assert!(described(member), "{name}.{} is not described", member["name"]);
                for argument in member["args"].as_array().into_iter().flatten() {
                    assert!(described(argument), "{name}.{}", argument["name"]);
                }
            }
        }
    }
}
