//! Sessions that are deleted or anonymized.

use serde_json::{Value, json};
use session_history::{
    domain::{
        audit::AuditSource,
        filter::{
            Comparison, Filter, SessionCondition, SessionFilter, SessionNumber, SessionText,
            TextTest,
        },
        search::Search,
    },
    history::{
        removal::{Removal, RemovalCounts, RemovalKind},
        writer::{Outcome, Writer},
    },
};

use crate::support::{
    Gateway, Tenant, clock,
    database::{DatabaseKind, on_each_database},
    server::select,
    write, writer,
};

mod audit;
mod holds;
mod killed;
mod remains;
mod retention;

/// A session with a value for everything that it can have, each text with a word.
fn session(id: i64, word: &str) -> Value {
    let text = |name: &str| format!("{name} {word}");
    json!({
        "id": id, "customer_name": text("name"), "customer_email": format!("{word}@example.com"),
        "customer_number": text("number"), "computer_name": text("computer"),
        "computer_domain": text("domain"), "computer_os": text("os"),
        "problem_description": text("problem"), "notes": text("notes"),
        "tech_username": "tech@example.com", "tech_name": "Tech", "start_method": "AGENT",
        "date_start": "2024-02-01 10:00:00", "date_end": "2024-02-01 10:30:00",
        "chat_info": [
            { "date": "2024-02-01 10:00:10", "sender": text("name"), "text": text("first") },
            { "date": "2024-02-01 10:00:40", "sender": "Tech", "text": text("second") },
        ],
        "video_links": [{ "url": format!("https://v.example/{word}"), "duration_seconds": 5 }],
        "custom_fields": [{ "name": text("field"), "value": text("value") }],
    })
}

async fn import(gateway: &Gateway, tenant: &Tenant, sessions: &[Value]) {
    gateway.import(tenant, &json!(sessions).to_string()).await;
}

fn removal(gateway: &Gateway, tenant: &Tenant, kind: RemovalKind) -> Removal {
    let (store, account) = (gateway.store.clone(), tenant.account);
    let source = AuditSource::Command;
    Removal { store, account, kind, source, clock: clock() }
}

async fn remove(
    gateway: &Gateway,
    tenant: &Tenant,
    kind: RemovalKind,
    filter: &SessionFilter,
) -> RemovalCounts {
    removal(gateway, tenant, kind).run(filter, |_| ()).await.unwrap()
}

fn customer(word: &str) -> SessionFilter {
    let test = TextTest::equals(&format!("{word}@example.com"));
    Filter::Is(SessionCondition::Text(SessionText::CustomerEmail, test))
}

/// What the import of a session leads to.
async fn import_again(gateway: &Gateway, tenant: &Tenant, id: i64, restore: bool) -> Outcome {
    let writer = Writer { restore_removed: restore, ..writer(&gateway.store, tenant) };
    write(&writer, &[session(id, "again")]).await.remove(0)
}

const FEED: &str = "query($after: String) { sessionChanges(after: $after) { cursor
    nodes { kind legacyId session { legacyId } } } }";

/// The changes after a cursor, and the new cursor.
async fn changes(gateway: &Gateway, tenant: &Tenant, after: &Value) -> (Vec<Value>, Value) {
    let mut feed = gateway.data(tenant, FEED, json!({ "after": after })).await;
    let feed = &mut feed["sessionChanges"];
    (feed["nodes"].as_array().unwrap().clone(), feed["cursor"].take())
}

on_each_database!(async a_deleted_session_is_gone_and_the_feed_has_its_deletion);
async fn a_deleted_session_is_gone_and_the_feed_has_its_deletion(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    import(&gateway, &tenant, &[session(1, "zebra"), session(2, "lion")]).await;
    let (_, after) = changes(&gateway, &tenant, &Value::Null).await;
    let counts = remove(&gateway, &tenant, RemovalKind::Delete, &customer("zebra")).await;
    assert_eq!(counts, RemovalCounts { matched: 1, removed: 1, held: 0 });
    let query = r#"{ sessions { nodes { legacyId } totalCount } session(id: 1) { id }
        search: sessions(filter: { search: "zebra" }) { totalCount }
        sessionStats { total { count chatMessages } } customFieldNames }"#;
    assert_eq!(
        gateway.data(&tenant, query, json!({})).await,
        json!({
            "sessions": { "nodes": [{ "legacyId": "2" }], "totalCount": 1 }, "session": null,
            "search": { "totalCount": 0 }, "customFieldNames": ["field lion"],
            "sessionStats": { "total": { "count": 1, "chatMessages": 2 } },
        })
    );
    let (told, after) = changes(&gateway, &tenant, &after).await;
    assert_eq!(told, [json!({ "kind": "DELETED", "legacyId": "1", "session": null })]);
    // A reader that starts at the beginning gets it, too, and only once.
    assert_eq!(changes(&gateway, &tenant, &Value::Null).await.0.len(), 2);
    let counts = remove(&gateway, &tenant, RemovalKind::Delete, &customer("zebra")).await;
    assert_eq!(counts, RemovalCounts::default());
    assert_eq!(changes(&gateway, &tenant, &after).await.0, Vec::<Value>::new());
}

