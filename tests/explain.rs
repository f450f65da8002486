//! Each list, filter and child is served by the index that is meant for it: no table is read from
//! end to end, and no account's sessions are sorted to find a page of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
};
use serde_json::{Value, json};

use crate::model::order::ORDERS;
use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
    server::administer,
};

mod deep_pages;
mod feed;
mod overview;
mod plan;
mod plans_for_all_values;
mod questions;

use plan::{Plan, generic_plan, plan};

/// The number of sessions of each of the two accounts, in thousands: enough for a plan to matter.
const THOUSANDS: i64 = 20;

/// Two accounts with sessions a tenth of a second apart, of 1,000 technicians, one in a thousand of nobody.
async fn large_history(on: DatabaseKind) -> (Gateway, Tenant) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    gateway.tenant("other").await;
    let mut statements = Vec::new();
    let mut fill = |table: &str, columns: &str, thousands: i64, values: &str| {
        for account in [1, 2] {
            let values = values.replace("$account", &account.to_string());
            statements.push(format!(
                "INSERT INTO {table} (account_id, {columns})
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                SELECT {account}, {values} FROM
                (SELECT (b.i - 1) * 1000 + a.i AS i FROM n a, n b WHERE b.i <= {thousands}) AS numbers"
            ));
        }
    };
    fill("technician", "id, username, username_folded", 1, "i, CONCAT('t', i), CONCAT('t', i)");
    fill(
        "session",
        "id, technician_id, customer_name_folded, customer_email_folded, customer_number_folded,
        computer_name_folded, computer_domain_folded, notes_folded, start_method, started_at,
        ended_at, video_count, chat_count, updated_at, duration_seconds, first_response_seconds",
        THOUSANDS,
        "i, CASE WHEN i % 1000 = 0 THEN NULL ELSE i % 1000 + 1 END, CONCAT('c', i % 5000),
        CONCAT('e', i % 5000), CONCAT('n', i % 5000), CONCAT('p', i % 2000), CONCAT('d', i % 500),
        CONCAT('notes of ', i), CASE WHEN i % 10 = 1 THEN 'AGENT' ELSE 'APPLET' END,
        1704067200000000 + i * 100000,
        CASE WHEN i % 500 = 0 THEN NULL ELSE 1704067200000000 + i * 100000 + i % 3600 * 500000 END,
        i % 2, 2 + i % 500, 1704067200000000 + i * 100000 + i * 100000,
        CASE WHEN i % 500 = 0 THEN NULL ELSE i % 3600 END,
        CASE WHEN i % 3 = 0 THEN NULL ELSE i % 900 END",
    );
    fill(
        "session_change",
        "session_id, position, kind, changed_at",
        THOUSANDS,
        "i, i, 'STORED', i",
    );
    for seq in [1, 2] {
        fill(
            "chat_message",
            "session_id, seq, sent_at, sender_role, body, body_folded",
            THOUSANDS,
            &format!("i, {seq}, i, 'UNKNOWN', 'hello', 'hello'"),
        );
        let values = format!("i * 2 - 1, {seq}, 'https://v.example'");
        fill("video", "session_id, seq, url", THOUSANDS / 2, &values);
        fill(
            "custom_field",
            "session_id, seq, name, name_folded, value, value_folded",
            THOUSANDS,
            &format!("i, {seq}, 'tag', 'tag', 'a', CONCAT('a-', i % 5000)"),
        );
    }
    // The words of the notes. One session in 250 is in the sample of each account. On PostgreSQL, one in 15 has the word
    // `some`, of the sample too.
    let tokens = "CONCAT(account_id, 'xnotes ', account_id, 'xof ', account_id, 'x', session_id,
        CASE WHEN session_id % 250 = 0 THEN CONCAT(' ', account_id, 'snotes') ELSE '' END,
        CASE WHEN session_id % 15 = 0 THEN CONCAT(' ', account_id, 'xsome') ELSE '' END,
        CASE WHEN session_id % 3750 = 0 THEN CONCAT(' ', account_id, 'ssome') ELSE '' END)";
    // The numbers of the words in an SQLite file follow the seconds in which sessions start. On PostgreSQL the
    // words have the starts.
    let (column, number) = match on {
        DatabaseKind::Postgres => ("started_at, ", "1704067200000000 + i * 100000, "),
        DatabaseKind::Sqlite => {
            ("number, ", "((1704067200 + i / 10) << 24) + $account * 10 + i % 10, ")
        }
        DatabaseKind::MariaDb => ("", ""),
    };
    fill(
        "session_words",
        &format!("{column}session_id, seq, words"),
        THOUSANDS,
        &format!(
            "{number}i, 1, CONCAT(' notes of ', i, CASE WHEN i % 15 = 0 THEN ' some ' ELSE ' ' END)"
        ),
    );
    statements.push(format!("UPDATE change_counter SET position = {THOUSANDS}000"));
    match on {
        DatabaseKind::Sqlite => statements.push(format!(
            "INSERT INTO session_words_index (rowid, tokens) SELECT number, {tokens} FROM session_words"
        )),
        DatabaseKind::Postgres => statements
            .push(format!("UPDATE session_words SET tokens = CAST({tokens} AS tsvector)")),
        DatabaseKind::MariaDb => {
            for (token, each) in [("'xnotes'", 1), ("'xof'", 1), ("'x', session_id", 1), ("'snotes'", 250)]
            {
                statements.push(format!(
                    "INSERT INTO session_token SELECT account_id, CONCAT(account_id, {token}), session_id
                    FROM session_words WHERE session_id % {each} = 0"
                ));
            }
        }
    }
    // What a server does from time to time by itself, and a file never does; of PostgreSQL, see
    // `vacuum`.
    match on {
        DatabaseKind::Sqlite | DatabaseKind::Postgres => {}
        DatabaseKind::MariaDb => statements.push(format!(
            "ANALYZE TABLE {}",
            gateway.database.tables_with("account_id").join(", ")
        )),
    }
    administer(&gateway.database.url(), &statements).unwrap();
    (gateway, tenant)
}

