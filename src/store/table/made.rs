//! Columns that no table has. The gateway makes their rows.

use crate::{
    error::{Error, Result},
    store::{
        cluster::{MadeValue, Rows},
        column::{ColumnRef, EntityColumn},
    },
};

/// A column that no table has.
#[derive(Debug)]
pub(super) struct MadeColumn {
    pub(super) table: &'static str,
    pub(super) name: &'static str,
    pub(super) is_text: bool,
}

impl EntityColumn for MadeColumn {
    fn table(&self) -> &'static str {
        self.table
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn is_text(&self) -> bool {
        self.is_text
    }

    fn is_long_text(&self) -> bool {
        false
    }
}

/// These columns of rows, each of which is given as a value for each column.
pub(super) fn made_rows<const N: usize>(
    columns: &[ColumnRef],
    rows: impl Iterator<Item = [(ColumnRef, MadeValue); N]>,
) -> Result<Rows> {
    let cells = |row: [(ColumnRef, MadeValue); N]| {
        let value = |column: &ColumnRef| {
            let value = row.iter().find(|(known, _)| known == column);
            let (_, value) = value.ok_or_else(|| Error::internal("a made column is missing"))?;
            Ok(value.clone())
        };
        columns.iter().map(value).collect::<Result<Vec<_>>>()
    };
    Rows::made(columns.len(), rows.map(cells).collect::<Result<_>>()?)
}
