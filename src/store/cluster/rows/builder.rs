//! Rows that are being read.

use sea_orm::SqlxError;

use super::{Cell, MadeValue, Rows};
use crate::{
    error::{Error, Result as GatewayResult},
    store::memory::Reservation,
};

/// The memory of rows is taken in steps of this many bytes.
const STEP: usize = 4096;

/// The lengths of the first string of texts and of the longest ones. Each is twice as long as the one
/// before it.
const FIRST_STRING: usize = 1024;
const MAX_STRING: usize = 64 << 10;

/// Rows that are being read, and the memory that they take of an answer.
pub(in crate::store::cluster) struct RowsBuilder {
    columns: usize,
    cells: Vec<Cell>,
    /// As [`Rows::texts`], before it is known that they are UTF-8: one check of a long string takes less than
    /// many of short ones.
    texts: Vec<Vec<u8>>,
    memory: Option<Reservation>,
    /// The bytes of all strings of texts.
    text_bytes: usize,
    /// The bytes that were taken.
    taken: usize,
    /// Whether the rows are read and dropped.
    is_refused: bool,
}

impl RowsBuilder {
    /// No rows, of this many columns.
    pub(in crate::store::cluster) fn new(columns: usize, memory: Option<Reservation>) -> Self {
        let (cells, texts) = Default::default();
        Self { columns, cells, texts, memory, text_bytes: 0, taken: 0, is_refused: false }
    }

    /// Adds a number or a null in the next column.
    pub(in crate::store::cluster) fn push_number(&mut self, number: Option<i64>) {
        self.cells.push(number.map_or(Cell::Null, Cell::Number));
    }

    /// Adds a text or a null in the next column.
    pub(in crate::store::cluster) fn push_text(
        &mut self,
        text: Option<&[u8]>,
    ) -> Result<(), SqlxError> {
        let cell = match text {
            None => Cell::Null,
            Some(text) => self.add_text(text).ok_or_else(|| {
                SqlxError::Decode("the rows of a statement have too many texts".into())
            })?,
        };
        self.cells.push(cell);
        Ok(())
    }

    /// Adds a text to the last string, or to a new one if it has no room.
    fn add_text(&mut self, text: &[u8]) -> Option<Cell> {
        let has_room = |it: &Vec<u8>| it.capacity() - it.len() >= text.len();
        if !self.texts.last().is_some_and(has_room) {
            self.add_string(text.len());
        }
        let string = u32::try_from(self.texts.len() - 1).ok()?;
        let last = self.texts.last_mut()?;
        let (start, length) = (last.len().try_into().ok()?, text.len().try_into().ok()?);
        last.extend_from_slice(text);
        Some(Cell::Text { string, start, length })
    }

    /// Adds an empty string with room for a text of this length.
    fn add_string(&mut self, length: usize) {
        let last = self.texts.last().map_or(0, Vec::capacity);
        let next = Vec::with_capacity((last * 2).clamp(FIRST_STRING, MAX_STRING).max(length));
        self.text_bytes += next.capacity();
        self.texts.push(next);
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
        let texts = self.texts.into_iter().map(String::from_utf8).collect::<Result<_, _>>();
        let texts = texts.map_err(|failure| SqlxError::Decode(failure.into()))?;
        Ok(Rows { columns: self.columns, cells: self.cells, texts })
    }

    fn bytes(&self) -> usize {
        self.text_bytes + self.cells.len() * size_of::<Cell>()
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
        self.cells.clear();
        self.texts.clear();
        self.text_bytes = 0;
    }
}

impl Rows {
    /// Rows of values that were made of other rows.
    pub(in crate::store) fn made(columns: usize, rows: Vec<Vec<MadeValue>>) -> GatewayResult<Self> {
        let mut builder = RowsBuilder::new(columns, None);
        for value in rows.into_iter().flatten() {
            match value {
                MadeValue::Null => builder.push_number(None),
                MadeValue::Number(number) => builder.push_number(Some(number)),
                MadeValue::Text(text) => {
                    builder.push_text(Some(text.as_bytes())).map_err(Error::internal)?;
                }
            }
        }
        builder.finish().map_err(Error::internal)
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
            rows.push_text(text.map(str::as_bytes)).unwrap();
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
    fn texts_of_all_lengths_are_found_in_their_strings() {
        let lengths = [0, 1, 1_000, 5, 70_000, 3, 2_000_000, 0, 40_000];
        let text = |nth: usize| "é".repeat(lengths[nth % lengths.len()]);
        let mut builder = RowsBuilder::new(1, None);
        for nth in 0..40 {
            builder.push_text(Some(text(nth).as_bytes())).unwrap();
            builder.end_row().unwrap();
        }
        let (texts, bytes) = ((0..40).map(|nth| text(nth).len()).sum::<usize>(), builder.bytes());
        assert!(texts < bytes && bytes < texts * 3 / 2, "{texts} {bytes}");
        let rows = builder.finish().unwrap();
        for nth in 0..40 {
            assert!(rows.get(nth).unwrap().text(0).unwrap() == Some(&*text(nth)), "{nth}");
        }
    }

    #[test]
    fn a_text_that_is_not_utf_8_is_an_error() {
        for texts in [vec![&b"\xff"[..]], vec![b"before", b"a\xc3", b"\xa9 after"], vec![b"\xc3"]] {
            let mut builder = RowsBuilder::new(1, None);
            for text in &texts {
                builder.push_text(Some(text)).unwrap();
                builder.end_row().unwrap();
            }
            let rows = builder.finish();
            assert!(rows.is_err() || rows.unwrap().get(1).unwrap().text(0).is_err(), "{texts:?}");
        }
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
