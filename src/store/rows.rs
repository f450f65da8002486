//! Rows as the driver holds them, read by place: nothing is copied until it is written out.

use sea_orm::{
    FromQueryResult, QueryResult,
    sea_query::{Expr, SelectStatement},
    sqlx::{self, Database, Decode, Row as _, Type},
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
            select.expr_as(Expr::col((*table, *name)), format!("of_{table}_{name}"));
        }
    }
}

/// Whether any of the columns is one of this table.
pub(super) fn any_of(table: &str, columns: &[Column]) -> bool {
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

    /// Sorts the rows by the numbers in two columns, unless they are in this order already.
    pub(super) fn sort_by_numbers(&mut self, [first, second]: [usize; 2]) -> Result<()> {
        let mut keys = Vec::with_capacity(self.0.len());
        for row in self.iter() {
            keys.push((row.key(first)?, row.key(second)?));
        }
        if !keys.is_sorted() {
            let mut keyed: Vec<_> = keys.into_iter().zip(std::mem::take(&mut self.0)).collect();
            keyed.sort_by_key(|(key, _)| *key);
            self.0.extend(keyed.into_iter().map(|(_, row)| row));
        }
        Ok(())
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
        let found = if let Some(row) = self.0.try_as_pg_row() {
            // A server's columns hold nothing of another type.
            row.try_get_unchecked(column)
        } else if let Some(row) = self.0.try_as_sqlite_row() {
            row.try_get(column)
        } else if let Some(row) = self.0.try_as_mysql_row() {
            row.try_get_unchecked(column)
        } else {
            return Err(Error::internal("a row of an unknown database"));
        };
        found.map_err(Error::internal)
    }
}

/// A value that a driver reads.
trait Cell<'a, D: Database>: Type<D> + Decode<'a, D> {}
impl<'a, D: Database, T: Type<D> + Decode<'a, D>> Cell<'a, D> for T {}
