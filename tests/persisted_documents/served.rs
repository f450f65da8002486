//! A server, and what is sent to it.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::support::{
    database::DatabaseKind,
    node,
    process::{self, CommandEnvironment, Server},
    wire::{self, Reply},
};

/// A server over a new database, and a key.
pub struct Served {
    pub server: Server,
    pub key: String,
    pub environment: CommandEnvironment,
}

impl Served {
    /// Files are written to the folder of the environment first.
    pub fn start(on: DatabaseKind, files: &[(&str, &str)], flags: &[&str]) -> Self {
        let environment = CommandEnvironment::new(on);
        process::stdout(&environment, &["account", "create", "acme"]);
        let create = [
            "key",
            "create",
            "--account",
            "acme",
            "--label",
            "page",
            "--scope",
            "read",
            "--scope",
            "write",
        ];
        let key = process::stdout(&environment, &create).trim().to_owned();
        for (name, text) in files {
            std::fs::write(environment.path().join(name), text).unwrap();
        }
        let server = Server::start(&environment, flags);
        Self { server, key, environment }
    }

    /// What a client that asks twice sends and gets, a line each.
    pub fn ask(
        &self,
        client: &str,
        method: &str,
        query: &str,
        manifest: Option<&Path>,
    ) -> Vec<String> {
        let mut command = Command::new("node");
        command.current_dir(node::folder_with_packages("tests/persisted_documents/clients"));
        let url = format!("{}/graphql", self.server.url);
        command.args(["query.mjs", client, &url, method, query]).args(manifest);
        let output = command.env("KEY", &self.key).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && error.is_empty(), "{error}");
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// The answer to a body, of this type.
    pub fn send(&self, accept: &str, body: &Value) -> Reply {
        let bearer = format!("Bearer {}", self.key);
        let json = "application/json";
        let headers = [("authorization", &*bearer), ("content-type", json), ("accept", accept)];
        wire::send(&self.server.url, "POST", "/graphql", &headers, body.to_string().as_bytes())
    }

    /// Records a session with this number.
    pub fn record(&self, number: u32) {
        let mutation = "mutation($sessions: [SessionInput!]!) {
            recordSessions(sessions: $sessions) { results { outcome } } }";
        let session =
            json!({ "legacyId": number.to_string(), "startedAt": "2026-01-01T00:00:00Z" });
        let body = json!({ "query": mutation, "variables": { "sessions": [session] } });
        let answer = self.send("application/json", &body).json();
        assert_eq!(answer["data"]["recordSessions"]["results"][0]["outcome"], "NEW", "{answer}");
    }
}
