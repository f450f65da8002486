//! Writing the cursors of rows.

use super::{
    super::{load::LoadedRows, site::SiteId, template::CursorColumns},
    Writer, Written,
    value::{null, string},
};
use crate::{
    domain::{page::KeyValue, viewer::CursorKey},
    error::{Error, Result},
    store::{Row, page_range::PageRange},
};

impl Writer<'_> {
    /// Writes the cursor of a row.
    pub(super) fn cursor(
        &mut self,
        columns: &CursorColumns,
        row: Row<'_>,
        site: SiteId,
    ) -> Written {
        match encode(self.cursor_key, columns, row) {
            Ok(cursor) => string(&cursor, self.out),
            Err(error) => return self.fail(site, error),
        }
        Ok(())
    }

    /// Writes the cursor of the row with this index; null if there is no row.
    pub(super) fn cursor_or_null(
        &mut self,
        columns: &CursorColumns,
        loaded: &LoadedRows,
        index: Option<usize>,
        site: SiteId,
    ) -> Written {
        match index.and_then(|index| loaded.rows.get(index)) {
            Some(row) => self.cursor(columns, row, site),
            None => {
                null(self.out);
                Ok(())
            }
        }
    }

    /// Writes the cursor with which a reader of the change feed continues: the end of what was tested, or that of
    /// the last row if the page was full before.
    pub(super) fn resume_cursor(
        &mut self,
        columns: &CursorColumns,
        loaded: &LoadedRows,
        page: &PageRange,
        site: SiteId,
    ) -> Written {
        let last = page.in_order().last().and_then(|index| loaded.rows.get(index));
        match (page.resume_at, last) {
            (None, Some(row)) => self.cursor(columns, row, site),
            (Some(position), _) => {
                let position = [KeyValue::Number(position)];
                string(&columns.order.encode_cursor(self.cursor_key, None, &position), self.out);
                Ok(())
            }
            (None, None) => {
                self.fail(site, Error::internal("a page has no position to continue at"))
            }
        }
    }
}

fn encode(key: CursorKey, columns: &CursorColumns, row: Row<'_>) -> Result<String> {
    let position = columns.position(row)?;
    let parent = columns.parent.map(|column| row.i64(column)).transpose()?;
    Ok(columns.order.encode_cursor(key, parent, &position.0))
}
