//! Sessions that are held.

use serde_json::{Value, json};
use session_history::{
    domain::{
        audit::AuditSource,
        filter::{Filter, SessionCondition},
        viewer::Scope,
    },
    history::{
        holds::Holds,
        removal::{RemovalCounts, RemovalKind},
        writer::Outcome,
    },
};

use super::{changes, customer, import, import_again, removal, remove, session};
use crate::support::{
    Gateway, Tenant, clock,
    database::{DatabaseKind, on_each_database},
    process::{CommandEnvironment, run, run_with_input, stdout},
};

fn holds(gateway: &Gateway, tenant: &Tenant) -> Holds {
    let (store, account) = (gateway.store.clone(), tenant.account);
    Holds { store, account, source: AuditSource::Command, clock: clock() }
}

on_each_database!(async a_held_session_is_removed_only_after_the_last_hold_is_released);
async fn a_held_session_is_removed_only_after_the_last_hold_is_released(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    for tenant in [&tenant, &other] {
        import(&gateway, tenant, &[session(1, "zebra"), session(2, "lion"), session(3, "ape")])
            .await;
    }
    let all = Filter::Is(SessionCondition::Answered);
    let holds = holds(&gateway, &tenant);
    let first = holds.add(&customer("zebra"), " case 7 ").await.unwrap();
    assert_eq!((first.id, first.sessions, first.reason.as_str()), (1, 1, "case 7"));
    let second = holds.add(&Filter::Any(vec![customer("zebra"), customer("lion")]), "case 8").await;
    assert_eq!(second.as_ref().unwrap().sessions, 2);
    // An import changes a held session, which is still held.
    assert_eq!(import_again(&gateway, &tenant, 1, false).await, Outcome::Changed);
    let (_, after) = changes(&gateway, &tenant, &Value::Null).await;
    let expected = RemovalCounts { matched: 3, removed: 1, held: 2 };
    let of_kind = |kind| removal(&gateway, &tenant, kind);
    assert_eq!(of_kind(RemovalKind::Anonymize).count(&all).await.unwrap(), expected);
    assert_eq!(remove(&gateway, &tenant, RemovalKind::Anonymize, &all).await, expected);
    assert_eq!(remove(&gateway, &tenant, RemovalKind::Delete, &all).await, expected);
    let (told, after) = changes(&gateway, &tenant, &after).await;
    assert_eq!(told, [json!({ "kind": "DELETED", "legacyId": "3", "session": null })]);

    assert!(holds.release(second.unwrap().id).await.unwrap().is_some());
    assert_eq!(holds.release(2).await.unwrap(), None);
    assert_eq!(holds.release(99).await.unwrap(), None);
    let expected = RemovalCounts { matched: 2, removed: 1, held: 1 };
    assert_eq!(remove(&gateway, &tenant, RemovalKind::Delete, &all).await, expected);
    assert!(holds.release(first.id).await.unwrap().is_some());
    let expected = RemovalCounts { matched: 1, removed: 1, held: 0 };
    assert_eq!(remove(&gateway, &tenant, RemovalKind::Delete, &all).await, expected);
    let (told, _) = changes(&gateway, &tenant, &after).await;
    let told: Vec<_> = told.iter().map(|change| &change["legacyId"]).collect();
    assert_eq!(told, ["2", "1"]);
    // Holds are of one account.
    let theirs = removal(&gateway, &other, RemovalKind::Delete).count(&all).await.unwrap();
    assert_eq!(theirs, RemovalCounts { matched: 3, removed: 3, held: 0 });
}

