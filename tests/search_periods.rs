//! On PostgreSQL, a page of a search for a word in some of the sessions is read from periods of the index of words. It has the
//! same sessions as if all were tested.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
    server::administer,
};

/// The sessions of the account. They start every ten minutes from 2024 on, for almost a year.
const SESSIONS: i64 = 50_000;

type IsIn = fn(i64) -> bool;

/// In which sessions the words are.
const WORDS: [(&str, IsIn); 4] = [
    ("evenly", |id| id % 20 == 0),
    // For 17 days in March and April.
    ("once", |id| (10_000..12_500).contains(&id)),
    // For 14 days at the beginning and at the end, and rarely between them.
    ("twice", |id| !(2_000..48_000).contains(&id) || id % 2_500 == 0),
    // For 17 days at the beginning, and rarely until the end.
    ("fading", |id| id < 2_500 || id % 2_500 == 0 || id == 251 * 198),
];

/// The gateway, an account with these sessions, and the statements that read words.
async fn history(on: DatabaseKind) -> (Gateway, Tenant, Arc<Mutex<Vec<String>>>) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let account = tenant.account.0;
    let mut statements = vec![
        format!(
            "INSERT INTO session (account_id, id, start_method, started_at, video_count, chat_count, updated_at)
            SELECT {account}, id, 'APPLET', 1704067200000000 + id * 600000000, id % 2, 0, 0
            FROM generate_series(CAST(0 AS bigint), {SESSIONS} - 1) AS id"
        ),
        format!("UPDATE change_counter SET position = {SESSIONS} WHERE account_id = {account}"),
    ];
    let words = |id: i64| {
        WORDS.iter().filter(move |(_, is_in)| is_in(id)).map(|(word, _)| *word).collect::<Vec<_>>()
    };
    let rows: Vec<_> = (0..SESSIONS)
        .map(|id| {
            let words = words(id);
            // One session of 251 is in the sample.
            let signs = if id % 251 == 0 { &["x", "s"][..] } else { &["x"] };
            let token = |(word, sign): (&&str, &&str)| format!("{account}{sign}{word}");
            let pairs = words.iter().flat_map(|word| signs.iter().map(move |sign| (word, sign)));
            let tokens = pairs.map(token).collect::<Vec<_>>().join(" ");
            let start = 1_704_067_200_000_000 + id * 600_000_000;
            format!("({account}, {id}, 1, ' {} ', '{tokens}', {start})", words.join(" "))
        })
        .collect();
    for rows in rows.chunks(5_000) {
        statements.push(format!(
            "INSERT INTO session_words (account_id, session_id, seq, words, tokens, started_at) VALUES {}",
            rows.join(", ")
        ));
    }
    administer(&gateway.database.url(), &statements).unwrap();
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&seen);
    gateway.observe_statements(move |statement| {
        if statement.sql.contains("session_words") {
            kept.lock().unwrap().push(statement.sql.clone());
        }
    });
    (gateway, tenant, seen)
}

const PAGE: &str = "query($filter: SessionFilter!, $order: SessionOrder!, $after: String) {
    sessions(filter: $filter, first: 50, after: $after, orderBy: $order) {
        pageInfo { endCursor hasNextPage } nodes { legacyId } } }";

