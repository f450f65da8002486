//! Two accounts with enough sessions for a plan to matter, as they are stored.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::support::{Gateway, Tenant, database::DatabaseKind, server::administer};

/// The number of sessions of each of the two accounts, in thousands: enough for a plan to matter.
const THOUSANDS: i64 = 20;

/// Two accounts with sessions a tenth of a second apart, of 1,000 technicians. One session in a thousand has no technician.
pub async fn large_history(on: DatabaseKind) -> (Gateway, Tenant) {
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

/// Lets PostgreSQL do what it does from time to time by itself, until it knows that all
/// transactions see all rows. Others on the server can delay that.
pub async fn vacuum(database: &DatabaseConnection) {
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
    panic!("some transactions still do not see all rows");
}
