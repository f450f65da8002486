//! The retention of accounts.

use std::time::Duration;

use serde_json::{Value, json};
use session_history::{
    domain::{
        audit::AuditSource,
        time::{Clock, Timestamp},
    },
    history::holds::Holds,
    jobs::retention::run_once,
    store::{Options, Store, job::Lease},
};

use super::{changes, customer, import, session};
use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
    process::{CommandEnvironment, Server, run, run_with_input, stdout},
    server::select,
};

/// Two years and a day after most sessions started.
fn day_1() -> Clock {
    Clock(|| Timestamp::parse_rfc3339("2026-02-02T10:00:00Z").unwrap())
}

fn hours_later() -> Clock {
    Clock(|| Timestamp::parse_rfc3339("2026-02-02T22:00:00Z").unwrap())
}

fn day_2() -> Clock {
    Clock(|| Timestamp::parse_rfc3339("2026-02-03T10:00:00Z").unwrap())
}

async fn fill(gateway: &Gateway, tenant: &Tenant) {
    let mut young = session(2, "lion");
    young["date_start"] = json!("2024-02-02 10:00:00");
    import(gateway, tenant, &[session(1, "zebra"), young, session(3, "ape")]).await;
}

async fn left(gateway: &Gateway, tenant: &Tenant) -> Vec<String> {
    let query = "{ sessions(orderBy: STARTED_AT_ASC) { nodes { legacyId } } }";
    let data = gateway.data(tenant, query, json!({})).await;
    let nodes = data["sessions"]["nodes"].as_array().unwrap().clone();
    nodes.iter().map(|node| node["legacyId"].as_str().unwrap().to_owned()).collect()
}

on_each_database!(async expired_sessions_are_deleted_once_a_day_except_held_ones);
async fn expired_sessions_are_deleted_once_a_day_except_held_ones(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    for tenant in [&tenant, &other] {
        fill(&gateway, tenant).await;
    }
    let (store, account) = (gateway.store.clone(), tenant.account);
    store.set_retention(account, Some(24), day_1().now()).await.unwrap();
    let holds = Holds { store, account, source: AuditSource::Command, clock: day_1() };
    holds.add(&customer("ape"), "case 7").await.unwrap();
    let (_, after) = changes(&gateway, &tenant, &Value::Null).await;
    assert_eq!(run_once(&gateway.store, "one", day_1()).await.unwrap(), Some(1));
    assert_eq!(left(&gateway, &tenant).await, ["3", "2"]);
    assert_eq!(left(&gateway, &other).await.len(), 3);
    let (told, _) = changes(&gateway, &tenant, &after).await;
    assert_eq!(told, [json!({ "kind": "DELETED", "legacyId": "1", "session": null })]);
    // Not again on the same day, whichever gateway asks.
    holds.release(1).await.unwrap();
    for holder in ["one", "two"] {
        assert_eq!(run_once(&gateway.store, holder, hours_later()).await.unwrap(), None);
    }
    assert_eq!(run_once(&gateway.store, "two", day_2()).await.unwrap(), Some(2));
    assert_eq!(left(&gateway, &tenant).await, Vec::<String>::new());
    gateway.store.set_retention(account, None, day_2().now()).await.unwrap();
    let events = "SELECT CAST(source AS CHAR(16)), CAST(action AS CHAR(16)), matched, changed, held, subject
        FROM audit_event WHERE account_id = 1 AND (source = 'RETENTION' OR action = 'SET_RETENTION') ORDER BY id";
    let events = select(&gateway.database.url(), events).unwrap();
    type Event = (String, String, i64, i64, i64, Option<i64>);
    let events = events.iter().map(|row| {
        let (source, action, matched, changed, held, subject): Event =
            row.try_get_many_by_index().unwrap();
        let (source, action) = (source.trim_end().to_owned(), action.trim_end().to_owned());
        (source, action, [matched, changed, held], subject)
    });
    let event = |source: &str, action: &str, counts: [i64; 3], subject: Option<i64>| {
        (source.to_owned(), action.to_owned(), counts, subject)
    };
    assert_eq!(
        events.collect::<Vec<_>>(),
        [
            event("COMMAND", "SET_RETENTION", [0; 3], Some(24)),
            event("RETENTION", "DELETE", [2, 1, 1], None),
            event("RETENTION", "DELETE", [2, 2, 0], None),
            event("COMMAND", "SET_RETENTION", [0; 3], None),
        ]
    );
}

on_each_database!(async one_gateway_at_a_time_applies_the_retention);
async fn one_gateway_at_a_time_applies_the_retention(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    fill(&gateway, &tenant).await;
    gateway.store.set_retention(tenant.account, Some(24), day_1().now()).await.unwrap();
    let options = Options { url: gateway.database.url(), ..Options::default() };
    let second = Store::connect(&options).await.unwrap();
    let (one, two) =
        tokio::join!(run_once(&gateway.store, "one", day_1()), run_once(&second, "two", day_1()));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(matches!((one, two), (Some(2), None) | (None, Some(2))), "{one:?} {two:?}");
    // A gateway that was killed holds the job until its lease ends.
    let lease = Lease {
        job: "retention".into(),
        holder: "killed".into(),
        duration: Duration::from_secs(300),
    };
    let (now, since) = (day_2().now(), day_1().now());
    assert!(second.lease_job(&lease, now, since).await.unwrap());
    assert_eq!(run_once(&gateway.store, "one", day_2()).await.unwrap(), None);
    let later = Clock(|| Timestamp::parse_rfc3339("2026-02-03T10:05:00Z").unwrap());
    assert_eq!(run_once(&gateway.store, "one", later).await.unwrap(), Some(1));
    assert!(!second.renew_lease(&lease, later.now()).await.unwrap());
}

on_each_database!(serve_applies_the_retention_that_the_command_sets);
fn serve_applies_the_retention_that_the_command_sets(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "acme"]);
    let sessions = json!([session(1, "zebra"), session(2, "lion")]).to_string();
    run_with_input(&environment, &["import", "-", "--account", "acme"], sessions.as_bytes());
    for wrong in ["0", "1201", "x", ""] {
        let retention = ["account", "retention", "acme", "--months", wrong];
        assert!(!run(&environment, &retention).status.success(), "{wrong}");
    }
    let list = |end: &str| {
        let listed = stdout(&environment, &["account", "list"]);
        assert!(listed.ends_with(end), "{listed}");
    };
    list("\t-\n");
    stdout(&environment, &["account", "retention", "acme", "--months", "off"]);
    list("\t-\n");
    stdout(&environment, &["account", "retention", "acme", "--months", "12"]);
    list("\t12\n");
    let _server = Server::start(&environment, &[]);
    let count = || {
        let rows = select(&environment.url(), "SELECT COUNT(*) FROM session").unwrap();
        rows[0].try_get_by_index::<i64>(0).unwrap()
    };
    let start = std::time::Instant::now();
    while count() > 0 {
        assert!(start.elapsed() < Duration::from_secs(60), "the sessions are still there");
        std::thread::sleep(Duration::from_millis(100));
    }
}
