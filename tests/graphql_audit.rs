//! The public audits of GraphQL over HTTP, against the server on a socket.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

use crate::support::{
    database::{Kind, on_sqlite_alone},
    process::{self, Home, Server},
};

/// Runs node's package manager or node itself, which the audits are written for.
fn node(folder: &Path, program: &str, arguments: &[&str], key: &str) -> Output {
    let output =
        Command::new(program).args(arguments).current_dir(folder).env("AUDIT_KEY", key).output();
    output.unwrap_or_else(|error| {
        panic!(
            "cannot run {program}: {error}. The public audits of GraphQL over HTTP need Node.js 20 \
             or later with npm: install it from your system's packages ('apt install nodejs npm', \
             'brew install node') or from nodejs.org."
        )
    })
}

/// Installs the audits as the lock file has them, unless that was done already.
fn install(folder: &Path) {
    let changed = |file: &str| folder.join(file).metadata().and_then(|it| it.modified()).ok();
    // npm writes this file at the end of an installation.
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return;
    }
    let output = node(folder, "npm", &["ci", "--no-audit", "--no-fund"], "");
    assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
}

on_sqlite_alone!(all_61_public_audits_pass, "no storage is involved");
fn all_61_public_audits_pass(on: Kind) {
    let audits = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/graphql_http");
    install(&audits);
    let home = Home::new(on);
    process::stdout(&home, &["account", "create", "acme"]);
    let key = process::stdout(&home, &["key", "create", "--account", "acme"]);
    let server = Server::start(&home, &[]);
    let url = format!("{}/graphql", server.url);
    let output = node(&audits, "node", &["audit.mjs", &url], key.trim());
    let (summary, faults) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{summary}{faults}");
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary, json!({ "audits": 61, "passed": 61, "failed": [] }));
}
