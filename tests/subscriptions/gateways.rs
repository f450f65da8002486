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
    // Returns the time from the commits to the events.
    let changes = |stream: &mut EventStream, ids: std::ops::RangeInclusive<u32>| {
        let mut waited = Duration::ZERO;
        for id in ids {
            record(&first, &acme, &[(id, "a")]);
            let start = Instant::now();
            assert_eq!(stream.numbers(1), [id]);
            waited += start.elapsed();
        }
        waited
    };
    if on != DatabaseKind::Postgres {
        changes(&mut stream, 1..=5);
        return;
    }
    // By looks alone, each change takes half a second on average.
    let waited = changes(&mut stream, 1..=20);
    assert!(waited < Duration::from_secs(5), "{waited:?}");
    // The connection of the notices is lost, and is made again.
    let end = "SELECT CAST(pg_terminate_backend(pid) AS text) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    let ended = server::select(&environment.url(), end).unwrap();
    assert_eq!(ended.len(), 1);
    changes(&mut stream, 21..=25);
    std::thread::sleep(Duration::from_secs(2));
    let waited = changes(&mut stream, 26..=45);
    assert!(waited < Duration::from_secs(5), "{waited:?}");
}
