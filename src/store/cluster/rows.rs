//! The rows that a statement answered, in one buffer, read by row and column index.
//!
//! A row of a driver has allocations of its own, and some drivers copy each of its values.

use crate::error::{Error, Result};

pub(super) mod builder;

/// The rows that a statement answered.
#[derive(Debug, Default)]
pub struct Rows {
    columns: usize,
    cells: Vec<Cell>,
    /// The texts, one after the other, in strings that are filled and never copied into a larger one.
    texts: Vec<String>,
}

/// A value of a row. A text is a part of one of the strings of the rows.
#[derive(Clone, Copy, Debug)]
enum Cell {
    Null,
    Number(i64),
    Text { string: u32, start: u32, length: u32 },
}

/// A value of a row that is made of other rows.
#[derive(Clone, Debug)]
pub(in crate::store) enum MadeValue {
    Null,
    Number(i64),
    Text(String),
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    cells: &'a [Cell],
    texts: &'a [String],
}

impl Rows {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The row at an index, from 0.
    pub fn get(&self, index: usize) -> Option<Row<'_>> {
        let cells = self.cells.chunks_exact(self.columns.max(1)).nth(index)?;
        Some(Row { cells, texts: &self.texts })
    }

    /// All rows, in order.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.cells.chunks_exact(self.columns.max(1)).map(|cells| Row { cells, texts: &self.texts })
    }

    /// Adds the rows of another statement with the same columns.
    ///
    /// # Errors
    /// When there are too many texts.
    pub fn append(&mut self, other: Self) -> Result<()> {
        if self.is_empty() {
            *self = other;
            return Ok(());
        }
        let full = || Error::internal("the rows have too many texts");
        let offset = u32::try_from(self.texts.len()).map_err(|_| full())?;
        self.texts.extend(other.texts);
        for mut cell in other.cells {
            if let Cell::Text { string, .. } = &mut cell {
                *string = string.checked_add(offset).ok_or_else(full)?;
            }
            self.cells.push(cell);
        }
        Ok(())
    }

    /// Sorts the rows by the numbers in two columns, unless they are sorted already.
    pub(in crate::store) fn sort_by_numbers(&mut self, [first, second]: [usize; 2]) -> Result<()> {
        let mut order = Vec::with_capacity(self.len());
        for (index, row) in self.iter().enumerate() {
            order.push((row.i64(first)?, row.i64(second)?, index));
        }
        if !order.is_sorted() {
            order.sort_unstable();
            let rows = order.iter().filter_map(|(_, _, index)| self.get(*index));
            self.cells = rows.flat_map(|row| row.cells.iter().copied()).collect();
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
        match self.cells.get(column) {
            Some(Cell::Number(number)) => Ok(Some(*number)),
            Some(Cell::Null) => Ok(None),
            Some(Cell::Text { .. }) => Err(Error::internal("a column of numbers has a text")),
            None => Err(Error::internal("a column was not read")),
        }
    }

    /// The number in a column that is never null.
    ///
    /// # Errors
    /// When the column does not have a number.
    pub fn i64(self, column: usize) -> Result<i64> {
        self.opt_i64(column)?.ok_or_else(is_null)
    }

    /// The text in a column, or none if the column is null.
    ///
    /// # Errors
    /// When the column does not have texts.
    pub fn text(self, column: usize) -> Result<Option<&'a str>> {
        match self.cells.get(column) {
            Some(Cell::Text { string, start, length }) => {
                let (start, length) = (*start as usize, *length as usize);
                let text = self.texts.get(*string as usize);
                let text = text.and_then(|text| text.get(start..start + length));
                text.map(Some).ok_or_else(|| Error::internal("a text is outside of its string"))
            }
            Some(Cell::Null) => Ok(None),
            Some(Cell::Number(_)) => Err(Error::internal("a column of texts has a number")),
            None => Err(Error::internal("a column was not read")),
        }
    }

    /// The text in a column that is never null.
    pub(in crate::store) fn string(self, column: usize) -> Result<String> {
        self.text(column)?.map(str::to_owned).ok_or_else(is_null)
    }
}

fn is_null() -> Error {
    Error::internal("a column that is never null is null")
}
