//! Stores the tokens of sessions on MySQL and MariaDB, where each token of a session is a row.
//!
//! A statement has its rows as one JSON text in the order of the primary key: the server reads that in less time than
//! a value for each column of each row.

use std::{collections::BTreeMap, iter};

use entity::session_words::{Column, Entity};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement,
};

use super::insert::Statements;
use crate::{
    domain::viewer::AccountId,
    store::{filter::in_list, tokens::tokens},
};

/// A statement has at most about this number of bytes of rows. Servers accept 16 MiB unless set otherwise.
const MAX_BYTES: usize = 1 << 20;
/// The maximum number of digits of the number of a session.
const MAX_DIGITS: usize = 20;
/// The words of this number of sessions are read at once.
const SESSIONS_AT_ONCE: usize = 50;

/// The rows of a JSON text: an array of a token and its sessions for each token.
const ROWS: &str = "JSON_TABLE(?, '$[*]' COLUMNS (token VARCHAR(84) PATH '$[0]', \
    NESTED PATH '$[1][*]' COLUMNS (session_id BIGINT PATH '$'))) AS found";

/// The statements that store the tokens of sessions, which have spaces between them, and may repeat.
pub(super) fn token_inserts(
    account: AccountId,
    sessions: Vec<(i64, String)>,
) -> Statements<'static> {
    let insert = format!(
        "INSERT INTO session_token (account_id, token, session_id) \
         SELECT {}, found.token, found.session_id FROM {ROWS}",
        account.0
    );
    let inserts = move || {
        let sessions = sessions.iter().map(|(session, tokens)| (*session, &**tokens));
        statements(&insert, sessions).into_iter().map(Ok)
    };
    Box::new(iter::once_with(inserts).flatten())
}

/// Deletes the tokens of sessions. They are made again of the words, which are still stored: an index of the tokens by
/// session would take as much time as all other work of storing them.
pub(super) async fn delete_tokens(
    transaction: &DatabaseTransaction,
    account: AccountId,
    sessions: &[i64],
) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    if backend != DbBackend::MySql {
        return Ok(());
    }
    let delete = format!(
        "DELETE session_token FROM {ROWS} STRAIGHT_JOIN session_token \
         ON session_token.account_id = {} AND session_token.token = found.token \
         AND session_token.session_id = found.session_id",
        account.0
    );
    for sessions in sessions.chunks(SESSIONS_AT_ONCE) {
        let rows: Vec<(i64, String)> = Entity::find()
            .select_only()
            .columns([Column::SessionId, Column::Words])
            .filter(Column::AccountId.eq(account.0))
            .filter(in_list(backend, Column::SessionId, sessions))
            .order_by_asc(Column::SessionId)
            .order_by_asc(Column::Seq)
            // A read with a lock sees what others have committed since the transaction began, as the deletes do.
            .lock_exclusive()
            .into_tuple()
            .all(transaction)
            .await?;
        let of_sessions = rows.chunk_by(|a, b| a.0 == b.0).filter_map(|rows| {
            let (session, _) = *rows.first().as_ref()?;
            let words = rows.iter().flat_map(|(_, words)| words.split_ascii_whitespace());
            Some((*session, tokens(account, *session, words)))
        });
        let of_sessions: Vec<_> = of_sessions.collect();
        let of_sessions = of_sessions.iter().map(|(session, tokens)| (*session, &**tokens));
        for statement in statements(&delete, of_sessions) {
            transaction.execute_raw(statement).await?;
        }
    }
    Ok(())
}

/// A statement for the tokens of sessions, or several.
fn statements<'a>(
    statement: &str,
    sessions: impl Iterator<Item = (i64, &'a str)>,
) -> Vec<Statement> {
    let mut found = BTreeMap::<&str, Vec<i64>>::new();
    for (session, tokens) in sessions {
        for token in tokens.split_ascii_whitespace() {
            let sessions = found.entry(token).or_default();
            // Long words may have the same token.
            if sessions.last() != Some(&session) {
                sessions.push(session);
            }
        }
    }
    let (mut statements, mut rows, mut bytes) = (Vec::new(), Vec::new(), 0);
    for (token, sessions) in found {
        bytes += token.len() + sessions.len() * MAX_DIGITS;
        rows.push((token, sessions));
        if bytes > MAX_BYTES {
            statements.push(statement_with(statement, &rows));
            (rows, bytes) = (Vec::new(), 0);
        }
    }
    if !rows.is_empty() {
        statements.push(statement_with(statement, &rows));
    }
    statements
}

fn statement_with(statement: &str, rows: &[(&str, Vec<i64>)]) -> Statement {
    // A token has no character that JSON would escape.
    let rows = rows.iter().map(|(token, sessions)| format!("[\"{token}\",{sessions:?}]"));
    let json = format!("[{}]", rows.collect::<Vec<_>>().join(","));
    Statement::from_sql_and_values(DbBackend::MySql, statement, [json.into()])
}
