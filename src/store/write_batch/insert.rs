//! Inserts rows, many with one statement.

use futures_util::future::join;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};

/// How many rows one statement inserts. With few sizes there are few statements, which stay prepared.
const ROWS_AT_ONCE: [usize; 4] = [256, 32, 4, 1];

/// A column, and the type that its values are converted to if the database would not do so itself.
pub(super) type InsertColumn<'a> = (&'a str, Option<&'a str>);

/// Inserts rows, whose values are in the order of the columns.
pub(super) async fn insert_rows<R: IntoIterator<Item = Value>>(
    transaction: &DatabaseTransaction,
    table: &str,
    columns: &[InsertColumn<'_>],
    rows: impl ExactSizeIterator<Item = R>,
) -> Result<(), DbErr> {
    write_rows(transaction, table, columns, String::new(), rows).await
}

/// Inserts rows, or replaces these columns of those whose key exists.
pub(super) async fn replace_rows<R: IntoIterator<Item = Value>>(
    transaction: &DatabaseTransaction,
    table: &str,
    columns: &[InsertColumn<'_>],
    (key, replaced): (&str, &[&str]),
    rows: impl ExactSizeIterator<Item = R>,
) -> Result<(), DbErr> {
    let set = |new: fn(&str) -> String| -> String {
        let columns = replaced.iter().map(|name| format!("{name} = {}", new(name)));
        columns.collect::<Vec<_>>().join(", ")
    };
    let end = match transaction.get_database_backend() {
        DbBackend::MySql => {
            format!(" ON DUPLICATE KEY UPDATE {}", set(|name| format!("VALUES({name})")))
        }
        _ => {
            format!(" ON CONFLICT ({key}) DO UPDATE SET {}", set(|name| format!("excluded.{name}")))
        }
    };
    write_rows(transaction, table, columns, end, rows).await
}

async fn write_rows<R: IntoIterator<Item = Value>>(
    transaction: &DatabaseTransaction,
    table: &str,
    columns: &[InsertColumn<'_>],
    end: String,
    mut rows: impl ExactSizeIterator<Item = R>,
) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    for size in ROWS_AT_ONCE {
        if rows.len() < size {
            continue;
        }
        let insert = insert_statement(backend, table, columns, size) + &end;
        let mut next_values = || {
            (rows.len() >= size).then(|| {
                let mut values = Vec::with_capacity(size * columns.len());
                values.extend(rows.by_ref().take(size).flatten());
                values
            })
        };
        let mut next = next_values();
        while let Some(values) = next {
            let statement = Statement::from_sql_and_values(backend, &insert, values);
            let executed = transaction.execute_raw(statement);
            // The next values are made while the database executes this statement.
            let (executed, following) = join(executed, async { next_values() }).await;
            executed?;
            next = following;
        }
    }
    Ok(())
}

/// The statement that inserts this number of rows. Its text is made here, because the query builder
/// makes several objects of each value, which takes as long as SQLite takes for the whole statement.
fn insert_statement(
    backend: DbBackend,
    table: &str,
    columns: &[InsertColumn<'_>],
    rows: usize,
) -> String {
    let quote = if backend == DbBackend::MySql { '`' } else { '"' };
    let quoted = |name: &str| format!("{quote}{name}{quote}");
    let names: Vec<_> = columns.iter().map(|(name, _)| quoted(name)).collect();
    let placeholder = |number: usize, kind: Option<&str>| {
        let placeholder = match backend {
            DbBackend::Postgres => format!("${}", number + 1),
            _ => "?".to_owned(),
        };
        match kind {
            Some(kind) => format!("CAST({placeholder} AS {kind})"),
            None => placeholder,
        }
    };
    let row = |row: usize| {
        let of_column = |(index, (_, kind)): (usize, &InsertColumn<'_>)| {
            placeholder(row * columns.len() + index, *kind)
        };
        let placeholders: Vec<_> = columns.iter().enumerate().map(of_column).collect();
        format!("({})", placeholders.join(", "))
    };
    let values: Vec<_> = (0..rows).map(row).collect();
    format!("INSERT INTO {} ({}) VALUES {}", quoted(table), names.join(", "), values.join(", "))
}
