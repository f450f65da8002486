//! Each list, filter and child is served by the index that is meant for it: no table is read from
//! end to end, and no account's sessions are sorted to find a page of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};

use crate::model::order::ORDERS;
use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

mod deep_pages;
mod feed;
mod large_history;
mod overview;
mod plan;
mod plans_for_all_values;
mod questions;

use large_history::{large_history, vacuum};
use plan::{Plan, generic_plan, plan};

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
