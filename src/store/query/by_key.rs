//! Rows by their keys. The text of the statement for one row is built once for its columns, since
//! building it takes longer than running it.

use std::{
    mem::{Discriminant, discriminant},
    sync::{Arc, LazyLock},
};

use quick_cache::sync::Cache;
use sea_orm::{DbBackend, Statement, Value, sea_query::SelectStatement};

use super::{
    child,
    key::{FoundRows, RowKey, RowKind},
    session, technician,
};
use crate::{
    domain::viewer::AccountId,
    error::Result,
    store::{
        column::{ColumnRef, index_of},
        reads::Reads,
        table::{ChatMessageTable, VideoTable},
    },
};

/// The texts of statements that read one row. Those that are used least are removed.
static TEXTS: LazyLock<Cache<TextKey, Arc<str>>> = LazyLock::new(|| Cache::new(1_000));

/// What the text of a statement for one row depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct TextKey {
    backend: Discriminant<DbBackend>,
    kind: RowKind,
    columns: Vec<ColumnRef>,
}

impl Reads {
    /// These columns of the rows with these keys, in one statement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rows_by_key(
        &self,
        account: AccountId,
        kind: RowKind,
        keys: &[RowKey],
        columns: &[ColumnRef],
    ) -> Result<FoundRows> {
        let mut columns = columns.to_vec();
        let key_columns: Vec<_> =
            kind.key_columns().iter().map(|column| index_of(&mut columns, *column)).collect();
        let build = |backend: DbBackend| match keys {
            [key] => one_row(backend, account, kind, *key, &columns),
            _ => backend.build(&select(backend, account, kind, keys, &columns)),
        };
        FoundRows::new(self.statement_rows(account, &build).await?, &key_columns)
    }
}

fn select(
    backend: DbBackend,
    account: AccountId,
    kind: RowKind,
    keys: &[RowKey],
    columns: &[ColumnRef],
) -> SelectStatement {
    let [first, second] = [0, 1].map(|nth| keys.iter().map(|key| key[nth]).collect::<Vec<_>>());
    match kind {
        RowKind::Session => session::select_by_id(backend, account, &first, columns),
        RowKind::Technician => technician::select_by_id(backend, account, &first, columns),
        RowKind::ChatMessage => {
            child::select_by_id::<ChatMessageTable>(backend, account, &first, &second, columns)
        }
        RowKind::Video => {
            child::select_by_id::<VideoTable>(backend, account, &first, &second, columns)
        }
    }
}

fn one_row(
    backend: DbBackend,
    account: AccountId,
    kind: RowKind,
    key: RowKey,
    columns: &[ColumnRef],
) -> Statement {
    let text_key = TextKey { backend: discriminant(&backend), kind, columns: columns.to_vec() };
    let text = TEXTS.get(&text_key).unwrap_or_else(|| {
        let text: Arc<str> =
            backend.build(&select(backend, account, kind, &[key], columns)).sql.into();
        TEXTS.insert(text_key, text.clone());
        text
    });
    // The values of the statement: the account, and the columns of the key.
    let numbers = [account.0, key[0], key[1]];
    let values = numbers.into_iter().take(1 + kind.key_columns().len()).map(Value::from);
    Statement::from_sql_and_values(backend, &*text, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_of_one_row_is_built_once_and_its_values_are_the_account_and_the_key() {
        for backend in [DbBackend::Sqlite, DbBackend::Postgres, DbBackend::MySql] {
            for kind in RowKind::ALL.iter().copied() {
                let columns = kind.key_columns();
                let built =
                    |account, key| backend.build(&select(backend, account, kind, &[key], columns));
                let (acme, other) = (AccountId(7), AccountId(8));
                assert_eq!(one_row(backend, acme, kind, [11, 12], columns), built(acme, [11, 12]));
                let text_key =
                    TextKey { backend: discriminant(&backend), kind, columns: columns.to_vec() };
                assert!(TEXTS.peek(&text_key).is_some(), "{backend:?} {kind:?}");
                assert_eq!(
                    one_row(backend, other, kind, [13, 14], columns),
                    built(other, [13, 14])
                );
            }
        }
    }
}
