//! Stores the words of sessions, and what the full-text index of each kind of database has of them.

use std::collections::HashMap;

use entity::{session, session_words};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter,
    Statement, Value,
};

use super::{
    insert::{Kind, Statements, Target, inserts},
    tokens::{delete_tokens, token_inserts},
};
use crate::{
    domain::{viewer::AccountId, words::each_word},
    store::{
        filter::in_list,
        search::number::{first_number, last_number},
        tokens::tokens,
    },
};

/// A row has the words of several texts up to this number of bytes, or of one text.
const ROW_BYTES: usize = 32 * 1024;

const TABLE: &str = "session_words";
/// The highest number in use of the second of each of these first numbers.
const HIGHEST_NUMBERS: &str = "SELECT value, (SELECT MAX(number) FROM session_words \
    WHERE number BETWEEN value AND value | 16777215) FROM json_each(?)";
const FULL_SECOND: &str = "more than 16,777,216 rows of words of sessions that start in one second";

/// The words of a session.
#[derive(Debug)]
pub struct SessionWords {
    session: i64,
    started_at: i64,
    /// The words of each row.
    rows: Vec<String>,
    tokens: String,
}

/// A row of the table.
struct WordsRow {
    session: i64,
    /// The start of the session.
    started_at: i64,
    seq: i64,
    words: String,
    /// Those of the session, in its first row.
    tokens: Option<String>,
}

impl SessionWords {
    /// The words of a session with these folded texts.
    pub(super) fn new<'a>(
        session: &session::Model,
        folded_texts: impl Iterator<Item = &'a str>,
    ) -> Self {
        let &session::Model { account_id, id: session, started_at, .. } = session;
        let (mut rows, mut row) = (Vec::new(), String::new());
        for text in folded_texts {
            let start = row.len();
            each_word(text, |word| {
                row.push(' ');
                row.push_str(word);
            });
            if row.len() == start {
                continue;
            }
            row.push(' ');
            if row.len() > ROW_BYTES && start > 0 {
                let next = row.split_off(start);
                rows.push(std::mem::replace(&mut row, next));
            }
        }
        rows.extend(Some(row).filter(|row| !row.is_empty()));
        // In order, because the indexes sort them.
        let words = rows.iter().flat_map(|row| row.split_ascii_whitespace());
        let mut words: Vec<_> = words.collect();
        words.sort_unstable();
        words.dedup();
        let tokens = tokens(AccountId(account_id), session, words.into_iter());
        Self { session, started_at, rows, tokens }
    }

    fn into_rows(self) -> impl Iterator<Item = WordsRow> {
        let Self { session, started_at, rows, tokens } = self;
        let mut tokens = Some(tokens);
        rows.into_iter().zip(1..).map(move |(words, seq)| WordsRow {
            session,
            started_at,
            seq,
            words,
            tokens: tokens.take(),
        })
    }
}

/// The statements that store the words of sessions that have none stored.
pub(super) async fn word_inserts(
    transaction: &DatabaseTransaction,
    account: AccountId,
    sessions: Vec<SessionWords>,
) -> Result<Statements<'static>, DbErr> {
    let mut rows: Vec<_> = sessions.into_iter().flat_map(SessionWords::into_rows).collect();
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Sqlite {
        return inserts_into_file(transaction, account, rows).await;
    }
    let mut columns = vec![
        ("account_id", Kind::Number),
        ("session_id", Kind::Number),
        ("seq", Kind::Number),
        ("words", Kind::Text),
    ];
    let mut tokens = Vec::new();
    if backend == DbBackend::Postgres {
        columns.extend([("tokens", Kind::Tokens), ("started_at", Kind::Number)]);
    } else {
        tokens.extend(rows.iter_mut().filter_map(|row| Some((row.session, row.tokens.take()?))));
    }
    let number = columns.len();
    let values = rows.into_iter().map(move |row| {
        let [account, session, seq, start] =
            [account.0, row.session, row.seq, row.started_at].map(Value::from);
        let tokens = row.tokens.as_deref().unwrap_or_default().trim_start().into();
        [account, session, seq, row.words.into(), tokens, start].into_iter().take(number)
    });
    let target = Target { table: TABLE, columns, replaced: None };
    Ok(Box::new(token_inserts(account, tokens).chain(inserts(backend, target, values))))
}

/// Deletes the words of sessions, with what is indexed of them.
pub(super) async fn delete_words(
    transaction: &DatabaseTransaction,
    account: AccountId,
    sessions: &[i64],
) -> Result<(), DbErr> {
    delete_tokens(transaction, account, sessions).await?;
    let backend = transaction.get_database_backend();
    session_words::Entity::delete_many()
        .filter(session_words::Column::AccountId.eq(account.0))
        .filter(in_list(backend, session_words::Column::SessionId, sessions))
        .exec(transaction)
        .await?;
    Ok(())
}

/// SQLite's index is a table of its own. Its rows are added in the order of their numbers, which takes
/// the least time. A trigger deletes them.
async fn inserts_into_file(
    transaction: &DatabaseTransaction,
    account: AccountId,
    mut rows: Vec<WordsRow>,
) -> Result<Statements<'static>, DbErr> {
    rows.sort_by_key(|row| row.started_at);
    let numbers = free_numbers(transaction, &rows).await?;
    let (mut words, mut tokens) = (Vec::new(), Vec::new());
    for (row, number) in rows.into_iter().zip(numbers) {
        let [key, account, session, seq] =
            [number, account.0, row.session, row.seq].map(Value::from);
        words.push([key, account, session, seq, row.words.into()]);
        tokens.extend(row.tokens.map(|tokens| [number.into(), tokens.into()]));
    }
    let numbers = ["number", "account_id", "session_id", "seq"].map(|name| (name, Kind::Number));
    let columns = [&numbers[..], &[("words", Kind::Text)]].concat();
    let target = Target { table: TABLE, columns, replaced: None };
    let words = inserts(DbBackend::Sqlite, target, words.into_iter());
    let columns = vec![("rowid", Kind::Number), ("tokens", Kind::Text)];
    let target = Target { table: "session_words_index", columns, replaced: None };
    Ok(Box::new(words.chain(inserts(DbBackend::Sqlite, target, tokens.into_iter()))))
}

/// A free number for each row. Rows with equal starts follow each other.
async fn free_numbers(
    transaction: &DatabaseTransaction,
    rows: &[WordsRow],
) -> Result<Vec<i64>, DbErr> {
    let mut firsts: Vec<_> = rows.iter().map(|row| first_number(row.started_at)).collect();
    firsts.dedup();
    let firsts: Vec<_> = firsts.iter().map(i64::to_string).collect();
    let firsts = [format!("[{}]", firsts.join(",")).into()];
    let highest = Statement::from_sql_and_values(DbBackend::Sqlite, HIGHEST_NUMBERS, firsts);
    let mut next = HashMap::new();
    for row in transaction.query_all_raw(highest).await? {
        let first: i64 = row.try_get_by_index(0)?;
        let highest: Option<i64> = row.try_get_by_index(1)?;
        next.insert(first, highest.map_or(first, |highest| highest + 1));
    }
    let number = |row: &WordsRow| {
        let first = first_number(row.started_at);
        let next = next.entry(first).or_insert(first);
        let number = *next;
        *next += 1;
        let is_free = number <= last_number(first);
        is_free.then_some(number).ok_or_else(|| DbErr::Custom(FULL_SECOND.to_owned()))
    };
    rows.iter().map(number).collect()
}
