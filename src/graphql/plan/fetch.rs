//! What a plan reads: columns of rows, and the rows that belong to those rows.

use crate::{
    error::Result,
    store::{ColumnRef, Row, column::index_of, query::ChildQuery},
};

/// What is read of the rows of a list.
#[derive(Clone, Debug, Default, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ChildFetch {
    pub(super) query: ChildQuery,
    pub(super) parent: ParentColumns,
    /// The parent of the cursors among the arguments: the rows of other parents are not read.
    pub(super) cursor_parent: Option<i64>,
    pub(super) fetch: Fetch,
}

/// The columns of a row that identify its children.
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
        cursor_parent: Option<i64>,
    ) -> usize {
        let same = |known: &ChildFetch| {
            known.query == query && known.parent == parent && known.cursor_parent == cursor_parent
        };
        match self.children.iter().position(same) {
            Some(index) => index,
            None => {
                self.children.push(ChildFetch {
                    query,
                    parent,
                    cursor_parent,
                    fetch: Self::default(),
                });
                self.children.len() - 1
            }
        }
    }
}

impl ChildFetch {
    /// The key of a row whose children are read; none if they are not read.
    pub(super) fn parent_of(&self, row: Row<'_>) -> Result<Option<i64>> {
        if let Some(count) = self.parent.count
            && row.i64(count)? == 0
        {
            return Ok(None);
        }
        let id = row.opt_i64(self.parent.id)?;
        Ok(id.filter(|id| self.cursor_parent.is_none_or(|parent| parent == *id)))
    }
}
