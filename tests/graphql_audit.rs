//! The public audits of GraphQL over HTTP, against the server on a socket.

use serde_json::{Value, json};

use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    node,
    process::{self, CommandEnvironment, Server},
};

on_sqlite_alone!(all_61_public_audits_pass, "no storage is involved");
fn all_61_public_audits_pass(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    let key = process::stdout(&environment, &["key", "create", "--account", "acme"]);
    let server = Server::start(&environment, &[]);
    let url = format!("{}/graphql", server.url);
    let output = node::run(&["audit.mjs", &url], &[("AUDIT_KEY", key.trim())]);
    let (summary, faults) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{summary}{faults}");
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary, json!({ "audits": 61, "passed": 61, "failed": [] }));
}
