//! The change feed: what changed, in the order of commits.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use migration::Migrator;
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use serde_json::{Value, json};
use session_history::{
    domain::time::{Clock, Timestamp},
    history::writer::Writer,
};

use crate::support::{
    Gateway, Tenant, clock,
    database::{DatabaseKind, on_each_database},
    process::{CommandEnvironment, stdout},
    server::{on_connection, select},
    write, writer,
};

mod concurrent;

const PAGE: &str = "query($after: String, $filter: SessionFilter, $first: Int) {
    sessionChanges(after: $after, filter: $filter, first: $first) {
        cursor pageInfo { hasNextPage endCursor }
        edges { cursor }
        nodes { kind legacyId changedAt session { legacyId notes updatedAt technician { username } } }
    } }";

async fn page(gateway: &Gateway, tenant: &Tenant, variables: Value) -> Value {
    gateway.data(tenant, PAGE, variables).await["sessionChanges"].take()
}

async fn import(gateway: &Gateway, tenant: &Tenant, sessions: &[(i64, &str)]) {
    let session = |(id, notes): &(i64, &str)| json!({"id": id, "notes": notes, "date_start": "2024-01-01", "tech_username": format!("t{}", id % 2)});
    let sessions: Vec<_> = sessions.iter().map(session).collect();
    gateway.import(tenant, &json!(sessions).to_string()).await;
}

/// The number and the notes of each session of a page.
fn told(page: &Value) -> Vec<(&str, &str)> {
    let nodes = page["nodes"].as_array().unwrap().iter();
    let told = nodes.map(|node| {
        assert_eq!(
            (&node["kind"], &node["legacyId"]),
            (&json!("STORED"), &node["session"]["legacyId"])
        );
        assert_eq!(node["changedAt"], node["session"]["updatedAt"]);
        (node["legacyId"].as_str().unwrap(), node["session"]["notes"].as_str().unwrap())
    });
    told.collect()
}

on_each_database!(async a_page_of_no_items_continues_where_it_begins);
async fn a_page_of_no_items_continues_where_it_begins(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    import(&gateway, &tenant, &[(7, "a"), (8, "b")]).await;
    let start = page(&gateway, &tenant, json!({"first": 0})).await["cursor"].take();
    let first = page(&gateway, &tenant, json!({"after": start, "first": 1})).await;
    let after = first["cursor"].clone();
    let again = page(&gateway, &tenant, json!({"after": after, "first": 0})).await["cursor"].take();
    let second = page(&gateway, &tenant, json!({"after": again, "first": 1})).await;
    assert_eq!([told(&first), told(&second)].concat().len(), 2);
    assert_ne!(told(&first), told(&second));
}

on_each_database!(async a_session_is_in_the_feed_once_at_its_latest_change);
async fn a_session_is_in_the_feed_once_at_its_latest_change(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let empty = page(&gateway, &tenant, json!({})).await;
    assert_eq!(empty["nodes"], json!([]));
    import(&gateway, &tenant, &[(7, "a")]).await;
    import(&gateway, &tenant, &[(5, "b"), (6, "c")]).await;
    let first = page(&gateway, &tenant, json!({ "after": empty["cursor"] })).await;
    assert_eq!(told(&first), [("7", "a"), ("5", "b"), ("6", "c")]);
    assert_eq!(first["cursor"], first["pageInfo"]["endCursor"]);
    // What does not change is not in the feed again.
    import(&gateway, &tenant, &[(7, "a"), (5, "d")]).await;
    let second = page(&gateway, &tenant, json!({ "after": first["cursor"] })).await;
    assert_eq!(told(&second), [("5", "d")]);
    assert_eq!(
        told(&page(&gateway, &tenant, json!({})).await),
        [("7", "a"), ("6", "c"), ("5", "d")]
    );
    let third = page(&gateway, &tenant, json!({ "after": second["cursor"] })).await;
    assert_eq!((&third["nodes"], &third["cursor"]), (&json!([]), &second["cursor"]));
}

on_each_database!(async pages_continue_where_the_one_before_ended);
async fn pages_continue_where_the_one_before_ended(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let sessions: Vec<_> = (1..=10).map(|id| (id, "x")).collect();
    import(&gateway, &tenant, &sessions).await;
    let (mut after, mut numbers) = (Value::Null, Vec::new());
    loop {
        let page = page(&gateway, &tenant, json!({ "after": after, "first": 4 })).await;
        numbers.extend(told(&page).into_iter().map(|(number, _)| number.to_owned()));
        after = page["cursor"].clone();
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        assert_eq!(after, page["edges"][3]["cursor"]);
    }
    assert_eq!(numbers, (1..=10).map(|id| id.to_string()).collect::<Vec<_>>());
}

on_each_database!(async a_reader_with_a_filter_does_not_read_again_what_the_filter_leaves_out);
async fn a_reader_with_a_filter_does_not_read_again_what_the_filter_leaves_out(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    import(&gateway, &tenant, &[(1, "a"), (2, "b"), (3, "c"), (4, "d")]).await;
    let all = page(&gateway, &tenant, json!({})).await;
    for (filter, expected) in [
        (json!({ "technician": { "username": { "eq": "T1" } } }), vec![("1", "a"), ("3", "c")]),
        (json!({ "search": "b" }), vec![("2", "b")]),
        (json!({ "not": { "notes": { "eq": "a" } } }), vec![("2", "b"), ("3", "c"), ("4", "d")]),
        (json!({ "notes": { "eq": "none" } }), vec![]),
    ] {
        let found = page(&gateway, &tenant, json!({ "filter": filter })).await;
        assert_eq!(told(&found), expected, "{filter}");
        assert_eq!(found["cursor"], all["cursor"], "{filter}");
    }
}