on_each_database!(the_commands_hold_list_release_and_erase_work_together);
fn the_commands_hold_list_release_and_erase_work_together(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "acme"]);
    let sessions = json!([session(1, "zebra"), session(2, "lion"), session(3, "lion")]);
    let arguments = ["import", "-", "--account", "acme"];
    let output = run_with_input(&environment, &arguments, sessions.to_string().as_bytes());
    assert!(output.status.success());
    let of_lion = r#"{"customer": {"email": {"startsWith": "lion"}}, "legacyId": {"gt": 2}}"#;
    let add = ["hold", "add", "--account", "acme", "--filter", of_lion, "--reason", "case 7"];
    assert_eq!(stdout(&environment, &add), "1\n");
    let list = ["hold", "list", "--account", "acme"];
    let listed = stdout(&environment, &list);
    assert!(listed.starts_with("1\t1\theld\t20") && listed.ends_with("\t-\tcase 7\n"), "{listed}");
    let erase = ["erase", "--account", "acme", "--before", "2024-03-01"];
    assert_eq!(stdout(&environment, &erase), "matched 3, removed 2, held 1\n");
    let erase = [&erase[..], &["--customer", " LION@example.com "]].concat();
    assert_eq!(stdout(&environment, &erase), "matched 2, removed 1, held 1\n");
    let really = [&erase[..], &["--yes"]].concat();
    assert_eq!(stdout(&environment, &really), "matched 2, removed 1, held 1\n");
    assert_eq!(stdout(&environment, &really), "matched 1, removed 0, held 1\n");
    let release = ["hold", "release", "1", "--account", "acme"];
    stdout(&environment, &release);
    assert!(stdout(&environment, &list).starts_with("1\t1\treleased\t"));
    assert!(!run(&environment, &release).status.success());
    assert_eq!(stdout(&environment, &really), "matched 1, removed 1, held 0\n");
    for wrong in [
        &["erase", "--account", "acme", "--yes"][..],
        &["erase", "--account", "acme", "--filter", "{}", "--yes"],
        &["erase", "--account", "acme", "--filter", r#"{"legacyId": {"ne": null}}"#, "--yes"],
        &["erase", "--account", "acme", "--filter", r#"{"custmer": {}}"#, "--yes"],
        &["erase", "--account", "acme", "--filter", "{", "--yes"],
        &["erase", "--account", "acme", "--customer", " ", "--yes"],
        &["hold", "add", "--account", "acme", "--customer", "x", "--reason", " "],
    ] {
        assert!(!run(&environment, wrong).status.success(), "{wrong:?}");
    }
    // What was deleted is rejected with its time, and can be restored.
    let output = run_with_input(&environment, &arguments, sessions.to_string().as_bytes());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.stdout, b"new 0, changed 0, unchanged 1, rejected 2\n", "{errors}");
    assert!(errors.contains("the session was deleted at 20"), "{errors}");
    let restore = [&arguments[..], &["--restore-deleted"]].concat();
    let output = run_with_input(&environment, &restore, sessions.to_string().as_bytes());
    assert_eq!(output.stdout, b"new 2, changed 0, unchanged 1, rejected 0\n");
}

on_each_database!(async the_holds_are_read_by_pages_and_only_by_administrators_of_the_account);
async fn the_holds_are_read_by_pages_and_only_by_administrators_of_the_account(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    for tenant in [&tenant, &other] {
        import(&gateway, tenant, &[session(1, "zebra"), session(2, "lion")]).await;
    }
    for word in ["zebra", "lion", "ape"] {
        holds(&gateway, &tenant).add(&customer(word), &format!("case of {word}")).await.unwrap();
    }
    holds(&gateway, &tenant).release(2).await.unwrap();
    holds(&gateway, &other).add(&customer("zebra"), "of another account").await.unwrap();
    let admin = gateway.with_scopes(&tenant, &[Scope::Read, Scope::Admin]).await;
    let page_of =
        "query($first: Int, $after: String) { holds(first: $first, after: $after) { totalCount
        pageInfo { hasNextPage endCursor } nodes { id reason sessions createdAt releasedAt } } }";
    let mut page = gateway.data(&admin, page_of, json!({ "first": 2 })).await["holds"].take();
    let now = "2026-01-02T03:04:05Z";
    let hold = |id: &str, word: &str, sessions: u64, released: Value| {
        json!({ "id": id, "reason": format!("case of {word}"), "sessions": sessions, "createdAt": now,
            "releasedAt": released })
    };
    let first = [hold("3", "ape", 0, Value::Null), hold("2", "lion", 1, json!(now))];
    assert_eq!(page["nodes"], json!(first));
    assert_eq!((&page["totalCount"], &page["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
    let rest = json!({ "first": 2, "after": page["pageInfo"]["endCursor"].take() });
    let page = gateway.data(&admin, page_of, rest.clone()).await["holds"].take();
    assert_eq!(page["nodes"], json!([hold("1", "zebra", 1, Value::Null)]));
    assert_eq!(page["pageInfo"]["hasNextPage"], json!(false));

    let refused = gateway.graphql(&tenant, page_of, json!({})).await;
    assert_eq!(refused.codes(), ["FORBIDDEN"]);
    let of_others = gateway.with_scopes(&other, &[Scope::Read, Scope::Admin]).await;
    let answer = gateway.data(&of_others, page_of, json!({})).await;
    assert_eq!(answer["holds"]["nodes"][0]["reason"], json!("of another account"));
    assert_eq!(answer["holds"]["totalCount"], json!(1));
    assert_eq!(gateway.graphql(&of_others, page_of, rest).await.codes(), ["BAD_USER_INPUT"]);
}
