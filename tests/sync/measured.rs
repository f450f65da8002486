//! What the metrics and traces of a gateway have of its mirrors and webhooks.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use super::{
    proxy::{Disturbance, Proxy},
    source::{KEY, PERSONAL, Source, history},
};
use crate::{
    metrics::Counted,
    support::{
        database::{DatabaseKind, on_each_database},
        process::{self, CommandEnvironment, Server},
    },
    traces::Collector,
    webhooks::receiver::Receiver,
};

on_each_database!(mirrors_and_webhooks_are_counted_and_traced_without_personal_data);
fn mirrors_and_webhooks_are_counted_and_traced_without_personal_data(on: DatabaseKind) {
    let is_down = Arc::new(AtomicBool::new(true));
    let [of_source, of_receiver] = [is_down.clone(), is_down.clone()];
    let source = Source::start(on, &history(20, 2));
    let proxy = Proxy::to(&source.server.url, move |_| match of_source.load(Relaxed) {
        true => Disturbance::Unavailable,
        false => Disturbance::None,
    });
    let receiver = Receiver::start(move |_| if of_receiver.load(Relaxed) { 500 } else { 204 });
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    let add = ["webhook", "add", &receiver.url(), "--account", "acme", "--internal"];
    process::stdout(&environment, &add);
    let one = r#"[{"id": 1, "date_start": "2020-01-01 00:00:00"}]"#;
    let import = ["import", "-", "--account", "acme"];
    assert!(process::run_with_input(&environment, &import, one.as_bytes()).status.success());
    fs::write(environment.path().join("source.key"), KEY).unwrap();
    let from = &proxy.address;
    let sources =
        format!("[[source]]\naccount = 'acme'\nfrom = '{from}'\nkey_file = 'source.key'\n");
    fs::write(environment.path().join("sync.toml"), sources).unwrap();
    let collector = Collector::start();
    let flags = ["--sync-config", "sync.toml", "--metrics-listen", "127.0.0.1:0"];
    let traces = ["--otlp-endpoint", &collector.url];
    let server = Server::start(&environment, &[&flags[..], &traces].concat());
    let counted = Counted::of(server, String::new(), environment);
    counted.await_value("sync_sources_failing", 1.0);
    counted.await_value("webhooks_failing", 1.0);
    is_down.store(false, Relaxed);
    counted.await_value("sync_sessions_total{outcome=\"new\"}", 20.0);
    // One that was imported, and those that are mirrored.
    counted.await_value("webhook_attempts_total{outcome=\"taken\"}", 21.0);
    counted.await_value("sync_sources_failing", 0.0);
    counted.await_value("webhooks_failing", 0.0);
    for metric in [
        "sync_requests_total{outcome=\"failed\"}",
        "sync_requests_total{outcome=\"read\"}",
        "sync_request_duration_seconds_count",
        "webhook_attempts_total{outcome=\"failed\"}",
    ] {
        assert!(counted.value(metric) >= Some(1.0), "{metric}");
    }
    // The last spans are sent when the server stops.
    counted.terminate();
    for expected in ["sync.request", "webhook.send", "db.statement"] {
        assert!(collector.has(expected), "{expected}");
    }
    for secret in [KEY, "qzw7", PERSONAL, "word-of-the-receiver", "127.0.0."] {
        assert!(!collector.has(secret), "{secret}");
    }
}
