//! Rows as the driver holds them, read by place: nothing is copied until it is written out.

use sea_orm::{
    FromQueryResult, QueryResult,
    sea_query::{Expr, SelectStatement},
    sqlx::{self, ColumnIndex, Database, Decode, Type},
};

use crate::error::{Error, Result};

/// A column of a table. A [`Row`] has the columns that were asked for, in that order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    table: &'static str,
    name: &'static str,
}

impl Column {
    pub(super) const fn of(table: &'static str, name: &'static str) -> Self {
        Self { table, name }
    }
}

/// The rows that a statement answered.
#[derive(Debug, Default)]
pub struct Rows(pub(super) Vec<QueryResult>);

/// One of them.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a>(&'a QueryResult);

/// Adds the columns of a table to a select. Those of other tables get names of their own.
pub(super) fn select(select: &mut SelectStatement, from: &str, columns: &[Column]) {
    for Column { table, name } in columns {
        if *table == from {
            select.column((*table, *name));
        } else {
            select.expr_as(Expr::col((*table, *name)), format!("{table}_{name}"));
        }
    }
}

/// Whether any of the columns is one of this table.
pub(super) fn name(table: &str, columns: &[Column]) -> bool {
    columns.iter().any(|column| column.table == table)
}

impl Rows {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The row at a place, from 0, if there are so many.
    pub fn get(&self, place: usize) -> Option<Row<'_>> {
        self.0.get(place).map(Row)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.0.iter().map(Row)
    }

    /// The rows as models of their table.
    pub(super) fn models<T: FromQueryResult>(&self) -> Result<Vec<T>> {
        Ok(self.0.iter().map(|row| T::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }
}

impl<'a> Row<'a> {
    /// The number in a column, if there is one.
    ///
    /// # Errors
    /// When the column does not hold numbers.
    pub fn number(self, column: usize) -> Result<Option<i64>> {
        self.get(column)
    }

    /// The number in a column that is never empty.
    ///
    /// # Errors
    /// When the column does not hold a number.
    pub fn key(self, column: usize) -> Result<i64> {
        self.number(column)?.ok_or_else(|| Error::internal("a column that is never null is null"))
    }

    /// The text in a column, if there is one.
    ///
    /// # Errors
    /// When the column does not hold texts.
    pub fn text(self, column: usize) -> Result<Option<&'a str>> {
        self.get(column)
    }

    fn get<T>(self, column: usize) -> Result<Option<T>>
    where
        T: Cell<'a, sqlx::Sqlite> + Cell<'a, sqlx::Postgres> + Cell<'a, sqlx::MySql>,
    {
        let found = if let Some(row) = self.0.try_as_sqlite_row() {
            read(row, column)
        } else if let Some(row) = self.0.try_as_pg_row() {
            read(row, column)
        } else if let Some(row) = self.0.try_as_mysql_row() {
            read(row, column)
        } else {
            return Err(Error::internal("a row of an unknown database"));
        };
        found.map_err(Error::internal)
    }
}

/// A value that a driver reads.
trait Cell<'a, D: Database>: Type<D> + Decode<'a, D> {}
impl<'a, D: Database, T: Type<D> + Decode<'a, D>> Cell<'a, D> for T {}

fn read<'a, T, R>(row: &'a R, column: usize) -> Result<Option<T>, sqlx::Error>
where
    R: sqlx::Row,
    T: Cell<'a, R::Database>,
    usize: ColumnIndex<R>,
{
    row.try_get(column)
}
