//! Inserts rows, many with one statement.

use std::{fmt::Write, iter};

use futures_util::future::join;
use memchr::memchr2_iter;
use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    IdenStatic, Iterable, Statement, Value, sea_query::ArrayType,
};

/// How many rows one statement inserts on SQLite and MariaDB. With few sizes there are few statements, which stay
/// prepared.
const ROWS_AT_ONCE: [usize; 4] = [256, 32, 4, 1];
/// How many rows one statement inserts at most on PostgreSQL. Any number of rows has the same statement there.
const MAX_ROWS_OF_ARRAYS: usize = 512;

/// A column, and what its values are.
pub(super) type InsertColumn = (&'static str, Kind);

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    OptionalNumber,
    OptionalText,
    /// The words of PostgreSQL's full-text index, with a space between them. Without words the column is null.
    Tokens,
}

/// The values of a column on PostgreSQL.
enum Elements {
    /// For columns without nulls: the driver sends no arrays with nulls.
    Array(ArrayType, Vec<Value>),
    /// The text of an array, which takes the server and the gateway longer.
    Text(String),
}

/// Statements in the order in which they are executed. They are made one by one.
pub(super) type Statements<'a> = Box<dyn Iterator<Item = Result<Statement, DbErr>> + Send + 'a>;

/// A table, and the columns of the rows that are inserted.
pub(super) struct Target {
    pub(super) table: &'static str,
    pub(super) columns: Vec<InsertColumn>,
    /// The key, and the columns that are replaced if a row with this key exists.
    pub(super) replaced: Option<(&'static str, &'static [&'static str])>,
}

/// All columns of an entity.
pub(super) fn columns_of<E: EntityTrait>() -> Vec<InsertColumn> {
    let kind = |column: E::Column| match (column.def().get_column_type(), column.def().is_null()) {
        (ColumnType::BigInteger, false) => Kind::Number,
        (ColumnType::BigInteger, true) => Kind::OptionalNumber,
        (_, false) => Kind::Text,
        (_, true) => Kind::OptionalText,
    };
    E::Column::iter().map(|column| (column.as_str(), kind(column))).collect()
}

/// The statements that insert rows, whose values are in the order of the columns.
pub(super) fn inserts<'a, R: IntoIterator<Item = Value>>(
    backend: DbBackend,
    target: Target,
    mut rows: impl ExactSizeIterator<Item = R> + Send + 'a,
) -> Statements<'a> {
    if backend == DbBackend::Postgres {
        let insert = target.insert_arrays();
        return Box::new(iter::from_fn(move || {
            let arrays = target.next_arrays(&mut rows)?;
            Some(arrays.map(|values| Statement::from_sql_and_values(backend, &insert, values)))
        }));
    }
    let mut insert = (0, String::new());
    Box::new(iter::from_fn(move || {
        let size = ROWS_AT_ONCE.into_iter().find(|size| rows.len() >= *size)?;
        if insert.0 != size {
            insert = (size, target.insert_values(backend, size));
        }
        let mut values = Vec::with_capacity(size * target.columns.len());
        values.extend(rows.by_ref().take(size).flatten());
        Some(Ok(Statement::from_sql_and_values(backend, &insert.1, values)))
    }))
}

/// Executes statements. The next one is made while the database executes the one before.
pub(super) async fn execute_all(
    transaction: &DatabaseTransaction,
    mut statements: Statements<'_>,
) -> Result<(), DbErr> {
    let mut next = statements.next();
    while let Some(statement) = next {
        let executed = transaction.execute_raw(statement?);
        let (executed, following) = join(executed, async { statements.next() }).await;
        executed?;
        next = following;
    }
    Ok(())
}

impl Target {
    /// The statement that inserts this number of rows. Its text is made here, because the query builder
    /// makes several objects of each value, which takes as long as SQLite takes for the whole statement.
    fn insert_values(&self, backend: DbBackend, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        self.insert(backend, &format!("VALUES {}", vec![row; rows].join(", ")))
    }

