//! What a plan reads: columns of rows, and the rows that belong to those rows.

use std::{borrow::Cow, sync::Arc};

use crate::{
    domain::statistics::{GroupColumn, Grouping},
    error::Result,
    store::{ColumnRef, Row, column::index_of, query::ChildQuery, statistics::ParentGroup},
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
    /// What is read of groups of sessions, which have no columns.
    pub(super) groups: GroupFetch,
}

/// What is read of groups of sessions.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct GroupFetch {
    /// The groups.
    pub(super) grouping: Option<Arc<Grouping>>,
    pub(super) columns: Vec<FetchedColumn>,
    /// Whether the group of all sessions is read.
    pub(super) needs_whole: bool,
    /// Whether what is compiled is selected of the group of all sessions.
    pub(super) is_whole: bool,
}

/// A value of groups, and which groups it is read of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FetchedColumn {
    pub(super) column: GroupColumn,
    pub(super) of_page: bool,
    pub(super) of_whole: bool,
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
    /// What finds the sessions of a group.
    pub(super) group: Option<GroupColumns>,
}

/// The indexes of the columns of a group whose sessions are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct GroupColumns {
    /// The encoded key.
    pub(super) key: usize,
    /// The number of sessions.
    pub(super) count: usize,
}

impl Fetch {
    /// The index of a column, which is read from now on.
    pub(super) fn column(&mut self, column: ColumnRef) -> usize {
        index_of(&mut self.columns, column)
    }

    /// The index of a value of groups, which is read from now on.
    pub(super) fn group_column(&mut self, column: GroupColumn) -> usize {
        let groups = &mut self.groups;
        let index = groups.columns.iter().position(|known| known.column == column);
        let index = index.unwrap_or_else(|| {
            groups.columns.push(FetchedColumn { column, of_page: false, of_whole: false });
            groups.columns.len() - 1
        });
        if let Some(fetched) = groups.columns.get_mut(index) {
            fetched.of_page |= !groups.is_whole;
            fetched.of_whole |= groups.is_whole;
        }
        index
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
    /// The query of the children of these rows.
    pub(super) fn query_of(&self, rows: &[Row<'_>]) -> Result<Cow<'_, ChildQuery>> {
        let (Some(columns), ChildQuery::SessionsOfGroup(query)) = (self.parent.group, &self.query)
        else {
            return Ok(Cow::Borrowed(&self.query));
        };
        let mut query = query.clone();
        for row in rows {
            let Some(number) = self.parent_of(*row)? else { continue };
            let key = row.text(columns.key)?.unwrap_or_default().to_owned();
            let count = row.i64(columns.count)?.unsigned_abs();
            query.groups.insert(number, ParentGroup { key, count });
        }
        Ok(Cow::Owned(ChildQuery::SessionsOfGroup(query)))
    }

    /// The key of a row whose children are read; none if they are not read.
    pub(super) fn parent_of(&self, row: Row<'_>) -> Result<Option<i64>> {
        if let Some(count) = self.parent.count
            && row.opt_i64(count)?.unwrap_or(0) == 0
        {
            return Ok(None);
        }
        let id = row.opt_i64(self.parent.id)?;
        Ok(id.filter(|id| self.cursor_parent.is_none_or(|parent| parent == *id)))
    }
}
