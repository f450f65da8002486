//! Reading pages and writing them, at the pace of the reader.

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::{
    document::Document,
    fill::{Continuation, fill, fill_more},
};
use crate::{
    domain::page::Position,
    error::{Code, Error, Result},
    graphql::records::{ItemsAfter, RecordList, RecordPage, RecordSizes},
};

/// The size limit of a chunk, in bytes.
const MAX_CHUNK: usize = 64 * 1024;

/// The number of records of the first page, so that the first records come at once.
const FIRST_PAGE: u32 = 50;

/// The memory that a page should need, in bytes.
const PAGE_BYTES: u64 = 512 * 1024;

/// The size limit of a document that is not sent in chunks, in bytes.
const MAX_SINGLE_PAGE: usize = 1 << 20;

/// The size of the text before and after the records, in bytes.
const ENVELOPE: usize = 256;

/// Writes a document whose records are one page without lists that go on. Returns `None` if they are
/// more, or if the document is long.
///
/// # Errors
/// When the page fails.
pub async fn single_page(
    list: &RecordList,
    document: &Document,
    sizes: RecordSizes,
) -> Result<Option<Bytes>> {
    let page = match list.page(sizes, None).await {
        // The page is too large to be in memory as a whole.
        Err(error) if error.code() == Code::QueryTooComplex => return Ok(None),
        page => page?,
    };
    write_single_page(list, document, &page)
}

fn write_single_page(
    list: &RecordList,
    document: &Document,
    page: &RecordPage,
) -> Result<Option<Bytes>> {
    if page.next()?.is_some() {
        return Ok(None);
    }
    let (count, mut lists) = (page.len() as u64, Vec::new());
    let mut out = Vec::with_capacity(ENVELOPE + page.len() * 128);
    document.prefix.write(count, &mut out);
    for (nth, record) in page.records(0).enumerate() {
        out.extend_from_slice(if nth > 0 { document.between } else { b"" });
        fill(&document.record, list, record, &mut out, &mut lists)?;
        if out.len() > MAX_SINGLE_PAGE || !lists.is_empty() {
            return Ok(None);
        }
    }
    document.suffix.write(count, &mut out);
    document.records.add(count);
    Ok(Some(out.into()))
}

/// Writes a document in chunks. All pages must be of the same state of the database.
///
/// The first page is read before this function returns, so its errors are clean. Each later page is
/// requested as soon as the page before it is there. Pages grow. A page that is too large is requested again in
/// smaller pages. If a later page fails, the stream fails, and what was written is not a whole document.
///
/// # Errors
/// When the first page fails.
pub async fn stream(
    list: RecordList,
    document: Document,
    sizes: RecordSizes,
) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static> {
    let max_records = sizes.records;
    let mut export = Export {
        list,
        document,
        sizes: RecordSizes { records: max_records.min(FIRST_PAGE), ..sizes },
        max_records,
        pieces: VecDeque::new(),
        page: None,
        next_page: None,
        total: None,
        written: 0,
        is_ended: false,
    };
    let first = export.request(None);
    export.receive(first, None).await?;
    Ok(stream::try_unfold(export, |mut export| async move {
        Ok(export.next_chunk().await?.map(|chunk| (chunk, export)))
    }))
}

struct Export {
    list: RecordList,
    document: Document,
    sizes: RecordSizes,
    /// The number of records that a page may have.
    max_records: u32,
    /// What is written and not sent yet.
    pieces: VecDeque<Piece>,
    /// The page that is being written, and how many of its records are written.
    page: Option<(RecordPage, usize)>,
    /// The next page, which is requested already, and the position before it.
    next_page: Option<(RequestedPage, Position)>,
    /// The number of records at the head of the document, if it has one.
    total: Option<u64>,
    /// The number of records that are written.
    written: u64,
    is_ended: bool,
}

/// A page that is being read by a task, which is aborted when this is dropped.
type RequestedPage = AbortOnDropHandle<Result<RecordPage>>;

/// A part of the document.
enum Piece {
    Text(Bytes),
    /// Further items of this field, which are not read yet.
    Items(usize, ItemsAfter),
}

impl Export {
    /// Requests the first page, or the page after a position.
    fn request(&self, after: Option<Position>) -> RequestedPage {
        let (list, sizes) = (self.list.clone(), self.sizes);
        let page = async move { list.page(sizes, after).await };
        AbortOnDropHandle::new(tokio::spawn(page.in_current_span()))
    }