    /// The statement that inserts any number of rows on PostgreSQL, from an array for each column. Values one by one
    /// take the server and the driver twice the time.
    fn insert_arrays(&self) -> String {
        let element = |(index, (_, kind)): (usize, &InsertColumn)| {
            let elements = |kind| format!("UNNEST(CAST(${} AS {kind}[]))", index + 1);
            match kind {
                Kind::Number | Kind::OptionalNumber => elements("bigint"),
                Kind::Text | Kind::OptionalText => elements("text"),
                // The type's own syntax takes longer to read.
                Kind::Tokens => {
                    let tokens = format!("NULLIF({}, '')", elements("text"));
                    format!("array_to_tsvector(string_to_array({tokens}, ' '))")
                }
            }
        };
        // In a list, the server does not store the rows before it inserts them.
        let elements: Vec<_> = self.columns.iter().enumerate().map(element).collect();
        self.insert(DbBackend::Postgres, &format!("SELECT {}", elements.join(", ")))
    }

    fn insert(&self, backend: DbBackend, rows: &str) -> String {
        let quote = if backend == DbBackend::MySql { '`' } else { '"' };
        let quoted = |name: &str| format!("{quote}{name}{quote}");
        let names: Vec<_> = self.columns.iter().map(|(name, _)| quoted(name)).collect();
        let (table, names) = (quoted(self.table), names.join(", "));
        format!("INSERT INTO {table} ({names}) {rows}{}", self.on_conflict(backend))
    }

    fn on_conflict(&self, backend: DbBackend) -> String {
        let Some((key, replaced)) = self.replaced else { return String::new() };
        let set = |new: fn(&str) -> String| -> String {
            let columns = replaced.iter().map(|name| format!("{name} = {}", new(name)));
            columns.collect::<Vec<_>>().join(", ")
        };
        match backend {
            DbBackend::MySql => {
                format!(" ON DUPLICATE KEY UPDATE {}", set(|name| format!("VALUES({name})")))
            }
            _ => {
                let set = set(|name| format!("excluded.{name}"));
                format!(" ON CONFLICT ({key}) DO UPDATE SET {set}")
            }
        }
    }

    /// The next rows, as an array for each column.
    fn next_arrays<R: IntoIterator<Item = Value>>(
        &self,
        rows: &mut impl ExactSizeIterator<Item = R>,
    ) -> Option<Result<Vec<Value>, DbErr>> {
        (rows.len() > 0).then(|| {
            let number = rows.len().min(MAX_ROWS_OF_ARRAYS);
            let mut arrays: Vec<_> =
                self.columns.iter().map(|(_, kind)| Elements::new(*kind, number)).collect();
            for row in rows.take(number) {
                for (array, value) in arrays.iter_mut().zip(row) {
                    array.push(value)?;
                }
            }
            Ok(arrays.into_iter().map(Elements::into_value).collect())
        })
    }
}

impl Elements {
    fn new(kind: Kind, number: usize) -> Self {
        let array = |of| Self::Array(of, Vec::with_capacity(number));
        match kind {
            Kind::Number => array(ArrayType::BigInt),
            Kind::Text | Kind::Tokens => array(ArrayType::String),
            Kind::OptionalNumber | Kind::OptionalText => Self::Text(String::new()),
        }
    }

    fn push(&mut self, value: Value) -> Result<(), DbErr> {
        match (self, value) {
            (Self::Array(ArrayType::BigInt, values), value @ Value::BigInt(Some(_)))
            | (Self::Array(ArrayType::String, values), value @ Value::String(Some(_))) => {
                values.push(value);
            }
            (Self::Text(text), value) => {
                text.push(if text.is_empty() { '{' } else { ',' });
                push_element(text, value)?;
            }
            _ => return Err(DbErr::Custom("a value is not of the kind of its column".to_owned())),
        }
        Ok(())
    }

    fn into_value(self) -> Value {
        match self {
            Self::Array(of, values) => Value::Array(of, Some(Box::new(values))),
            Self::Text(text) => (text + "}").into(),
        }
    }
}

/// Writes a value as an element of the text of an array of PostgreSQL.
fn push_element(array: &mut String, value: Value) -> Result<(), DbErr> {
    match value {
        Value::BigInt(Some(number)) => {
            let _ = write!(array, "{number}");
        }
        Value::String(Some(text)) => push_text(array, &text),
        Value::BigInt(None) | Value::String(None) => array.push_str("NULL"),
        _ => return Err(DbErr::Custom("a column is neither a number nor a text".to_owned())),
    }
    Ok(())
}

fn push_text(array: &mut String, text: &str) {
    array.push('"');
    let mut written = 0;
    for special in memchr2_iter(b'"', b'\\', text.as_bytes()) {
        array.push_str(&text[written..special]);
        array.push('\\');
        written = special;
    }
    array.push_str(&text[written..]);
    array.push('"');
}