on_each_database!(async an_anonymized_session_has_no_text_and_keeps_its_times_counts_and_technician);
async fn an_anonymized_session_has_no_text_and_keeps_its_times_counts_and_technician(
    on: DatabaseKind,
) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    import(&gateway, &tenant, &[session(1, "zebra")]).await;
    let query = r#"{ session(id: 1) {
        startedAt endedAt durationSeconds startMethod answered hasVideos chatMessageCount
        firstResponseSeconds technician { username }
        customer { name email number } computer { name domain os } problemDescription notes
        chatMessages { nodes { sentAt senderRole sender body } } videos { nodes { url } }
        customFields { name value } }
        search: sessions(filter: { search: "zebra" }) { totalCount } }"#;
    let mut before = gateway.data(&tenant, query, json!({})).await;
    assert_eq!(before["session"]["videos"]["nodes"].as_array().unwrap().len(), 1);
    let (_, after) = changes(&gateway, &tenant, &Value::Null).await;
    let counts = remove(&gateway, &tenant, RemovalKind::Anonymize, &customer("zebra")).await;
    assert_eq!(counts, RemovalCounts { matched: 1, removed: 1, held: 0 });
    let session = &mut before["session"];
    session["customer"] = json!({ "name": null, "email": null, "number": null });
    session["computer"] = json!({ "name": null, "domain": null, "os": null });
    (session["problemDescription"], session["notes"]) = (Value::Null, Value::Null);
    for message in session["chatMessages"]["nodes"].as_array_mut().unwrap() {
        (message["sender"], message["body"]) = (Value::Null, json!(""));
    }
    (session["videos"]["nodes"], session["customFields"]) = (json!([]), json!([]));
    before["search"]["totalCount"] = json!(0);
    assert_eq!(gateway.data(&tenant, query, json!({})).await, before);
    let (told, after) = changes(&gateway, &tenant, &after).await;
    assert_eq!(
        told,
        [json!({ "kind": "STORED", "legacyId": "1", "session": { "legacyId": "1" } })]
    );
    // What is anonymized is not anonymized again.
    let all = Filter::Is(SessionCondition::Answered);
    let counts = remove(&gateway, &tenant, RemovalKind::Anonymize, &all).await;
    assert_eq!(counts, RemovalCounts::default());
    assert_eq!(changes(&gateway, &tenant, &after).await.0, Vec::<Value>::new());
    // It can be deleted.
    let counts = remove(&gateway, &tenant, RemovalKind::Delete, &all).await;
    assert_eq!(counts.removed, 1);
}

on_each_database!(async an_import_does_not_bring_a_removed_session_back_unless_it_is_asked_to);
async fn an_import_does_not_bring_a_removed_session_back_unless_it_is_asked_to(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    import(&gateway, &tenant, &[session(1, "zebra"), session(2, "lion"), session(3, "ape")]).await;
    remove(&gateway, &tenant, RemovalKind::Delete, &customer("zebra")).await;
    remove(&gateway, &tenant, RemovalKind::Anonymize, &customer("lion")).await;
    let (told, _) = changes(&gateway, &tenant, &Value::Null).await;
    for (id, sentence) in [
        (
            1,
            "the session was deleted at 2026-01-02T03:04:05Z; a deleted session is not stored again",
        ),
        (
            2,
            "the session was anonymized at 2026-01-02T03:04:05Z; an anonymized session is not changed",
        ),
    ] {
        match import_again(&gateway, &tenant, id, false).await {
            Outcome::Rejected(reason) => assert_eq!(reason.to_string(), sentence),
            outcome => panic!("{outcome:?}"),
        }
    }
    assert_eq!(import_again(&gateway, &tenant, 3, false).await, Outcome::Changed);
    assert_eq!(changes(&gateway, &tenant, &Value::Null).await.0.len(), told.len());
    assert_eq!(import_again(&gateway, &tenant, 1, true).await, Outcome::New);
    assert_eq!(import_again(&gateway, &tenant, 2, true).await, Outcome::Changed);
    // They are sessions as any other again.
    for id in [1, 2] {
        assert_eq!(import_again(&gateway, &tenant, id, false).await, Outcome::Unchanged);
    }
    let counts = remove(&gateway, &tenant, RemovalKind::Anonymize, &customer("again")).await;
    assert_eq!(counts.removed, 3);
}

