//! How a database goes about a statement.

use std::collections::BTreeSet;

use sea_orm::{
    ConnectionTrait, DbBackend, Statement, Value as Bound,
    sea_query::{PostgresQueryBuilder, QueryBuilder},
};
use serde_json::Value;

use super::Watched;

/// What matters of a plan.
#[derive(Debug, Default)]
pub struct Plan {
    /// Each index, with what it is searched by: names of columns are in it.
    pub searches: Vec<(String, String)>,
    /// Tables that are read from end to end.
    pub scans: BTreeSet<String>,
    /// Whether rows are sorted.
    pub sorts: bool,
    /// What PostgreSQL thinks that the statement costs, in units of its own.
    pub cost: f64,
    /// The plan as the database tells it.
    pub text: String,
}

/// The plan of a statement with its values.
pub async fn plan(watched: &Watched, statement: &Statement) -> Plan {
    let words = match statement.db_backend {
        DbBackend::Sqlite => "EXPLAIN QUERY PLAN",
        DbBackend::Postgres => "EXPLAIN (FORMAT JSON)",
        _ => "EXPLAIN FORMAT=JSON",
    };
    let explain = Statement {
        sql: format!("{words} {}", statement.sql),
        values: statement.values.clone(),
        db_backend: statement.db_backend,
    };
    read(watched, explain).await
}

/// The plan that PostgreSQL makes of a statement for whatever values, once it has seen it a few
/// times.
pub async fn generic_plan(watched: &Watched, statement: &Statement) -> Plan {
    let values = statement.values.iter().flat_map(|values| &values.0);
    let (mut types, mut literals) = (Vec::new(), Vec::new());
    for value in values {
        types.push(match value {
            Bound::String(_) => "text",
            Bound::Int(_) => "int",
            Bound::BigInt(_) | Bound::BigUnsigned(_) => "bigint",
            other => panic!("the type of {other:?}"),
        });
        let mut literal = String::new();
        PostgresQueryBuilder.write_value(&mut literal, value).unwrap();
        literals.push(literal);
    }
    let in_brackets = |parts: &[&str]| match parts {
        [] => String::new(),
        parts => format!("({})", parts.join(", ")),
    };
    let literals: Vec<_> = literals.iter().map(String::as_str).collect();
    let prepare = format!(
        "SET plan_cache_mode = force_generic_plan; PREPARE question {} AS {}",
        in_brackets(&types),
        statement.sql
    );
    watched.database.execute_unprepared(&prepare).await.unwrap();
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE question {}", in_brackets(&literals));
    let explain = Statement::from_string(statement.db_backend, explain);
    let plan = read(watched, explain).await;
    let forget = "DEALLOCATE question; RESET plan_cache_mode";
    watched.database.execute_unprepared(forget).await.unwrap();
    plan
}

async fn read(watched: &Watched, explain: Statement) -> Plan {
    let backend = explain.db_backend;
    let rows = watched.database.query_all_raw(explain).await.unwrap();
    let mut plan = Plan::default();
    for row in rows {
        match backend {
            DbBackend::Sqlite => {
                let detail: String = row.try_get_by("detail").unwrap();
                plan.text.push_str(&format!("{detail}\n"));
                plan.read_sqlite(&detail, &watched.tables);
            }
            DbBackend::Postgres => {
                let found: Value = row.try_get_by_index(0).unwrap();
                plan.text = format!("{found:#}");
                plan.cost = found[0]["Plan"]["Total Cost"].as_f64().unwrap();
                plan.read_postgres(&found);
            }
            _ => {
                plan.text = row.try_get_by_index(0).unwrap();
                plan.read_mariadb(&serde_json::from_str(&plan.text).unwrap(), &watched.tables);
            }
        }
    }
    plan
}

