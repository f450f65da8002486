//! Writing the cursors of rows.

use super::{
    super::{load::LoadedRows, site::SiteId, template::CursorColumns},
    Writer, Written,
    value::{null, string},
};
use crate::{
    domain::{page::KeyValue, viewer::CursorKey},
    error::Result,
    store::Row,
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
}

fn encode(key: CursorKey, columns: &CursorColumns, row: Row<'_>) -> Result<String> {
    let CursorColumns { order, key: columns, parent } = columns;
    let mut position = Vec::with_capacity(columns.len());
    for (column, is_text) in columns {
        position.push(match is_text {
            true => KeyValue::Text(row.text(*column)?.unwrap_or_default().to_owned()),
            false => KeyValue::Number(row.i64(*column)?),
        });
    }
    let parent = parent.map(|column| row.i64(column)).transpose()?;
    Ok(order.encode_cursor(key, parent, &position))
}