on_each_database!(async the_time_of_a_change_is_never_before_that_of_an_earlier_one);
async fn the_time_of_a_change_is_never_before_that_of_an_earlier_one(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    import(&gateway, &tenant, &[(1, "a")]).await;
    let earlier = Clock(|| Timestamp::parse_rfc3339("2020-01-01T00:00:00Z").unwrap());
    let writer = Writer { clock: earlier, ..writer(&gateway.store, &tenant) };
    write(&writer, &[json!({ "id": 2, "notes": "b", "date_start": "2024-01-01" })]).await;
    let feed = page(&gateway, &tenant, json!({})).await;
    assert_eq!(told(&feed), [("1", "a"), ("2", "b")]);
    for node in feed["nodes"].as_array().unwrap() {
        assert_eq!(node["changedAt"], json!("2026-01-02T03:04:05Z"), "{}", clock().now());
    }
}

on_each_database!(async the_feed_of_another_account_is_not_shown);
async fn the_feed_of_another_account_is_not_shown(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, other) = (gateway.tenant("acme").await, gateway.tenant("other").await);
    import(&gateway, &tenant, &[(1, "a"), (2, "b")]).await;
    import(&gateway, &other, &[(1, "of others")]).await;
    assert_eq!(told(&page(&gateway, &tenant, json!({})).await), [("1", "a"), ("2", "b")]);
    let theirs = page(&gateway, &other, json!({})).await;
    assert_eq!(told(&theirs), [("1", "of others")]);
    let answer = gateway.graphql(&tenant, PAGE, json!({ "after": theirs["cursor"] })).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
}

on_each_database!(async a_page_takes_one_statement_or_two);
async fn a_page_takes_one_statement_or_two(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    import(&gateway, &tenant, &[(1, "a"), (2, "b"), (3, "c")]).await;
    let statements = Arc::new(AtomicUsize::new(0));
    let count = statements.clone();
    gateway.observe_statements(move |statement| {
        count.fetch_add(usize::from(statement.sql.contains("position")), Relaxed);
    });
    let pages = [json!({"first": 2}), json!({"first": 2, "after": null}), json!({"first": 9})];
    // MariaDB reads the last position first.
    let (of_changes, of_none) = if on == DatabaseKind::MariaDb { (2, 1) } else { (1, 2) };
    let mut after = Value::Null;
    for (mut variables, expected) in pages.into_iter().zip([vec!["1", "2"], vec!["3"], vec![]]) {
        variables["after"] = after;
        let before = statements.load(Relaxed);
        let mut page = page(&gateway, &tenant, variables).await;
        let numbers: Vec<_> = told(&page).into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, expected);
        let most = if expected.is_empty() { of_none } else { of_changes };
        assert_eq!(statements.load(Relaxed) - before, most, "{expected:?}");
        after = page["cursor"].take();
    }
}

on_each_database!(async a_cursor_that_is_newer_than_a_restored_database_is_refused);
async fn a_cursor_that_is_newer_than_a_restored_database_is_refused(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    import(&gateway, &tenant, &[(1, "a")]).await;
    let cursor = page(&gateway, &tenant, json!({})).await["cursor"].take();
    import(&gateway, &tenant, &[(2, "b")]).await;
    let newer = page(&gateway, &tenant, json!({})).await["cursor"].take();
    // As a backup from before the second import.
    let url = gateway.database.url();
    tokio::task::spawn_blocking(move || {
        on_connection(&url, async |connection| {
            connection
                .execute_unprepared("DELETE FROM session_change WHERE session_id = 2")
                .await?;
            connection.execute_unprepared("UPDATE change_counter SET position = 1").await
        })
    })
    .await
    .unwrap()
    .unwrap();
    let answer = gateway.graphql(&tenant, PAGE, json!({ "after": newer })).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    assert!(answer.text().contains("newer than the history"), "{}", answer.text());
    assert_eq!(page(&gateway, &tenant, json!({ "after": cursor })).await["nodes"], json!([]));
}

on_each_database!(sessions_that_an_older_version_stored_are_in_the_feed_by_their_last_change);
fn sessions_that_an_older_version_stored_are_in_the_feed_by_their_last_change(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    let before = Migrator::migrations().iter().position(|it| it.name() == "m0007_changes").unwrap();
    on_connection(&environment.url(), async move |connection| {
        Migrator::up(connection, Some(before as u32)).await?;
        for account in ["acme", "empty", "other"] {
            let account = format!("INSERT INTO account (name, created_at) VALUES ('{account}', 0)");
            connection.execute_unprepared(&account).await?;
        }
        for (account, id, updated_at) in [(1, 5, 30), (1, 6, 10), (1, 7, 30), (3, 5, 20)] {
            let session = format!(
                "INSERT INTO session (account_id, id, start_method, started_at, video_count, chat_count, updated_at)
                VALUES ({account}, {id}, 'APPLET', 0, 0, 0, {updated_at})"
            );
            connection.execute_unprepared(&session).await?;
        }
        Ok(())
    })
    .unwrap();
    stdout(&environment, &["migrate", "up"]);
    let rows = |query: &str| -> Vec<(i64, i64, i64)> {
        let rows = select(&environment.url(), query).unwrap();
        rows.iter().map(|row| row.try_get_many_by_index().unwrap()).collect()
    };
    let changes = "SELECT account_id, session_id, changed_at FROM session_change ORDER BY account_id, position";
    assert_eq!(rows(changes), [(1, 6, 10), (1, 5, 30), (1, 7, 30), (3, 5, 20)]);
    let counters =
        "SELECT account_id, position, changed_at FROM change_counter ORDER BY account_id";
    assert_eq!(rows(counters), [(1, 3, 30), (2, 0, 0), (3, 1, 20)]);
}
