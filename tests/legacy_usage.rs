//! Which keys still call the legacy URL is counted, without the values of the calls.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use serde_json::json;
use session_history::domain::{
    legacy_usage::{CallCount, CallShape, day},
    time::Timestamp,
    viewer::Scope,
};

use crate::support::{
    Gateway, Tenant, clock,
    database::{DatabaseKind, on_each_database},
    process::{self, CommandEnvironment, Server},
    wire,
};

on_each_database!(the_command_lists_the_keys_that_call_the_legacy_url);
fn the_command_lists_the_keys_that_call_the_legacy_url(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    for account in ["acme", "other"] {
        process::stdout(&environment, &["account", "create", account]);
    }
    let key = |account, label| {
        let create = ["key", "create", "--account", account, "--label", label];
        process::stdout(&environment, &create).trim().to_owned()
    };
    let keys = [key("acme", "billing"), key("acme", "unused"), key("other", "reports")];
    let server = Server::start(&environment, &[]);
    let call = |key: &str, parameters: &str| {
        let path = format!("/get_session_history.php?KEY={key}&{parameters}");
        wire::send(&server.url, "GET", &path, &[], b"")
    };
    for name in ["Jane", "John", "Jim"] {
        call(&keys[0], &format!("VARS=NOTES,ID&FILTER_CUSTOMER_NAME={name}&FILTER_PROCESSED=ALL"));
    }
    call(&keys[0], "VARS=ID+NOTES&FILTER_CUSTOMER_NAME=Jane&OUTPUT_FORMAT=JSON");
    call(&keys[0], "VARS=NOTHING");
    call(&keys[2], "VARS=ID");
    call("wrong-key", "VARS=ID");
    server.terminate();

    let listed = |arguments: &[&str]| {
        let list = process::stdout(&environment, &[&["usage"], arguments].concat());
        let row = |line: &str| {
            let mut columns: Vec<_> = line.split('\t').map(str::to_owned).collect();
            assert_eq!(columns.len(), 8, "{line}");
            let last = columns.remove(4);
            assert!(Timestamp::parse_rfc3339(&last).is_ok(), "{last}");
            columns.join(" ")
        };
        list.lines().map(row).collect::<Vec<_>>()
    };
    let acme = [
        "acme 1 billing 3 XML ID NOTES FILTER_CUSTOMER_NAME",
        "acme 1 billing 1 - - -",
        "acme 1 billing 1 JSON ID NOTES FILTER_CUSTOMER_NAME",
    ];
    assert_eq!(listed(&["--account", "acme"]), acme);
    assert_eq!(listed(&[]), [&acme[..], &["other 3 reports 1 XML ID -"]].concat());
    assert_eq!(listed(&["--days", "1"]).len(), 4);
    assert_eq!(listed(&["--account", "other", "--days", "400"]).len(), 1);
}