on_each_database!(async a_removal_by_a_filter_that_matches_all_sessions_is_refused);
async fn a_removal_by_a_filter_that_matches_all_sessions_is_refused(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    import(&gateway, &tenant, &[session(1, "zebra")]).await;
    for kind in [RemovalKind::Delete, RemovalKind::Anonymize] {
        let removal = removal(&gateway, &tenant, kind);
        let no_number = Filter::Is(SessionCondition::Id(Vec::new()));
        for filter in [Filter::default(), no_number.negate()] {
            for refused in [removal.count(&filter).await, removal.run(&filter, |_| ()).await] {
                let message = refused.unwrap_err().message().to_owned();
                assert!(message.contains("needs a filter that restricts them"), "{message}");
            }
        }
    }
    assert_eq!(changes(&gateway, &tenant, &Value::Null).await.0.len(), 1);
}

on_each_database!(async a_removal_does_not_reach_another_account);
async fn a_removal_does_not_reach_another_account(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    for tenant in [&tenant, &other] {
        import(&gateway, tenant, &[session(1, "zebra"), session(2, "zebra")]).await;
    }
    for kind in [RemovalKind::Anonymize, RemovalKind::Delete] {
        let filter = Filter::Is(SessionCondition::Answered);
        assert_eq!(removal(&gateway, &tenant, kind).count(&filter).await.unwrap().matched, 2);
        assert_eq!(remove(&gateway, &tenant, kind, &filter).await.removed, 2);
    }
    let query = r#"{ sessions(filter: { search: "zebra" }) { nodes { notes } } }"#;
    let theirs = gateway.data(&other, query, json!({})).await;
    assert_eq!(theirs["sessions"]["nodes"], json!(vec![json!({ "notes": "notes zebra" }); 2]));
    assert_eq!(import_again(&gateway, &other, 1, false).await, Outcome::Changed);
}

on_each_database!(async a_removal_of_many_sessions_leaves_those_that_do_not_match);
async fn a_removal_of_many_sessions_leaves_those_that_do_not_match(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let session = |id: i64| {
        let day = 1 + id % 28;
        json!({ "id": id, "date_start": format!("2024-01-{day:02}"), "notes": format!("n{}", id % 3) })
    };
    import(&gateway, &tenant, &(1..=1_700).map(session).collect::<Vec<_>>()).await;
    let notes = Filter::Is(SessionCondition::Text(SessionText::Notes, TextTest::equals("N1")));
    let above = SessionCondition::Number(SessionNumber::Id, Comparison::Gt, 50);
    let filter = Filter::All(vec![notes.negate(), Filter::Is(above)]);
    let removal = removal(&gateway, &tenant, RemovalKind::Delete);
    let expected = (51..=1_700).filter(|id| id % 3 != 1).count() as u64;
    assert_eq!(removal.count(&filter).await.unwrap().removed, expected);
    let mut progress = Vec::new();
    let counts = removal.run(&filter, |removed| progress.push(removed)).await.unwrap();
    assert_eq!(counts, RemovalCounts { matched: expected, removed: expected, held: 0 });
    assert_eq!(progress, [500, 1_000, expected]);
    let left = select(&gateway.database.url(), "SELECT id FROM session ORDER BY id").unwrap();
    let left: Vec<i64> = left.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    let stay: Vec<_> = (1..=1_700).filter(|id| id % 3 == 1 || *id <= 50).collect();
    assert_eq!(left, stay);
}

on_each_database!(async sessions_are_removed_by_their_words);
async fn sessions_are_removed_by_their_words(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    // Words of many sessions and of few.
    let session = |id: i64| {
        let few = if id % 100 == 7 { "zebra" } else { "" };
        json!({ "id": id, "date_start": "2024-01-01", "notes": format!("n{} {few}", id % 2) })
    };
    import(&gateway, &tenant, &(1..=1_400).map(session).collect::<Vec<_>>()).await;
    let search = |text: &str| Filter::Is(SessionCondition::Search(Search::parse(text).unwrap()));
    for (kind, text, expected) in [
        (RemovalKind::Anonymize, "zebra", 14),
        // Those that were anonymized have no words any more.
        (RemovalKind::Delete, "n1", 700 - 14),
        (RemovalKind::Delete, "n1", 0),
        (RemovalKind::Delete, "-zebra", 714),
    ] {
        let removal = removal(&gateway, &tenant, kind);
        let counts = RemovalCounts { matched: expected, removed: expected, held: 0 };
        assert_eq!(removal.count(&search(text)).await.unwrap(), counts, "{text}");
        assert_eq!(removal.run(&search(text), |_| ()).await.unwrap(), counts, "{text}");
    }
}
