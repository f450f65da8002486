//! A list of the root that is read page by page, and whose records are read value by value.
//!
//! The document is compiled once, as any other. A page is read by the statements of the compiled
//! document, with another size and position. The values of its rows are given to a writer of another
//! format than JSON (see [`Record::value`]), or written as the document says ([`Record::write_json`]).

use std::sync::Arc;

use super::{
    fetch::Fetch,
    load::{LoadedPages, LoadedRows, Source},
    template::{CursorColumns, RowValue, Template},
};
use crate::{
    domain::{
        page::{PageRequest, Position},
        viewer::{AccountId, CursorKey},
    },
    error::{Error, Result},
    store::{Reads, memory::Reservation, page_range::PageRange, query::ListQuery},
};

mod compile_list;
mod fields;
mod record;

pub use fields::{RecordField, field_at};
pub use record::{ItemsAfter, Record, RecordItems, RecordValue};

/// A list of the root of a document, compiled, and where it is read. Clones share it.
#[derive(Clone)]
pub struct RecordList {
    compiled: Arc<CompiledList>,
    reads: Reads,
}

struct CompiledList {
    account: AccountId,
    cursor_key: CursorKey,
    query: ListQuery,
    page: PageRequest,
    fetch: Fetch,
    needs_total: bool,
    /// The columns of the position of a record, and of an item of each child.
    position: CursorColumns,
    item_positions: Vec<Option<CursorColumns>>,
    template: Template<RowValue>,
    fields: Vec<RecordField>,
}

/// The number of records that are read at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordSizes {
    /// Records.
    pub records: u32,
    /// The items of a list of a record. None is as many as the document says.
    pub items: Option<u32>,
}

/// A page of records that has been read.
pub struct RecordPage {
    list: RecordList,
    loaded: LoadedRows,
    range: PageRange,
    /// The number of all records, of the first page of a document that selects it.
    pub total: Option<u64>,
    /// The memory of the page, in bytes, as far as it is counted.
    pub bytes: usize,
}

/// More items of a list of a record.
pub struct ItemsPage {
    list: RecordList,
    child: usize,
    pages: LoadedPages,
    parent: i64,
}

impl RecordList {
    /// The same list, read elsewhere.
    pub fn with_reads(self, reads: Reads) -> Self {
        Self { reads, ..self }
    }

    /// Whether a page needs several statements.
    pub fn has_children(&self) -> bool {
        !self.compiled.fetch.children.is_empty()
    }

    /// Writes a record as the document says, as JSON.
    ///
    /// # Errors
    /// When a field fails.
    pub fn write_json(&self, record: Record<'_>, out: &mut Vec<u8>) -> Result<()> {
        record.write_template(&self.compiled.template, self.compiled.cursor_key, out)
    }

    /// Writes the value of a field of a record as the document says, as JSON.
    ///
    /// # Errors
    /// When the field fails.
    pub fn write_json_of(
        &self,
        field: &RecordField,
        record: Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        record.write_field(field, self.compiled.cursor_key, out)
    }

    /// The fields of each record.
    pub fn fields(&self) -> &[RecordField] {
        &self.compiled.fields
    }

    /// Reads the first page, or the page after a position.
    ///
    /// # Errors
    /// When a statement fails, or the page needs too much memory.
    pub async fn page(&self, sizes: RecordSizes, after: Option<Position>) -> Result<RecordPage> {
        let CompiledList { query, page, .. } = &*self.compiled;
        let reads = self.page_reads();
        let source = self.source(&reads);
        let is_first = after.is_none();
        let after = after.or_else(|| page.after.clone());
        let page = PageRequest { size: sizes.records, after, ..page.clone() };
        let fetch = self.fetch(sizes.items);
        let rows = reads.list(source.account, query, &page, &fetch.columns).await?;
        let range = PageRange::new(0..rows.len(), &page);
        let total = match self.compiled.needs_total && is_first {
            false => None,
            true if !range.has_next && page.after.is_none() => Some(range.len() as u64),
            true => Some(reads.list_count(source.account, query).await?),
        };
        let loaded = LoadedRows::load(source, &fetch, Arc::new(rows), range.in_order()).await;
        check(&reads, loaded.failure())?;
        let bytes = reads.memory().map_or(0, Reservation::needed);
        Ok(RecordPage { list: self.clone(), loaded, range, total, bytes })
    }

    /// Reads more items of a list of a record.
    ///
    /// # Errors
    /// When a statement fails, or the page needs too much memory.
    pub async fn more_items(&self, after: ItemsAfter, size: u32) -> Result<ItemsPage> {
        let ItemsAfter { child, parent, position } = after;
        let reads = self.page_reads();
        let source = self.source(&reads);
        let fetch = self.compiled.fetch.children.get(child);
        let fetch = fetch.ok_or_else(|| Error::internal("a child is missing"))?;
        let mut query = fetch.query.clone();
        if let Some(page) = query.page_mut() {
            (page.size, page.after) = (size, Some(position));
        }
        let pages = LoadedPages::of_parents(source, &query, &fetch.fetch, &[parent]).await?;
        check(&reads, pages.loaded.failure())?;
        Ok(ItemsPage { list: self.clone(), child, pages, parent })
    }

    /// The reads of one page, whose memory is released after it.
    fn page_reads(&self) -> Reads {
        let reads = self.reads.clone();
        match reads.memory() {
            Some(memory) if !memory.is_page() => {
                let page = memory.page_of_answer();
                reads.with_memory(page)
            }
            _ => reads,
        }
    }

    fn source<'a>(&self, reads: &'a Reads) -> Source<'a> {
        let CompiledList { account, cursor_key, .. } = *self.compiled;
        Source { reads, account, cursor_key }
    }

    /// What is read, with this number of items of a list of a record.
    fn fetch(&self, items: Option<u32>) -> Fetch {
        let mut fetch = self.compiled.fetch.clone();
        let pages = fetch.children.iter_mut().filter_map(|child| child.query.page_mut());
        pages.zip(items).for_each(|(page, items)| page.size = items);
        fetch
    }
}

/// Refuses what failed, or needs too much memory.
fn check(reads: &Reads, failure: Option<Arc<Error>>) -> Result<()> {
    match (reads.memory().and_then(|memory| memory.refusal()), failure) {
        (Some(refusal), _) => Err(refusal),
        (None, Some(failure)) => Err(Error::clone(&failure)),
        (None, None) => Ok(()),
    }
}

impl RecordPage {
    /// The number of records.
    pub fn len(&self) -> usize {
        self.range.len()
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.range.is_empty()
    }

    /// The position of the next page, if there is one.
    ///
    /// # Errors
    /// When the last row was not read.
    pub fn next(&self) -> Result<Option<Position>> {
        if !self.range.has_next {
            return Ok(None);
        }
        let last = self.range.in_order().last().and_then(|index| self.loaded.rows.get(index));
        let last = last.ok_or_else(|| Error::internal("a page without rows is not the last"))?;
        self.list.compiled.position.position(last).map(Some)
    }

    /// The records from this number on.
    pub fn records(&self, from: usize) -> impl Iterator<Item = Record<'_>> {
        let rows = self.range.in_order().skip(from).filter_map(|index| self.loaded.rows.get(index));
        let item_positions = &*self.list.compiled.item_positions;
        rows.map(move |row| Record { item_positions, loaded: &self.loaded, row })
    }
}

impl ItemsPage {
    /// The items.
    pub fn items(&self) -> RecordItems<'_> {
        RecordItems::new(&self.list.compiled.item_positions, self.child, &self.pages, self.parent)
    }
}
