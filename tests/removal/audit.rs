//! The audit of an account.

use serde_json::{Value, json};
use session_history::{
    domain::{
        audit::AuditSource,
        filter::{Filter, SessionCondition},
        viewer::Scope,
    },
    history::{holds::Holds, removal::RemovalKind},
};

use super::{customer, import, removal, remove, session};
use crate::support::{
    Gateway, Tenant, clock,
    database::{Database, DatabaseKind, on_each_database},
    process::{CommandEnvironment, run_with_input, stdout},
};

const EVENTS: &str = "query($first: Int, $after: String) { auditEvents(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes {
        number startedAt endedAt source keyLabel keyPrefix action filterFields subject matched changed held } } }";

async fn events(gateway: &Gateway, admin: &Tenant) -> Vec<Value> {
    let mut events = gateway.data(admin, EVENTS, json!({})).await;
    let Value::Array(nodes) = events["auditEvents"]["nodes"].take() else { panic!("{events}") };
    nodes
}

/// The tenant with a key for administrators.
async fn admin(gateway: &Gateway, tenant: &Tenant) -> (Tenant, i64) {
    let key = "admin-key-0123456789".to_owned();
    let id = gateway.key(tenant.account, &key, &[Scope::Read, Scope::Admin]).await;
    (Tenant { key, ..tenant.clone() }, id)
}

on_each_database!(async each_change_is_an_event_with_numbers_and_without_personal_data);
async fn each_change_is_an_event_with_numbers_and_without_personal_data(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    let (admin, key) = admin(&gateway, &tenant).await;
    for tenant in [&tenant, &other] {
        import(&gateway, tenant, &[session(1, "zebra"), session(2, "lion"), session(3, "ape")])
            .await;
    }
    let (store, account) = (gateway.store.clone(), tenant.account);
    let holds = Holds { store, account, source: AuditSource::Key(key), clock: clock() };
    holds.add(&customer("zebra"), "case of zebra").await.unwrap();
    remove(&gateway, &tenant, RemovalKind::Anonymize, &customer("lion")).await;
    let all = Filter::All(vec![
        Filter::Is(SessionCondition::Answered),
        Filter::Any(vec![customer("zebra"), customer("lion"), customer("ape")]).negate().negate(),
    ]);
    // Counting is no change.
    removal(&gateway, &tenant, RemovalKind::Delete).count(&all).await.unwrap();
    remove(&gateway, &tenant, RemovalKind::Delete, &all).await;
    holds.release(1).await.unwrap();
    gateway.store.revoke_key(key, clock().now()).await.unwrap();
    assert!(!gateway.store.revoke_key(key, clock().now()).await.unwrap());
    let key_again = "admin-key-9876543210".to_owned();
    let again = gateway.key(tenant.account, &key_again, &[Scope::Read, Scope::Admin]).await;
    let admin = Tenant { key: key_again, ..admin };

    let now = "2026-01-02T03:04:05Z";
    let event = |number: i64, action: &str, fields: &str, subject: Value, counts: [i64; 3]| {
        let by_key = action.contains("HOLD");
        let of_key = |text: &str| if by_key { json!(text) } else { Value::Null };
        json!({
            "number": number.to_string(), "startedAt": now, "endedAt": now, "action": action,
            "source": if by_key { "KEY" } else { "COMMAND" }, "keyLabel": of_key("test"),
            "keyPrefix": of_key("admin"), "filterFields": fields, "subject": subject,
            "matched": counts[0], "changed": counts[1], "held": counts[2],
        })
    };
    let text = |number: i64| json!(number.to_string());
    let expected = [
        event(9, "CREATE_KEY", "", text(again), [0; 3]),
        event(8, "REVOKE_KEY", "", text(key), [0; 3]),
        event(7, "RELEASE_HOLD", "", text(1), [1, 0, 0]),
        event(6, "DELETE", "answered customer.email", Value::Null, [2, 1, 1]),
        event(5, "ANONYMIZE", "customer.email", Value::Null, [1, 1, 0]),
        event(4, "HOLD", "customer.email", text(1), [1, 0, 1]),
    ];
    let listed = events(&gateway, &admin).await;
    assert_eq!(listed[..6], expected);
    let actions: Vec<_> = listed[6..].iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["CREATE_KEY", "CREATE_KEY", "CREATE_ACCOUNT"]);
    assert!(!json!(listed).to_string().contains("zebra"));
}

on_each_database!(async the_audit_is_read_by_pages_and_only_by_administrators_of_the_account);
async fn the_audit_is_read_by_pages_and_only_by_administrators_of_the_account(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    let (admin, _) = admin(&gateway, &tenant).await;
    import(&gateway, &other, &[session(1, "zebra")]).await;
    remove(&gateway, &other, RemovalKind::Delete, &customer("zebra")).await;
    let (mut after, mut numbers) = (Value::Null, Vec::new());
    loop {
        let variables = json!({ "first": 2, "after": after });
        let page = gateway.data(&admin, EVENTS, variables).await["auditEvents"].take();
        assert_eq!(page["totalCount"], 3);
        numbers.extend(page["nodes"].as_array().unwrap().iter().map(|it| it["number"].clone()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
    }
    assert_eq!(numbers, ["3", "2", "1"]);
    let answer = gateway.graphql(&tenant, EVENTS, json!({})).await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
    assert_eq!(answer.json()["data"], json!({ "auditEvents": null }));
}

on_each_database!(an_import_is_one_event_that_counts_what_it_changed);
fn an_import_is_one_event_that_counts_what_it_changed(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "acme"]);
    let create = ["key", "create", "--account", "acme", "--scope", "read,admin"];
    let key = stdout(&environment, &create).trim().to_owned();
    // Several batches.
    let mut sessions: Vec<_> =
        (1..=1_200).map(|id| json!({ "id": id, "date_start": "2024-01-01" })).collect();
    sessions.push(json!({ "id": 0 }));
    for _ in 0..2 {
        let import = ["import", "-", "--account", "acme"];
        run_with_input(&environment, &import, json!(sessions).to_string().as_bytes());
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let database = Database::Elsewhere(environment.url());
        let gateway = Gateway::over(database, std::time::Duration::from_secs(60), &[]).await;
        let account = gateway.store.account("acme").await.unwrap();
        let listed = events(&gateway, &Tenant { account, key }).await;
        let counts = |event: &Value| {
            assert_ne!(event["endedAt"], Value::Null);
            (
                event["action"].as_str().unwrap().to_owned(),
                event["matched"].clone(),
                event["changed"].clone(),
            )
        };
        let listed: Vec<_> = listed.iter().map(counts).collect();
        let event = |action: &str, matched: i64, changed: i64| {
            (action.to_owned(), json!(matched), json!(changed))
        };
        assert_eq!(
            listed,
            [
                event("IMPORT", 1_201, 0),
                event("IMPORT", 1_201, 1_200),
                event("CREATE_KEY", 0, 0),
                event("CREATE_ACCOUNT", 0, 0),
            ]
        );
    });
}
