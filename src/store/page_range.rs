//! The rows of pages among all rows that were read.

use std::{collections::HashMap, ops::Range, sync::Arc};

use super::cluster::Rows;
use crate::{
    domain::page::{End, PageRequest},
    error::{Error, Result},
};

/// The rows of one page among all rows that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRange {
    rows: Range<usize>,
    /// Whether the last of the rows is the first of the page.
    reversed: bool,
    /// Whether the list has rows before the page.
    pub has_previous: bool,
    /// Whether the list has rows after the page.
    pub has_next: bool,
    /// The position up to which a page of the change feed has everything, if that is after its last row.
    pub resume_at: Option<i64>,
}

/// The rows that belong to several parents, grouped by parent.
#[derive(Debug, Default)]
pub struct ChildRows {
    /// All rows.
    pub rows: Arc<Rows>,
    pages: HashMap<i64, PageRange>,
    /// The page of a parent without rows.
    empty: PageRange,
}

impl PageRange {
    /// The page in rows that were read for it: from the requested end, one more than requested if
    /// the list continues.
    pub fn new(read: Range<usize>, page: &PageRequest) -> Self {
        let size = page.size as usize;
        let more = read.len() > size;
        let rows = read.start..read.start + read.len().min(size);
        match page.end {
            End::First => {
                let has_previous = page.after.is_some();
                Self { rows, has_previous, has_next: more, ..Self::default() }
            }
            End::Last => {
                let has_next = page.before.is_some();
                Self { rows, reversed: true, has_previous: more, has_next, resume_at: None }
            }
        }
    }

    /// A page of all rows.
    pub fn all(rows: Range<usize>) -> Self {
        Self { rows, ..Self::default() }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the page has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The indexes of the rows, in the order of the list.
    pub fn in_order(&self) -> impl Iterator<Item = usize> + use<> {
        let Range { start, end } = self.rows;
        let reversed = self.reversed;
        (0..end - start).map(move |nth| if reversed { end - 1 - nth } else { start + nth })
    }
}

impl ChildRows {
    /// Groups rows in which those of one parent follow one another. Without a page request, the
    /// page of a parent is all of its rows.
    pub(super) fn group(
        rows: Rows,
        parent_column: usize,
        page: Option<&PageRequest>,
    ) -> Result<Self> {
        let mut grouped = Self::empty(page);
        let range = |rows: Range<usize>| match page {
            Some(page) => PageRange::new(rows, page),
            None => PageRange::all(rows),
        };
        let mut start = 0;
        while let Some(row) = rows.get(start) {
            let parent = row.i64(parent_column)?;
            let mut end = start + 1;
            while let Some(row) = rows.get(end)
                && row.i64(parent_column)? == parent
            {
                end += 1;
            }
            if grouped.pages.insert(parent, range(start..end)).is_some() {
                return Err(Error::internal("the rows of one parent are not together"));
            }
            start = end;
        }
        grouped.rows = Arc::new(rows);
        Ok(grouped)
    }

    /// No rows for any parent.
    pub(super) fn empty(page: Option<&PageRequest>) -> Self {
        let empty = page.map_or_else(PageRange::default, |page| PageRange::new(0..0, page));
        Self { empty, ..Self::default() }
    }

    /// The page of a parent.
    pub fn page(&self, parent: i64) -> &PageRange {
        self.pages.get(&parent).unwrap_or(&self.empty)
    }

    /// The indexes of the rows of all pages.
    pub fn shown(&self) -> impl Iterator<Item = usize> {
        self.pages.values().flat_map(PageRange::in_order)
    }
}
