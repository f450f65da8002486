//! Rows that are being read.

use sea_orm::SqlxError;

use super::{Cell, Rows};
use crate::store::memory::Reservation;

/// The memory of rows is taken in steps of this many bytes.
const STEP: usize = 4096;

/// Rows that are being read, and the memory that they take of an answer.
pub(in crate::store::cluster) struct RowsBuilder {
    rows: Rows,
    memory: Option<Reservation>,
    /// The bytes that were taken.
    taken: usize,
    /// Whether the rows are read and dropped.
    is_refused: bool,
}

impl RowsBuilder {
    /// No rows, of this many columns.
    pub(in crate::store::cluster) fn new(columns: usize, memory: Option<Reservation>) -> Self {
        Self { rows: Rows { columns, ..Rows::default() }, memory, taken: 0, is_refused: false }
    }

    /// Adds a number or a null in the next column.
    pub(in crate::store::cluster) fn push_number(&mut self, number: Option<i64>) {
        self.rows.cells.push(number.map_or(Cell::Null, Cell::Number));
    }

    /// Adds a text or a null in the next column.
    pub(in crate::store::cluster) fn push_text(
        &mut self,
        text: Option<&str>,
    ) -> Result<(), SqlxError> {
        let cell = match text {
            None => Cell::Null,
            Some(text) => {
                let position = (self.rows.texts.len().try_into(), text.len().try_into());
                let (Ok(start), Ok(length)) = position else {
                    return Err(SqlxError::Decode("the rows have more than 4 GiB of text".into()));
                };
                self.rows.texts.push_str(text);
                Cell::Text { start, length }
            }
        };
        self.rows.cells.push(cell);
        Ok(())
    }

    /// Ends a row.
    pub(in crate::store::cluster) fn end_row(&mut self) -> Result<(), SqlxError> {
        if self.is_refused {
            self.drop_rows();
            return Ok(());
        }
        if self.bytes() >= self.taken + STEP { self.take() } else { Ok(()) }
    }

    /// Ends the last row.
    pub(in crate::store::cluster) fn finish(mut self) -> Result<Rows, SqlxError> {
        if !self.is_refused {
            self.take()?;
        }
        Ok(self.rows)
    }

    fn bytes(&self) -> usize {
        self.rows.texts.len() + self.rows.cells.len() * size_of::<Cell>()
    }

    fn take(&mut self) -> Result<(), SqlxError> {
        let bytes = self.bytes();
        if let Some(memory) = &self.memory {
            match memory.grow(bytes - self.taken) {
                Ok(()) => {}
                Err(_) if memory.is_page() => {
                    self.is_refused = true;
                    self.drop_rows();
                    return Ok(());
                }
                Err(refusal) => return Err(SqlxError::Decode(refusal.into())),
            }
        }
        self.taken = bytes;
        Ok(())
    }

    fn drop_rows(&mut self) {
        self.rows.cells.clear();
        self.rows.texts.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Row, Rows, RowsBuilder};

    fn rows(values: &[(i64, i64, Option<&str>)]) -> Rows {
        let mut rows = RowsBuilder::new(3, None);
        for (first, second, text) in values {
            rows.push_number(Some(*first));
            rows.push_number(Some(*second));
            rows.push_text(*text).unwrap();
            rows.end_row().unwrap();
        }
        rows.finish().unwrap()
    }

    fn values(rows: &Rows) -> Vec<(i64, i64, Option<&str>)> {
        let row = |row: Row<'_>| (row.i64(0).unwrap(), row.i64(1).unwrap());
        let texts = rows.iter().map(|it| it.text(2).unwrap());
        rows.iter()
            .map(row)
            .zip(texts)
            .map(|((first, second), text)| (first, second, text))
            .collect()
    }

    #[test]
    fn rows_are_sorted_and_joined_with_their_texts() {
        let mut some = rows(&[(2, 1, Some("é")), (1, 2, None), (1, 1, Some(""))]);
        some.append(rows(&[(0, 9, Some("last")), (3, 3, Some("🙂"))])).unwrap();
        some.sort_by_numbers([0, 1]).unwrap();
        let sorted = [
            (0, 9, Some("last")),
            (1, 1, Some("")),
            (1, 2, None),
            (2, 1, Some("é")),
            (3, 3, Some("🙂")),
        ];
        assert_eq!(values(&some), sorted);
        assert_eq!(some.len(), 5);
        assert!(some.get(5).is_none());
    }

    #[test]
    fn a_value_of_another_type_is_an_error() {
        let some = rows(&[(1, 2, Some("three"))]);
        let row = some.get(0).unwrap();
        assert!(row.text(0).is_err());
        assert!(row.i64(2).is_err());
        assert!(row.opt_i64(3).is_err());
        assert!(rows(&[(1, 2, None)]).get(0).unwrap().i64(2).is_err());
    }
}
