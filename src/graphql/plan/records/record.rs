//! Reading the values of a record.

use super::{
    super::{
        load::{LoadedChild, LoadedPages, LoadedRows},
        site::Sites,
        template::{CursorColumns, RowValue, Template},
        write::{Progress, Stop, Writer, Written, int_of, null, time_of},
    },
    fields::RecordField,
};
use crate::{
    domain::{page::Position, time::Timestamp, viewer::CursorKey},
    error::{Error, Result},
    store::{Row, page_range::PageRange},
};

/// The columns of the position of an item of each child, where they have one.
pub(super) type ItemPositions = [Option<CursorColumns>];

/// A record, or an item of a list of a record.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub(super) item_positions: &'a ItemPositions,
    pub(super) loaded: &'a LoadedRows,
    pub(super) row: Row<'a>,
}

/// A value of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RecordValue<'a> {
    /// There is no value.
    Null,
    /// A text.
    Text(&'a str),
    /// A whole number.
    Number(i64),
    /// A truth value.
    Flag(bool),
    /// A time.
    Time(Timestamp),
}

/// The items of a list of a record that have been read.
#[derive(Clone, Copy)]
pub struct RecordItems<'a> {
    item_positions: &'a ItemPositions,
    child: usize,
    loaded: &'a LoadedRows,
    range: &'a PageRange,
    parent: i64,
}

/// Where more items of a list of a record begin.
#[derive(Clone, Debug)]
pub struct ItemsAfter {
    pub(super) child: usize,
    pub(super) parent: i64,
    pub(super) position: Position,
}

impl<'a> Record<'a> {
    /// The value of a field that is not a list.
    ///
    /// # Errors
    /// When the field is of another kind, or its column has another type.
    pub fn value(self, field: &RecordField) -> Result<RecordValue<'a>> {
        let row = self.row;
        for column in &field.present {
            if row.opt_i64(*column)?.is_none() {
                return Ok(RecordValue::Null);
            }
        }
        let value = match &field.placeholder.value {
            RowValue::Text(column) => row.text(*column)?.map(RecordValue::Text),
            RowValue::Digits(column) => row.opt_i64(*column)?.map(RecordValue::Number),
            RowValue::Int(column) => {
                let number = row.opt_i64(*column)?;
                number.map(|it| int_of(it).map(|it| RecordValue::Number(it.into()))).transpose()?
            }
            RowValue::Time(column) => {
                row.opt_i64(*column)?.map(|it| time_of(it).map(RecordValue::Time)).transpose()?
            }
            RowValue::IsPresent(column) => Some(RecordValue::Flag(row.opt_i64(*column)?.is_some())),
            RowValue::IsPositive(column) => {
                Some(RecordValue::Flag(row.opt_i64(*column)?.is_some_and(|it| it > 0)))
            }
            _ => return Err(Error::internal("a field of a record is not a plain value")),
        };
        Ok(value.unwrap_or(RecordValue::Null))
    }

    /// The text of a field that has texts; none if it is null, or a field of another kind.
    ///
    /// # Errors
    /// When a column has another type.
    pub fn text(self, field: &RecordField) -> Result<Option<&'a str>> {
        if !matches!(field.placeholder.value, RowValue::Text(_)) {
            return Ok(None);
        }
        Ok(match self.value(field)? {
            RecordValue::Text(text) => Some(text),
            _ => None,
        })
    }

    /// Writes the record by a template.
    pub(super) fn write_template(
        self,
        template: &Template<RowValue>,
        cursor_key: CursorKey,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        self.write(cursor_key, out, |writer| writer.fill(template, self.loaded, self.row))
    }

    /// Writes JSON. A field that fails, which would be null in an answer, is an error.
    fn write(
        self,
        cursor_key: CursorKey,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut Writer<'_>) -> Written,
    ) -> Result<()> {
        let mut progress = Progress::default();
        let mut writer = Writer {
            out,
            sites: &Sites::default(),
            cursor_key,
            pause_at: usize::MAX,
            progress: &mut progress,
            indexes: Vec::new(),
        };
        let failure = match write(&mut writer) {
            Ok(()) => progress.errors.pop(),
            Err(Stop::Failed(error)) => Some(*error),
            Err(Stop::Paused) => return Err(Error::internal("a record is not written whole")),
        };
        failure.map_or(Ok(()), |failure| Err(Error::clone(&failure.error)))
    }

    /// Writes the value of a field as JSON.
    pub(super) fn write_field(
        self,
        field: &RecordField,
        cursor_key: CursorKey,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        for column in &field.present {
            if self.row.opt_i64(*column)?.is_none() {
                null(out);
                return Ok(());
            }
        }
        self.write(cursor_key, out, |writer| {
            writer.placeholder(&field.placeholder, self.loaded, self.row)
        })
    }

    /// The items of a field that is a list.
    ///
    /// # Errors
    /// When the field is not a list.
    pub fn items(self, field: &RecordField) -> Result<RecordItems<'a>> {
        let (RowValue::Page(child, _) | RowValue::List(child, None, _)) = &field.placeholder.value
        else {
            return Err(Error::internal("a field of a record is not a list"));
        };
        let loaded = self.loaded.children.get(*child);
        let loaded = loaded.ok_or_else(|| Error::internal("a child was not read"))?;
        let LoadedChild { parent, outcome, .. } = &**loaded;
        let pages = outcome.as_ref().map_err(|error| Error::clone(error))?;
        Ok(RecordItems::new(self.item_positions, *child, pages, self.row.i64(*parent)?))
    }
}

impl<'a> RecordItems<'a> {
    pub(super) fn new(
        item_positions: &'a ItemPositions,
        child: usize,
        pages: &'a LoadedPages,
        parent: i64,
    ) -> Self {
        let (loaded, range) = (&pages.loaded, pages.pages.page(parent));
        Self { item_positions, child, loaded, range, parent }
    }

    /// Each item.
    pub fn records(self) -> impl Iterator<Item = Record<'a>> {
        let Self { item_positions, loaded, .. } = self;
        let rows = self.range.in_order().filter_map(|index| loaded.rows.get(index));
        rows.map(move |row| Record { item_positions, loaded, row })
    }

    /// Where more items begin, if there are more.
    ///
    /// # Errors
    /// When the last item was not read.
    pub fn next(self) -> Result<Option<ItemsAfter>> {
        if !self.range.has_next {
            return Ok(None);
        }
        let columns = self.item_positions.get(self.child).and_then(Option::as_ref);
        let last = self.range.in_order().last().and_then(|index| self.loaded.rows.get(index));
        let (Some(columns), Some(last)) = (columns, last) else {
            return Err(Error::internal("a page of items without rows is not the last"));
        };
        let position = columns.position(last)?;
        Ok(Some(ItemsAfter { child: self.child, parent: self.parent, position }))
    }
}
