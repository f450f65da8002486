//! What a plan reads: columns of rows, and the rows that belong to those rows.

use crate::{
    error::Result,
    store::{ColumnRef, Row, column::index_of, query::ChildQuery},
};

/// What is read of the rows of a list.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fetch {
    /// The columns.
    pub(super) columns: Vec<ColumnRef>,
    /// What belongs to the rows, each with one statement for all of them.
    pub(super) children: Vec<ChildFetch>,
    /// Whether the rows are needed, and not only their number.
    pub(super) needs_rows: bool,
    /// Whether all rows are counted, not only those of the page.
    pub(super) needs_total: bool,
}

/// What is read of the rows that belong to other rows.
#[derive(Debug, PartialEq)]
pub(super) struct ChildFetch {
    pub(super) query: ChildQuery,
    pub(super) parent: ParentColumns,
    /// The only parent that the rows may be read for, if a cursor says so.
    pub(super) only: Option<i64>,
    pub(super) fetch: Fetch,
}

/// The columns of a row that say what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ParentColumns {
    /// The index of the column that identifies the row.
    pub(super) id: usize,
    /// The index of the column that is 0 where nothing belongs to the row.
    pub(super) count: Option<usize>,
}

impl Fetch {
    /// The index of a column, which is read from now on.
    pub(super) fn column(&mut self, column: ColumnRef) -> usize {
        index_of(&mut self.columns, column)
    }

    /// The index of a child, which is read from now on. Equal children share a statement.
    pub(super) fn child(
        &mut self,
        query: ChildQuery,
        parent: ParentColumns,
        only: Option<i64>,
    ) -> usize {
        let same = |known: &ChildFetch| {
            known.query == query && known.parent == parent && known.only == only
        };
        match self.children.iter().position(same) {
            Some(index) => index,
            None => {
                self.children.push(ChildFetch { query, parent, only, fetch: Self::default() });
                self.children.len() - 1
            }
        }
    }
}

impl ChildFetch {
    /// What identifies a row as a parent to read for, unless nothing is to be read for it.
    pub(super) fn parent_of(&self, row: Row<'_>) -> Result<Option<i64>> {
        if let Some(count) = self.parent.count
            && row.i64(count)? == 0
        {
            return Ok(None);
        }
        let id = row.opt_i64(self.parent.id)?;
        Ok(id.filter(|id| self.only.is_none_or(|only| only == *id)))
    }
}