/// Lets PostgreSQL do what it does from time to time by itself, until it knows that everybody sees
/// all rows: what others on the server are about to do may keep it from knowing at once.
async fn vacuum(database: &DatabaseConnection) {
    let all_seen = "SELECT bool_and(relallvisible = relpages) FROM pg_class
        WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace";
    for _ in 0..100 {
        database.execute_unprepared("VACUUM ANALYZE").await.unwrap();
        let row = database.query_one_raw(Statement::from_string(DbBackend::Postgres, all_seen));
        if row.await.unwrap().unwrap().try_get_by_index(0).unwrap() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("some rows are still seen by some alone");
}

/// A gateway under observation.
struct Watched {
    gateway: Gateway,
    tenant: Tenant,
    database: DatabaseConnection,
    /// The tables of the history.
    tables: Vec<String>,
    seen: Arc<Mutex<Vec<Statement>>>,
}

impl Watched {
    #[expect(clippy::disallowed_methods, reason = "the gateway has no part in this")]
    async fn new(on: DatabaseKind) -> Self {
        let (gateway, tenant) = large_history(on).await;
        let seen: Arc<Mutex<Vec<Statement>>> = Arc::default();
        let kept = seen.clone();
        gateway.observe_statements(move |statement| kept.lock().unwrap().push(statement.clone()));
        let mut one = ConnectOptions::new(gateway.database.url());
        one.max_connections(1);
        let database = Database::connect(one).await.unwrap();
        if on == DatabaseKind::Postgres {
            vacuum(&database).await;
        }
        let tables = gateway.database.tables_with("account_id");
        Self { gateway, tenant, database, tables, seen }
    }

    /// Asks a question, and tells how the database goes about each statement of it.
    async fn plans(&self, question: &str, variables: Value) -> Vec<(String, Plan)> {
        self.seen.lock().unwrap().clear();
        self.gateway.data(&self.tenant, question, variables).await;
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        let mut plans = Vec::new();
        // The size of the account is counted in the background. PostgreSQL reads all of a table of two rows, also
        // where a statement needs one of them.
        let is_size = |sql: &str| sql.contains("MIN(\"session\"") || sql.contains("MIN(`session`");
        let others = ["api_key", "\"change_counter\"", "`change_counter`"];
        let is_of_question =
            |sql: &str| !others.iter().any(|other| sql.contains(other)) && !is_size(sql);
        for statement in seen.iter().filter(|it| is_of_question(&it.sql)) {
            plans.push((statement.to_string(), plan(self, statement).await));
            if statement.db_backend == DbBackend::Postgres {
                let generic = generic_plan(self, statement).await;
                plans.push((format!("{} for whatever values", statement.sql), generic));
            }
        }
        for (_, plan) in &mut plans {
            plan.scans.remove("change_counter");
        }
        plans
    }
}

on_each_database!(async counts_by_start_and_technician_are_not_planned_anew_each_time: postgres Postgres);
async fn counts_by_start_and_technician_are_not_planned_anew_each_time(on: DatabaseKind) {
    let watched = Watched::new(on).await;
    // 20 of 20,000 sessions, where PostgreSQL expects a hundred of a range that it does not see.
    let range = "startedAt: {gte: \"2024-01-01T00:20:00Z\", lt: \"2024-01-01T00:20:02Z\"}";
    let technician = "technician: {username: {eq: \"t7\"}}";
    for filter in [range.to_owned(), format!("{range}, {technician}")] {
        let question = format!("{{ sessions(filter: {{{filter}}}) {{ totalCount }} }}");
        let plans = watched.plans(&question, json!({})).await;
        let [(_, of_these), (statement, of_any)] = &plans[..] else { panic!("{plans:?}") };
        // Neither bound is seen.
        assert_eq!(statement.matches("(SELECT $").count(), 2, "{statement}");
        // It keeps the plan for any values where one for the values at hand is hardly better. Its
        // samples of the two accounts differ a little.
        assert!(of_any.cost < 1.1 * of_these.cost, "{} and {}", of_these.text, of_any.text);
    }
    // Of half a range that it does not see it expects a third of the account.
    let question =
        "{ sessions(filter: {startedAt: {gte: \"2024-01-01T00:20:00Z\"}}) { totalCount } }";
    let plans = watched.plans(question, json!({})).await;
    assert!(!plans[1].0.contains("(SELECT $"), "{}", plans[1].0);
}

on_each_database!(async every_statement_is_served_by_the_index_that_is_meant_for_it);
async fn every_statement_is_served_by_the_index_that_is_meant_for_it(on: DatabaseKind) {
    let watched = Watched::new(on).await;
    let mut cursors = HashMap::new();
    for order in ORDERS {
        let page = format!(
            "{{ sessions(first: 200, orderBy: {}) {{ pageInfo {{ endCursor }} }} }}",
            order.name
        );
        let page = watched.gateway.data(&watched.tenant, &page, json!({})).await;
        cursors.insert(order.name, page["sessions"]["pageInfo"]["endCursor"].clone());
    }
    let page = "{ sessionChanges(first: 200) { cursor } }";
    let page = watched.gateway.data(&watched.tenant, page, json!({})).await;
    let changes = page["sessionChanges"]["cursor"].clone();
    let mut faults = Vec::new();
    for (question, expected) in questions::QUESTIONS {
        let order = ORDERS.iter().find(|order| question.contains(order.name));
        let cursor = match question.contains("sessionChanges") {
            true => &changes,
            false => &cursors[order.map_or("STARTED_AT_DESC", |order| order.name)],
        };
        let plans = watched.plans(question, json!({ "cursor": cursor })).await;
        // The sample of a search is found without the table of sessions on PostgreSQL.
        let on_all = expected.iter().filter_map(|it| match it.strip_suffix(" but PostgreSQL") {
            Some(expected) => (on != DatabaseKind::Postgres).then_some(expected),
            None => Some(*it),
        });
        let expected = on_all.collect::<Vec<_>>();
        faults.extend(
            plan::faults(&plans, &expected).into_iter().map(|it| format!("{question}\n{it}")),
        );
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n\n"));
}

on_each_database!(async statistics_read_no_row_of_a_session);
async fn statistics_read_no_row_of_a_session(on: DatabaseKind) {
    let watched = Watched::new(on).await;
    let (row, index_alone) = match on {
        DatabaseKind::Sqlite => {
            ("SEARCH session USING INDEX", "SEARCH session USING COVERING INDEX")
        }
        DatabaseKind::Postgres => ("\"Index Scan\"", "\"Index Only Scan\""),
        DatabaseKind::MariaDb => ("\"never\"", "\"using_index\": true"),
    };
    let year = "startedAt: {gte: \"2024-01-01T00:00:00Z\", lt: \"2025-01-01T00:00:00Z\"}";
    let mut faults = Vec::new();
    for (by, fields) in questions::STATISTICS {
        for filter in [year, ""] {
            let question = format!(
                "{{ sessionStats(filter: {{{filter}}}, groupBy: [{by}]) {{ nodes {{ {fields} }} }} }}"
            );
            let plans = watched.plans(&question, json!({})).await;
            let of_groups = |(statement, _): &&(String, Plan)| statement.contains("group_count");
            for (statement, plan) in plans.iter().filter(of_groups) {
                let reads_rows = plan.scans.contains("session") || plan.text.contains(row);
                if reads_rows || !plan.text.contains(index_alone) {
                    faults.push(format!("{by} {fields} {filter}\n{statement}\n{}", plan.text));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n\n"));
}

on_each_database!(async the_sessions_of_a_group_are_found_by_an_index);
async fn the_sessions_of_a_group_are_found_by_an_index(on: DatabaseKind) {
    let watched = Watched::new(on).await;
    let mut faults = Vec::new();
    for (by, order, expected) in questions::GROUPS {
        let question = format!(
            "{{ sessionStats(groupBy: [{by}], first: 4) {{ nodes {{
                sessions(first: 2, orderBy: {order}) {{ nodes {{ notes }} }} }} }} }}"
        );
        let plans = watched.plans(&question, json!({})).await;
        let of_sessions = |(statement, _): &(String, Plan)| statement.contains("session.notes");
        let plans: Vec<_> = plans.into_iter().filter(of_sessions).collect();
        assert!(!plans.is_empty());
        faults.extend(
            plan::faults(&plans, expected).into_iter().map(|it| format!("{by} {order}\n{it}")),
        );
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n\n"));
}

on_each_database!(async sessions_with_a_common_word_are_tested_in_the_order_of_their_starts: postgres Postgres);
async fn sessions_with_a_common_word_are_tested_in_the_order_of_their_starts(on: DatabaseKind) {
    let watched = Watched::new(on).await;
    let question = "{ sessions(filter: {search: \"notes\"}) { nodes { notes } } }";
    // Before them, the sample is searched.
    for (statement, plan) in watched.plans(question, json!({})).await.iter().skip(2) {
        assert!(plan.scans.is_empty(), "{statement}\n{}", plan.text);
        let walk = plan.searches.iter().find(|(index, _)| index == "session_words_by_start");
        assert!(walk.is_some(), "{statement}\n{}", plan.text);
        let tokens = plan.searches.iter().find(|(index, _)| index == "session_words_by_token");
        assert!(tokens.is_none(), "{statement}\n{}", plan.text);
    }
}

on_each_database!(async a_page_of_a_word_in_some_of_the_sessions_is_read_from_periods: postgres Postgres);
async fn a_page_of_a_word_in_some_of_the_sessions_is_read_from_periods(on: DatabaseKind) {
    let watched = Watched::new(on).await;
    let question = "{ sessions(filter: {search: \"some\"}, first: 20) { nodes { notes } } }";
    let plans = watched.plans(question, json!({})).await;
    // Each statement has a plan for its values, and one for all values.
    assert_eq!(plans.len(), 4, "{plans:?}");
    for (statement, plan) in &plans[..2] {
        let words: Vec<_> = plan.searches.iter().map(|(index, _)| index.as_str()).collect();
        assert_eq!(words, ["session_words_by_token"], "{statement}\n{}", plan.text);
        // In a large account, PostgreSQL would otherwise read the table until it has the rows of the limit.
        assert!(plan.text.contains("CTE Scan"), "{statement}\n{}", plan.text);
    }
    for (statement, plan) in &plans[2..] {
        assert!(plan.scans.is_empty(), "{statement}\n{}", plan.text);
        let by = |index: &str| -> Vec<&str> {
            let searches = plan.searches.iter().filter(|(name, _)| name == index);
            searches.map(|(_, by)| by.as_str()).collect()
        };
        let by_words = by("session_words_by_token");
        let [by_words] = by_words[..] else { panic!("{statement}\n{}", plan.text) };
        assert!(by_words.contains("tokens @@ ") && by_words.contains(" && "), "{by_words}");
        assert!(by("session_words_by_start").is_empty(), "{statement}\n{}", plan.text);
    }
}

on_each_database!(async each_name_of_a_custom_field_is_found_by_one_search);
async fn each_name_of_a_custom_field_is_found_by_one_search(on: DatabaseKind) {
    let watched = Watched::new(on).await;
    let plans = watched.plans("{ customFieldNames }", json!({})).await;
    assert!(!plans.is_empty());
    for (statement, plan) in plans {
        assert!(plan.scans.is_empty(), "{statement}\n{}", plan.text);
        assert!(!plan.searches.is_empty(), "{statement}\n{}", plan.text);
        let other = plan.searches.iter().find(|(index, _)| index != "custom_field_by_name");
        assert!(other.is_none(), "{statement}\n{}", plan.text);
    }
}