    /// Waits for a page, and requests the page after it. Requests smaller pages from now on if it is
    /// too large.
    async fn receive(&mut self, page: RequestedPage, after: Option<Position>) -> Result<()> {
        let mut requested = page;
        let page = loop {
            match requested.await.map_err(Error::internal)? {
                Err(error) if error.code() == Code::QueryTooComplex && self.shrink() => {
                    requested = self.request(after.clone());
                }
                page => break page?,
            }
        };
        self.resize(page.bytes);
        let next = page.next()?;
        self.next_page = next.map(|position| (self.request(Some(position.clone())), position));
        if after.is_none() {
            self.total = page.total;
            let mut text = Vec::new();
            self.document.prefix.write(page.total.unwrap_or_default(), &mut text);
            self.pieces.push_back(Piece::Text(text.into()));
        }
        self.page = Some((page, 0));
        Ok(())
    }

    async fn next_chunk(&mut self) -> Result<Option<Bytes>> {
        loop {
            match self.pieces.pop_front() {
                Some(Piece::Text(text)) if text.len() > MAX_CHUNK => {
                    let mut text = text;
                    let rest = text.split_off(MAX_CHUNK);
                    self.pieces.push_front(Piece::Text(rest));
                    return Ok(Some(text));
                }
                Some(Piece::Text(text)) if text.is_empty() => {}
                Some(Piece::Text(text)) => return Ok(Some(text)),
                Some(Piece::Items(field, after)) => self.write_items(field, after).await?,
                None if self.page.is_some() => self.write_records()?,
                None => match self.next_page.take() {
                    Some((page, position)) => self.receive(page, Some(position)).await?,
                    None if self.is_ended => return Ok(None),
                    None => self.end()?,
                },
            }
        }
    }

    /// Writes records until there is a chunk, or a list that goes on.
    fn write_records(&mut self) -> Result<()> {
        let Some((page, from)) = self.page.take() else { return Ok(()) };
        let mut out = Vec::with_capacity(MAX_CHUNK + MAX_CHUNK / 8);
        let (mut lists, mut done) = (Vec::new(), from);
        for record in page.records(from) {
            if self.written > 0 {
                out.extend_from_slice(self.document.between);
            }
            fill(&self.document.record, &self.list, record, &mut out, &mut lists)?;
            (done, self.written) = (done + 1, self.written + 1);
            if out.len() >= MAX_CHUNK || !lists.is_empty() {
                break;
            }
        }
        self.document.records.add((done - from) as u64);
        if done < page.len() {
            self.page = Some((page, done));
        }
        self.add(out, lists);
        Ok(())
    }

    /// Adds a text, split where lists go on.
    fn add(&mut self, text: Vec<u8>, lists: Vec<Continuation>) {
        let (mut text, mut start) = (Bytes::from(text), 0);
        for Continuation { position, field, after } in lists {
            self.pieces.push_back(Piece::Text(text.split_to(position - start)));
            self.pieces.push_back(Piece::Items(field, after));
            start = position;
        }
        self.pieces.push_back(Piece::Text(text));
    }

    /// Reads and writes one more page of a list of a record.
    async fn write_items(&mut self, field: usize, after: ItemsAfter) -> Result<()> {
        let page = loop {
            let size = self.sizes.items.unwrap_or(1);
            match self.list.more_items(after.clone(), size).await {
                Err(error) if error.code() == Code::QueryTooComplex && size > 1 => {
                    self.sizes.items = Some(size.div_ceil(4));
                }
                page => break page?,
            }
        };
        let (items, mut out) = (page.items(), Vec::with_capacity(MAX_CHUNK));
        fill_more(&self.document.record, self.list.fields(), field, items, &mut out)?;
        if let Some(after) = items.next()? {
            self.pieces.push_front(Piece::Items(field, after));
        }
        self.pieces.push_front(Piece::Text(out.into()));
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        if self.total.is_some_and(|total| total != self.written) {
            return Err(Error::internal("the number of records differs from their count"));
        }
        let mut text = Vec::new();
        self.document.suffix.write(self.written, &mut text);
        self.pieces.push_back(Piece::Text(text.into()));
        self.is_ended = true;
        Ok(())
    }

    /// Makes the pages larger or smaller, by the memory of the last one, at most twofold.
    fn resize(&mut self, bytes: usize) {
        let records = self.sizes.records;
        let wanted = u64::from(records) * PAGE_BYTES / (bytes as u64).max(1);
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let wanted = wanted.clamp(records.div_ceil(2), records.saturating_mul(2));
        self.sizes.records = wanted.min(self.max_records);
    }

    /// Makes the pages smaller, if they can be.
    fn shrink(&mut self) -> bool {
        let RecordSizes { records, items } = &mut self.sizes;
        match (records, items) {
            (records @ 2.., _) => {
                *records = records.div_ceil(4);
                self.max_records = *records;
            }
            (_, Some(items @ 2..)) => *items = items.div_ceil(4),
            _ => return false,
        }
        true
    }
}