fn ids(page: &Value) -> Vec<i64> {
    let nodes = page["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["legacyId"].as_str().unwrap().parse().unwrap()).collect()
}

on_each_database!(async a_page_is_read_from_the_periods_that_have_it: postgres Postgres);
async fn a_page_is_read_from_the_periods_that_have_it(on: DatabaseKind) {
    let (gateway, tenant, seen) = history(on).await;
    // The kinds of the statements of the first page and of the others: the sample, periods, and each session in the order of
    // the list. The sample is used for all pages, unless a page was not found by it.
    for (word, order, pages, first, others) in [
        ("evenly", "STARTED_AT_DESC", 5, "sample periods", "periods"),
        ("evenly", "STARTED_AT_ASC", 5, "periods", "periods"),
        // The first periods are those with the word.
        ("once", "STARTED_AT_DESC", 1, "sample periods", ""),
        ("once", "STARTED_AT_ASC", 1, "periods", ""),
        // The periods have too few sessions.
        ("fading", "STARTED_AT_DESC", 2, "sample periods each", "sample periods"),
        ("fading", "STARTED_AT_ASC", 3, "periods", "periods"),
    ] {
        let mut after = Value::Null;
        for page in 0..pages {
            seen.lock().unwrap().clear();
            let variables = json!({ "filter": { "search": word }, "order": order, "after": after });
            after =
                gateway.data(&tenant, PAGE, variables).await["sessions"]["pageInfo"]["endCursor"]
                    .take();
            let seen = seen.lock().unwrap();
            let kinds = seen.iter().map(|sql| match sql {
                _ if sql.contains("change_counter") => "sample",
                _ if sql.contains("generate_series") => "periods",
                _ => "each",
            });
            let kinds = kinds.collect::<Vec<_>>().join(" ");
            let expected = if page == 0 { first } else { others };
            assert_eq!(kinds, expected, "{word} {order}, page {page}");
        }
    }
}

on_each_database!(async pages_from_periods_have_the_same_sessions_as_the_list: postgres Postgres);
async fn pages_from_periods_have_the_same_sessions_as_the_list(on: DatabaseKind) {
    let (gateway, tenant, _) = history(on).await;
    let restrictions: [(Value, IsIn); 5] = [
        (json!({}), |_| true),
        (json!({ "hasVideos": true }), |id| id % 2 == 1),
        // A day has 144 sessions.
        (json!({ "startedAt": { "gte": "2024-03-21T00:00:00Z" } }), |id| id >= 80 * 144),
        (json!({ "startedAt": { "lt": "2024-03-21T00:00:00Z" } }), |id| id < 80 * 144),
        (
            json!({ "startedAt": { "gte": "2024-03-20T00:00:00Z", "lt": "2024-03-21T00:00:00Z" } }),
            |id| (79 * 144..80 * 144).contains(&id),
        ),
    ];
    for (word, has_word) in WORDS {
        for (restriction, is_in) in &restrictions {
            let mut filter = restriction.clone();
            filter["search"] = word.into();
            let mut expected: Vec<_> =
                (0..SESSIONS).filter(|id| has_word(*id) && is_in(*id)).collect();
            for order in ["STARTED_AT_ASC", "STARTED_AT_DESC"] {
                let (mut found, mut after) = (Vec::new(), Value::Null);
                // The first pages, which are the whole list if it is short.
                for _ in 0..8 {
                    let variables = json!({ "filter": filter, "order": order, "after": after });
                    let page = gateway.data(&tenant, PAGE, variables).await["sessions"].take();
                    found.extend(ids(&page));
                    let has_next = found.len() < expected.len();
                    assert_eq!(page["pageInfo"]["hasNextPage"], has_next, "{filter} {order}");
                    if !has_next {
                        break;
                    }
                    after = page["pageInfo"]["endCursor"].clone();
                }
                assert!(found == expected[..found.len()], "{filter} {order}: {found:?}");
                assert!(found.len() == expected.len() || found.len() == 400, "{filter} {order}");
                expected.reverse();
            }
        }
    }
}

/// Stores a session with the word `evenly`, at the end of a year.
fn store(account: i64, id: i64, year: i32) -> [String; 2] {
    let start = format!("CAST(EXTRACT(EPOCH FROM TIMESTAMP '{year}-12-31') * 1000000 AS bigint)");
    [
        format!(
            "INSERT INTO session (account_id, id, start_method, started_at, video_count, chat_count, updated_at)
            VALUES ({account}, {id}, 'APPLET', {start}, 0, 0, 0)"
        ),
        format!(
            "INSERT INTO session_words (account_id, session_id, seq, words, tokens, started_at)
            VALUES ({account}, {id}, 1, ' evenly ', '{account}xevenly', {start})"
        ),
    ]
}

on_each_database!(async a_session_that_is_stored_after_the_sample_was_read_is_in_the_page: postgres Postgres);
async fn a_session_that_is_stored_after_the_sample_was_read_is_in_the_page(on: DatabaseKind) {
    for (order, id, year) in
        [("STARTED_AT_DESC", SESSIONS, 2025), ("STARTED_AT_ASC", SESSIONS + 1, 2023)]
    {
        let (gateway, tenant, _) = history(on).await;
        let insert = store(tenant.account.0, id, year);
        let (url, is_stored) = (gateway.database.url(), Arc::new(AtomicBool::new(false)));
        let before_page = Arc::clone(&is_stored);
        gateway.observe_statements(move |statement| {
            let is_sample = statement.sql.contains("FROM change_counter");
            if is_sample && !before_page.swap(true, Ordering::Relaxed) {
                administer(&url, &insert).unwrap();
            }
        });
        let variables = json!({ "filter": { "search": "evenly" }, "order": order });
        let page = gateway.data(&tenant, PAGE, variables).await["sessions"].take();
        assert!(is_stored.load(Ordering::Relaxed));
        assert_eq!(ids(&page)[0], id, "{order}");
    }
}

on_each_database!(async a_session_that_is_stored_after_another_search_is_in_the_page: postgres Postgres);
async fn a_session_that_is_stored_after_another_search_is_in_the_page(on: DatabaseKind) {
    let (gateway, tenant, seen) = history(on).await;
    for (order, id, year) in
        [("STARTED_AT_DESC", SESSIONS, 2025), ("STARTED_AT_ASC", SESSIONS + 1, 2023)]
    {
        let variables = json!({ "filter": { "search": "evenly" }, "order": order });
        gateway.data(&tenant, PAGE, variables.clone()).await;
        administer(&gateway.database.url(), &store(tenant.account.0, id, year)).unwrap();
        seen.lock().unwrap().clear();
        let page = gateway.data(&tenant, PAGE, variables).await["sessions"].take();
        assert_eq!(ids(&page)[0], id, "{order}");
        // No new sample was made, and the periods did not have the session.
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert!(!seen.iter().any(|sql| sql.contains("change_counter")), "{seen:?}");
    }
}
