//! Public clients: graphql-sse, graphql-ws, and the fetch of a browser.

use std::{
    io::{BufRead, BufReader, Lines},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

use super::{Served, changes::start};
use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    node,
    process::{self, Server},
    tls::{Transport, with_and_without_tls},
};

/// A program that follows the feed.
struct Client {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Client {
    fn run(served: &Served, arguments: &[&str]) -> Self {
        let mut command = Command::new("node");
        command.current_dir(node::folder_with_packages("tests/subscriptions/clients"));
        command.args(arguments).env("KEY", &served.acme.read).stdout(Stdio::piped());
        if served.server.url.starts_with("https") {
            command.env("NODE_EXTRA_CA_CERTS", served.environment.path().join("tls.crt"));
        }
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn follow(served: &Served, kind: &str, variables: &Value, count: usize) -> Self {
        let url = format!("{}/graphql", served.server.url);
        let arguments = ["follow.mjs", kind, &url, &variables.to_string(), &count.to_string()];
        Self::run(served, &arguments)
    }

    /// Reads until a line that begins so.
    fn until(&mut self, start: &str) -> String {
        let mut before = Vec::new();
        for line in self.lines.by_ref().map(Result::unwrap) {
            if line.starts_with(start) {
                return line;
            }
            before.push(line);
        }
        panic!("no line '{start}': {before:?}");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

with_and_without_tls!(graphql_sse_and_graphql_ws_get_each_change, "no storage is involved");
fn graphql_sse_and_graphql_ws_get_each_change(on: DatabaseKind, over: Transport) {
    let served = Served::start_over(over, on, &[]);
    let after = json!({"after": start(&served)});
    for (round, kind) in [(0, "sse"), (3, "ws")] {
        let mut client = Client::follow(&served, kind, &after, round + 3);
        client.until("connected");
        for id in round + 1..=round + 3 {
            let id = u32::try_from(id).unwrap();
            served.record(&served.acme, &[(id, "a")]);
        }
        for id in 1..=round + 3 {
            assert_eq!(client.until("change"), format!("change {id}"));
        }
        client.until("end");
    }
}

on_sqlite_alone!(the_clients_connect_again_after_a_stop, "no storage is involved");
fn the_clients_connect_again_after_a_stop(on: DatabaseKind) {
    let mut served = Served::start(on, &[]);
    let after = json!({"after": start(&served)});
    let mut clients = ["sse", "ws"].map(|kind| Client::follow(&served, kind, &after, 3));
    for client in &mut clients {
        client.until("connected");
    }
    served.record(&served.acme, &[(1, "a")]);
    for client in &mut clients {
        assert_eq!(client.until("change"), "change 1");
    }
    let address = served.server.url.strip_prefix("http://").unwrap().to_owned();
    served.server.terminate();
    served.server = Server::of(
        process::command(&served.environment, &["serve", "--listen", &address]),
        "GraphQL ",
    );
    served.record(&served.acme, &[(2, "b")]);
    for client in &mut clients {
        // It sends the cursor of its first request again.
        assert_eq!(client.until("change"), "change 1");
        assert_eq!(client.until("change"), "change 2");
        client.until("end");
    }
}

on_sqlite_alone!(the_fetch_of_a_browser_reads_events, "no storage is involved");
fn the_fetch_of_a_browser_reads_events(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let mut client = Client::run(&served, &["browser.mjs", &served.server.url, "2"]);
    let connected = client.until("connected");
    assert!(connected.starts_with("connected 200 text/event-stream"), "{connected}");
    for id in [1, 2] {
        served.record(&served.acme, &[(id, "a")]);
        assert_eq!(client.until("change"), format!("change {id}"));
    }
    client.until("end");
}