/// What is wrong with the plans of a question's statements: see `questions.rs`.
pub fn faults(plans: &[(String, Plan)], expected: &[&str]) -> Vec<String> {
    let mut missing: BTreeSet<_> = expected.iter().collect();
    let mut faults = Vec::new();
    for (statement, plan) in plans {
        let mut fault = |what: String| faults.push(format!("{what}: {statement}\n{}", plan.text));
        for table in &plan.scans {
            fault(format!("reads all of {table}"));
        }
        for (index, by) in &plan.searches {
            let meant = expected.iter().find(|expected| {
                let (indexes, column) = expected.split_once(' ').unwrap();
                indexes.split('|').any(|it| it == index) && by.contains(column)
            });
            match meant {
                None => fault(format!("searches {index} by {by}")),
                Some(meant) if plan.sorts && meant.ends_with(" account_id") => {
                    fault("sorts the account".to_owned());
                }
                Some(meant) => {
                    missing.remove(meant);
                }
            }
        }
    }
    faults.extend(missing.iter().map(|meant| format!("nothing searches {meant}")));
    faults
}

impl Plan {
    fn read_sqlite(&mut self, detail: &str, tables: &[String]) {
        let words: Vec<_> = detail.split(' ').collect();
        self.sorts |= detail.starts_with("USE TEMP B-TREE FOR ORDER BY");
        match words[..] {
            ["SCAN", "session_words_index", ..] => {
                self.searches.push(("session_words_by_token".to_owned(), "tokens".to_owned()));
            }
            // The rows that the index of words has found.
            ["SEARCH", "found", ..] if detail.contains("(rowid=?)") => {}
            // The sessions of a page that are found, and those that start in the same second.
            ["SEARCH", "page", ..] => {}
            ["SEARCH", "session_words", ..] if detail.contains("(rowid>? AND rowid<?)") => {}
            // Lists of numbers, and rows that another statement has found.
            ["SCAN", table, ..]
                if detail.contains("VIRTUAL TABLE") || !tables.iter().any(|it| it == table) => {}
            ["SCAN", table, ..] => {
                self.scans.insert(table.to_owned());
            }
            ["SEARCH", table, ..] => {
                let index = words.iter().skip_while(|word| **word != "INDEX").nth(1);
                let index = index.unwrap_or(&"none").replace("sqlite_autoindex_", "");
                let key = format!("{table}_1");
                let index = if index == key { format!("{table}_key") } else { index };
                let by = detail.split_once('(').map_or("", |(_, by)| by);
                self.searches.push((index, by.to_owned()));
            }
            _ => {}
        }
    }

    fn read_postgres(&mut self, part: &Value) {
        let text = |name: &str| part[name].as_str().unwrap_or_default();
        self.sorts |= text("Node Type") == "Sort";
        if text("Node Type") == "Seq Scan" {
            self.scans.insert(text("Relation Name").to_owned());
        }
        let index = part["Index Name"].as_str();
        // The first and the last start of the words of an account are the ends of an index.
        let is_end = index == Some("session_words_by_start")
            && text("Index Cond").ends_with("(started_at IS NOT NULL))");
        if let Some(index) = index.filter(|_| !is_end) {
            let index = index.replace("_pkey", "_key");
            self.searches.push((index, text("Index Cond").to_owned()));
        }
        read_parts(part, &mut |part| self.read_postgres(part));
    }

    fn read_mariadb(&mut self, part: &Value, tables: &[String]) {
        self.sorts |= part.get("filesort").is_some();
        let table = part["table_name"].as_str();
        if let Some(table) = table.filter(|table| tables.iter().any(|it| it == table)) {
            let columns = part["used_key_parts"].to_string();
            match (part["access_type"].as_str().unwrap_or_default(), part["key"].as_str()) {
                ("ALL" | "index", _) | (_, None) => {
                    self.scans.insert(table.to_owned());
                }
                (_, Some("PRIMARY")) => self.searches.push((format!("{table}_key"), columns)),
                (_, Some(index)) => self.searches.push((index.to_owned(), columns)),
            }
        }
        read_parts(part, &mut |part| self.read_mariadb(part, tables));
    }
}

fn read_parts(part: &Value, read: &mut dyn FnMut(&Value)) {
    match part {
        Value::Array(parts) => parts.iter().for_each(read),
        Value::Object(parts) => parts.values().for_each(read),
        _ => {}
    }
}
