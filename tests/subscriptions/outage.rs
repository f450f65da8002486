//! Subscriptions outlive an outage of the database, and end when its file is replaced.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{
    EventStream, FEED, Keys, post, record,
    socket::{Received, Socket},
};
use crate::support::{
    database::{DatabaseKind, on_each_server, on_sqlite_alone},
    process::{self, CommandEnvironment, Server},
    server::dedicated::DedicatedServer,
    wire,
};

on_each_server!(subscriptions_go_on_after_an_outage_of_the_database);
fn subscriptions_go_on_after_an_outage_of_the_database(on: DatabaseKind) {
    let mut database = DedicatedServer::start(on);
    let environment = CommandEnvironment::at(database.url());
    process::stdout(&environment, &["migrate", "up"]);
    let acme = Keys::create(&environment, "acme");
    let server = Server::start(&environment, &[]);
    let mut stream = EventStream::open(&server, &acme.read, FEED, json!({}));
    let mut socket = Socket::of(&server, &acme.read);
    let first = "{ sessionChanges(first: 0) { cursor } }";
    let start = post(&server, &acme.read, first, json!({}));
    let start = &start["data"]["sessionChanges"]["cursor"];
    socket.subscribe("1", FEED, json!({ "after": start }));
    // Longer than the time between two checks of a key, and shorter.
    for (id, down) in [(1, 7), (2, 1)] {
        database.stop();
        std::thread::sleep(Duration::from_secs(down));
        database.start_again();
        // The gateway probes a host that was down twice a second.
        let start = Instant::now();
        while wire::send(&server.url, "GET", "/health/ready", &[], b"").status != 200 {
            assert!(start.elapsed() < Duration::from_secs(30), "the gateway is not ready");
            std::thread::sleep(Duration::from_millis(100));
        }
        record(&server, &acme, &[(id, "a")]);
        assert_eq!(stream.numbers(1), [id]);
        let event = socket.message();
        assert_eq!(event["payload"]["data"]["sessionChanges"]["legacyId"], id.to_string());
    }
}

on_sqlite_alone!(
    a_replaced_file_ends_subscriptions_so_that_clients_connect_again,
    "it is about a file"
);
fn a_replaced_file_ends_subscriptions_so_that_clients_connect_again(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let acme = Keys::create(&environment, "acme");
    let file = environment.path().join("session-history.sqlite3");
    let backup = file.with_extension("backup");
    std::fs::copy(&file, &backup).unwrap();
    let server = Server::start(&environment, &[]);
    let mut stream = EventStream::open(&server, &acme.read, FEED, json!({}));
    let mut socket = Socket::of(&server, &acme.read);
    socket.subscribe("1", FEED, json!({}));
    for end in ["-wal", "-shm"] {
        let _ =
            std::fs::remove_file(environment.path().join(format!("session-history.sqlite3{end}")));
    }
    std::fs::rename(&backup, &file).unwrap();
    // Without `complete`.
    assert_eq!(stream.next(), None);
    let closed = Received::Closed(1012, "The database was replaced: connect again".to_owned());
    assert_eq!(socket.receive(), closed);
    let mut again = EventStream::open(&server, &acme.read, FEED, json!({}));
    record(&server, &acme, &[(1, "a")]);
    assert_eq!(again.numbers(1), [1]);
}
