//! What removed sessions leave in the database, and in the files of SQLite.

use std::{fs, time::Duration};

use sea_orm::QueryResult;
use serde_json::{Value, json};
use session_history::store::scrub::Scrub;

use super::session;
use crate::support::{
    Gateway,
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process::{CommandEnvironment, Server, run, run_with_input, stdout},
    server::select,
};

/// In each text of a session to remove.
const WORD: &str = "zebraword";

fn import(environment: &CommandEnvironment, sessions: &[Value]) {
    let document = json!(sessions).to_string();
    let import = ["import", "-", "--account", "acme"];
    let output = run_with_input(environment, &import, document.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The columns of texts of all tables.
fn text_columns(environment: &CommandEnvironment, on: DatabaseKind) -> Vec<(String, String)> {
    let columns = match on {
        DatabaseKind::Sqlite => {
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name NOT LIKE 'session\\_words\\_index%' ESCAPE '\\'"
        }
        DatabaseKind::Postgres => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns
            WHERE table_schema = current_schema()"
        }
        DatabaseKind::MariaDb => {
            "SELECT CAST(table_name AS CHAR(64)), CAST(column_name AS CHAR(64))
            FROM information_schema.columns WHERE table_schema = DATABASE()"
        }
    };
    let rows = select(&environment.url(), columns).unwrap();
    rows.iter().map(|row| row.try_get_many_by_index().unwrap()).collect()
}

/// The columns that have the word somewhere.
fn columns_with_word(environment: &CommandEnvironment, on: DatabaseKind) -> Vec<String> {
    let text = if on == DatabaseKind::MariaDb { "CHAR" } else { "TEXT" };
    let quote = if on == DatabaseKind::MariaDb { '`' } else { '"' };
    let mut found = Vec::new();
    for (table, column) in text_columns(environment, on) {
        let (table, column) = (table.trim_end(), column.trim_end());
        let count = format!(
            "SELECT COUNT(*) FROM {quote}{table}{quote}
            WHERE CAST({quote}{column}{quote} AS {text}) LIKE '%{WORD}%'"
        );
        let rows = select(&environment.url(), &count).unwrap();
        let count = |row: &QueryResult| row.try_get_by_index::<i64>(0).unwrap();
        if rows.first().map(count) != Some(0) {
            found.push(format!("{table}.{column}"));
        }
    }
    if on == DatabaseKind::Postgres {
        let statistics = format!(
            "SELECT attname::text FROM pg_stats WHERE CONCAT(most_common_vals::text,
            histogram_bounds::text, most_common_elems::text) LIKE '%{WORD}%'"
        );
        let rows = select(&environment.url(), &statistics).unwrap();
        let name = |row: &QueryResult| row.try_get_by_index::<String>(0).unwrap();
        found.extend(rows.iter().map(|row| format!("statistics of {}", name(row))));
    }
    found
}

on_each_database!(removed_texts_are_in_no_column_of_any_table_and_in_no_statistics);
fn removed_texts_are_in_no_column_of_any_table_and_in_no_statistics(on: DatabaseKind) {
    for flags in [&[][..], &["--anonymize"]] {
        let environment = CommandEnvironment::new(on);
        stdout(&environment, &["account", "create", "acme"]);
        let sessions: Vec<_> = (1..=300).map(|id| session(id, WORD)).collect();
        import(&environment, &sessions);
        import(&environment, &[session(1_000, "lion")]);
        if on == DatabaseKind::Postgres {
            select(&environment.url(), "ANALYZE").unwrap();
        }
        let before = columns_with_word(&environment, on);
        assert!(before.len() >= 23, "{before:?}");
        let customer = format!("{WORD}@example.com");
        let erase = ["erase", "--account", "acme", "--customer", &customer, "--yes"];
        let printed = stdout(&environment, &[&erase[..], flags].concat());
        assert_eq!(printed, "matched 300, removed 300, held 0\n");
        assert_eq!(columns_with_word(&environment, on), Vec::<String>::new());
    }
}

/// How often the word is in each of the files of the database.
fn in_files(environment: &CommandEnvironment) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for file in fs::read_dir(environment.path()).unwrap() {
        let file = file.unwrap();
        let bytes = fs::read(file.path()).unwrap();
        let count = bytes.windows(WORD.len()).filter(|part| *part == WORD.as_bytes()).count();
        if count > 0 {
            found.push((file.file_name().to_string_lossy().into_owned(), count));
        }
    }
    found
}

/// Sessions with the word between others, in an order that divides many pages. Texts are long and short.
fn mixed_sessions(round: i64) -> Vec<Value> {
    let session = |nth: i64| {
        let id = (nth * 7_919 + round * 31) % 4_000;
        let word = if id % 10 == 3 { WORD } else { "lion" };
        let mut session = session(id, word);
        session["notes"] = json!(format!("{word}{nth} ").repeat((nth % 200) as usize));
        session["date_start"] = json!(format!("2024-02-{:02} 10:00:00", 1 + nth % 28));
        session["date_end"] = Value::Null;
        session
    };
    (0..1_500).map(session).collect()
}

on_sqlite_alone!(
    the_bytes_of_removed_texts_are_in_no_file_of_sqlite,
    "what servers keep in their files is described for operators"
);
fn the_bytes_of_removed_texts_are_in_no_file_of_sqlite(on: DatabaseKind) {
    let filter = json!({ "customer": { "email": { "eq": format!("{WORD}@example.com") } } });
    let filter = filter.to_string();
    let erase = ["erase", "--account", "acme", "--filter", &filter, "--yes"];
    let anonymize = [&erase[..], &["--anonymize"]].concat();
    let delete = ["account", "delete", "acme", "--yes"];
    for arguments in [&erase[..], &anonymize, &delete] {
        let environment = CommandEnvironment::new(on);
        stdout(&environment, &["account", "create", "acme"]);
        // A second import replaces some of the sessions of the first.
        for round in 0..2 {
            import(&environment, &mixed_sessions(round));
        }
        // Its connections stay open, so the write-ahead log stays, too.
        let server = Server::start(&environment, &[]);
        assert!(in_files(&environment).iter().map(|(_, count)| count).sum::<usize>() > 1_000);
        let output = run(&environment, arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !errors.contains("remains"), "{errors}");
        assert_eq!(in_files(&environment), Vec::new());
        server.terminate();
        assert_eq!(in_files(&environment), Vec::new());
    }
}

on_sqlite_alone!(
    async a_long_answer_delays_the_erasing_of_the_log_and_no_writer,
    "servers have no log that the gateway empties"
);
async fn a_long_answer_delays_the_erasing_of_the_log_and_no_writer(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (tenant, store) = (gateway.tenant("acme").await, &gateway.store);
    let answer = store.snapshot(tenant.account, Duration::from_secs(10)).await.unwrap();
    assert_eq!(answer.session_count(tenant.account, &Default::default()).await.unwrap(), 0);
    super::import(&gateway, &tenant, &[session(1, WORD)]).await;
    let scrub = tokio::time::timeout(Duration::from_secs(30), store.scrub(Scrub::Quick));
    let write = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let sessions = [session(2, WORD)];
        let write = super::import(&gateway, &tenant, &sessions);
        tokio::time::timeout(Duration::from_secs(5), write).await
    };
    let (scrubbed, written) = tokio::join!(scrub, write);
    assert!(written.is_ok(), "the writer waited");
    assert!(!scrubbed.expect("it took too long").unwrap());
    drop(answer);
    assert!(store.scrub(Scrub::Quick).await.unwrap());
}
