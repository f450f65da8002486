//! Several gateways over one database.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{EventStream, FEED, Keys, record};
use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::{CommandEnvironment, Server},
    server,
};

on_each_database!(a_change_at_one_gateway_comes_at_another);
fn a_change_at_one_gateway_comes_at_another(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let acme = Keys::create(&environment, "acme");
    let [first, second] = [(); 2].map(|()| Server::start(&environment, &[]));
    let mut stream = EventStream::open(&second, &acme.read, FEED, json!({}));
    let changes = |stream: &mut EventStream, ids: std::ops::RangeInclusive<u32>| {
        let start = Instant::now();
        for id in ids {
            record(&first, &acme, &[(id, "a")]);
            assert_eq!(stream.numbers(1), [id]);
        }
        start.elapsed()
    };
    if on != DatabaseKind::Postgres {
        changes(&mut stream, 1..=5);
        return;
    }
    // By looks alone, each change takes half a second on average.
    let elapsed = changes(&mut stream, 1..=20);
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    // The connection of the notices is lost, and is made again.
    let end = "SELECT CAST(pg_terminate_backend(pid) AS text) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    let ended = server::select(&environment.url(), end).unwrap();
    assert_eq!(ended.len(), 1);
    changes(&mut stream, 21..=25);
    std::thread::sleep(Duration::from_secs(2));
    let elapsed = changes(&mut stream, 26..=45);
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
}
