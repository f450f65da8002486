//! The rows of the driver, read by column index. Values are not copied before they are written.

use sea_orm::{
    QueryResult,
    sqlx::{self, Database, Decode, Row as _, Type},
};

use crate::error::{Error, Result};

/// The rows that a statement answered.
#[derive(Debug, Default)]
pub struct Rows(pub(super) Vec<QueryResult>);

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a>(&'a QueryResult);

impl Rows {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The row at an index, from 0.
    pub fn get(&self, index: usize) -> Option<Row<'_>> {
        self.0.get(index).map(Row)
    }

    /// All rows, in order.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.0.iter().map(Row)
    }

    /// Sorts the rows by the numbers in two columns, unless they are sorted already.
    pub(super) fn sort_by_numbers(&mut self, [first, second]: [usize; 2]) -> Result<()> {
        let mut keys = Vec::with_capacity(self.0.len());
        for row in self.iter() {
            keys.push((row.i64(first)?, row.i64(second)?));
        }
        if !keys.is_sorted() {
            let mut keyed: Vec<_> = keys.into_iter().zip(std::mem::take(&mut self.0)).collect();
            keyed.sort_by_key(|(key, _)| *key);
            self.0.extend(keyed.into_iter().map(|(_, row)| row));
        }
        Ok(())
    }
}

impl<'a> Row<'a> {
    /// The number in a column, or none if the column is null.
    ///
    /// # Errors
    /// When the column does not have numbers.
    pub fn opt_i64(self, column: usize) -> Result<Option<i64>> {
        self.get(column)
    }

    /// The number in a column that is never null.
    ///
    /// # Errors
    /// When the column does not have a number.
    pub fn i64(self, column: usize) -> Result<i64> {
        self.opt_i64(column)?.ok_or_else(|| Error::internal("a column that is never null is null"))
    }

    /// The text in a column, or none if the column is null.
    ///
    /// # Errors
    /// When the column does not have texts.
    pub fn text(self, column: usize) -> Result<Option<&'a str>> {
        self.get(column)
    }

    fn get<T>(self, column: usize) -> Result<Option<T>>
    where
        T: Cell<'a, sqlx::Sqlite> + Cell<'a, sqlx::Postgres> + Cell<'a, sqlx::MySql>,
    {
        let found = if let Some(row) = self.0.try_as_pg_row() {
            // The columns of a server have no values of other types.
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