on_each_database!(async the_calls_of_a_key_are_written_at_most_once_a_minute);
async fn the_calls_of_a_key_are_written_at_most_once_a_minute(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let writes = Arc::new(AtomicUsize::new(0));
    let counter = writes.clone();
    gateway.observe_statements(move |statement| {
        if statement.sql.starts_with("INSERT INTO") && statement.sql.contains("legacy_usage") {
            counter.fetch_add(1, Relaxed);
        }
    });
    for _ in 0..3 {
        for _ in 0..20 {
            gateway.legacy(&tenant.key, &[("VARS", "ID")]).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(writes.load(Relaxed), 1);
    }
}

on_each_database!(async calls_are_added_up_and_go_with_their_key);
async fn calls_are_added_up_and_go_with_their_key(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, store) = (gateway.tenant("acme").await, gateway.store.clone());
    let key = store.keys(Some(tenant.account)).await.unwrap()[0].id;
    let today = day(clock().now());
    let time =
        |second| Timestamp::parse_rfc3339(&format!("2026-01-02T00:00:{second:02}Z")).unwrap();
    let count = |day, calls, second| {
        let shape = CallShape { format: "XML".into(), vars: "ID".into(), ..CallShape::default() };
        CallCount { day, shape, calls, last: time(second) }
    };
    // Two gateways, the second of which is late.
    for calls in [count(today, 3, 20), count(today, 4, 10), count(today - 30, 5, 0)] {
        store.add_legacy_calls(tenant.account, key, &[calls]).await.unwrap();
    }
    let listed = async |since| {
        let calls = store.legacy_calls(Some(tenant.account), since).await.unwrap();
        calls.into_iter().map(|it| (it.calls, it.last)).collect::<Vec<_>>()
    };
    assert_eq!(listed(today).await, [(7, time(20))]);
    assert_eq!(listed(today - 30).await, [(12, time(20))]);
    // Calls of days that are long past are deleted.
    store.add_legacy_calls(tenant.account, key, &[count(today + 380, 1, 30)]).await.unwrap();
    assert_eq!(listed(today - 30).await, [(8, time(30))]);

    store.delete_account(tenant.account, |_| ()).await.unwrap();
    assert_eq!(listed(0).await, []);
    let late = store.add_legacy_calls(tenant.account, key, &[count(today, 1, 0)]).await;
    assert!(late.is_err());
}

on_each_database!(async an_administrator_reads_the_calls_by_graphql);
async fn an_administrator_reads_the_calls_by_graphql(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    let key = gateway.store.keys(Some(tenant.account)).await.unwrap()[0].id;
    let today = day(clock().now());
    let count = |day, vars: &str, calls| {
        let shape =
            CallShape { format: "XML".into(), vars: vars.into(), filters: "FILTER_ID".into() };
        CallCount { day, shape, calls, last: clock().now() }
    };
    let calls = [count(today, "ID", 3), count(today - 29, "ID", 4), count(today, "ID NOTES", 5)];
    gateway.store.add_legacy_calls(tenant.account, key, &calls).await.unwrap();
    let scopes = [Scope::Read, Scope::Admin];
    gateway.key(tenant.account, "key-of-an-administrator", &scopes).await;
    let admin = Tenant { key: "key-of-an-administrator".into(), ..tenant.clone() };
    let all = "query($days: Int! = 30) { legacyUsage(days: $days) {
        keyId keyLabel format vars filters calls lastCallAt } }";
    let item = |vars, calls| {
        json!({
            "keyId": key.to_string(), "keyLabel": "test", "format": "XML", "vars": vars,
            "filters": "FILTER_ID", "calls": calls, "lastCallAt": "2026-01-02T03:04:05Z",
        })
    };
    let data = gateway.data(&admin, all, json!({})).await;
    assert_eq!(data["legacyUsage"], json!([item("ID", 7), item("ID NOTES", 5)]));
    let data = gateway.data(&admin, all, json!({ "days": 29 })).await;
    assert_eq!(data["legacyUsage"], json!([item("ID NOTES", 5), item("ID", 3)]));
    let data = gateway.data(&admin, "{ legacyUsage { __typename } }", json!({})).await;
    assert_eq!(
        data["legacyUsage"],
        json!([{"__typename": "LegacyUsage"}, {"__typename": "LegacyUsage"}])
    );

    gateway.key(other.account, "key-of-another-administrator", &scopes).await;
    let stranger = Tenant { key: "key-of-another-administrator".into(), ..other };
    let data = gateway.data(&stranger, all, json!({})).await;
    assert_eq!(data["legacyUsage"], json!([]));
    let answer = gateway.graphql(&tenant, all, json!({})).await;
    assert_eq!(
        (answer.codes(), answer.json()["data"]["legacyUsage"].is_null()),
        (vec!["FORBIDDEN".into()], true)
    );
    for days in [0, 401] {
        let answer = gateway.graphql(&admin, all, json!({ "days": days })).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    }
}
