//! Answering a request: page after page of GraphQL, at the pace at which the caller reads.

use std::{collections::VecDeque, pin::Pin, sync::Arc};

use async_graphql::Request as Query;
use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::task::spawn_blocking;

use super::{
    error::{LegacyError, LegacyErrorKind},
    format::OutputFormat,
    render::{Continuation, Placeholder, Renderer},
    request::LegacyRequest,
    response::{self, MalformedResponse},
    translate::{self, PageSizes, Translation},
};
use crate::error::Code;

/// The size limit of a chunk of the body, in bytes.
const MAX_CHUNK: usize = 64 * 1024;

/// The size limit of a body that is not streamed, in bytes.
const MAX_SINGLE_PAGE: usize = 1 << 20;

/// The size of the text before and after the sessions, in bytes.
const ENVELOPE: usize = 256;

/// Answers a request with the whole body, if the answer is one page of sessions, whose lists are one
/// page each. All statements of `execute` must see the same state of the database.
///
/// Returns `None` for any other answer, of which nothing is written yet.
pub async fn answer_single_page<E, F>(
    request: &LegacyRequest,
    sizes: PageSizes,
    execute: E,
) -> Result<Option<Bytes>, LegacyError>
where
    E: Fn(Query) -> F,
    F: Future<Output = Result<Vec<u8>, Code>>,
{
    let query = Translation::new(request, sizes).single_page(sizes);
    let json = match execute(query).await {
        Ok(json) => json,
        // The page is too large to be in memory as a whole.
        Err(Code::QueryTooComplex) => return Ok(None),
        Err(code) => return Err(failed(code, request.format())),
    };
    let body = response::json_text(json)
        .and_then(|json| write_single_page(&json, &Renderer::new(request)));
    body.map_err(|error| malformed(error, request.format()))
}

fn write_single_page(json: &str, renderer: &Renderer) -> Result<Option<Bytes>, MalformedResponse> {
    if response::parse_head(json, false)?.next.is_some() {
        return Ok(None);
    }
    let (mut sessions, mut placeholders) = (Vec::with_capacity(json.len()), Vec::new());
    let count = renderer.write_sessions(json, true, &mut sessions, &mut placeholders)?;
    if !placeholders.is_empty() {
        return Ok(None);
    }
    let mut out = Vec::with_capacity(sessions.len() + ENVELOPE);
    renderer.write_head(count, &mut out);
    out.append(&mut sessions);
    renderer.write_tail(&mut out);
    Ok((out.len() <= MAX_SINGLE_PAGE).then(|| out.into()))
}

/// Answers a request with the body, in chunks. `execute` runs one GraphQL query and returns its
/// data as JSON. All queries must see the same state of the database.
///
/// The first page is loaded before this function returns, so its errors are clean. Each later page
/// is requested as soon as the page before it is there: an `execute` that starts at once loads a
/// page while the page before it is written. A page that is too large, which is the error
/// `QUERY_TOO_COMPLEX`, is requested again in smaller pages. If a later page fails, the stream fails, and the
/// caller of this function must abort the answer, which is not a whole document.
pub async fn answer<E, F>(
    request: LegacyRequest,
    sizes: PageSizes,
    execute: E,
) -> Result<impl Stream<Item = Result<Bytes, LegacyError>> + Send + 'static, LegacyError>
where
    E: Fn(Query) -> F + Send + 'static,
    F: Future<Output = Result<Vec<u8>, Code>> + Send + 'static,
{
    let sizes = sizes.for_request(&request);
    let mut pages = PagedAnswer {
        execute,
        translation: Translation::new(&request, sizes),
        renderer: Arc::new(Renderer::new(&request)),
        format: request.format(),
        sizes,
        pieces: VecDeque::new(),
        next_page: None,
        total: None,
        written: 0,
    };
    let first = Box::pin((pages.execute)(pages.translation.page(None)));
    let first = pages.load_page(first, None).await?;
    pages.write_page(first).await?;
    Ok(stream::try_unfold(pages, |mut pages| async move {
        Ok(pages.next_chunk().await?.map(|chunk| (chunk, pages)))
    }))
}

struct PagedAnswer<E, F> {
    execute: E,
    translation: Translation,
    renderer: Arc<Renderer>,
    format: OutputFormat,
    sizes: PageSizes,
    /// The parts of the body before the next page.
    pieces: VecDeque<OutputPiece>,
    /// The next page, which is requested already, and the cursor before it.
    next_page: Option<(Pin<Box<F>>, String)>,
    /// The number of sessions at the head of the document, once it is known.
    total: Option<u64>,
    /// The number of sessions that are written.
    written: u64,
}

/// A page of sessions, written, with the head or the tail of the document where they belong to it.
struct WrittenPage {
    text: Vec<u8>,
    /// The lists that have more pages, in the order of the text.
    placeholders: Vec<Placeholder>,
    sessions: u64,
}

impl WrittenPage {
    /// Writes a page. The first page has a `total`.
    fn new(
        json: &str,
        renderer: &Renderer,
        total: Option<u64>,
        is_last: bool,
    ) -> Result<Self, MalformedResponse> {
        let (mut text, mut placeholders) = (Vec::with_capacity(json.len()), Vec::new());
        if let Some(total) = total {
            renderer.write_head(total, &mut text);
        }
        let sessions =
            renderer.write_sessions(json, total.is_some(), &mut text, &mut placeholders)?;
        if is_last {
            renderer.write_tail(&mut text);
        }
        Ok(Self { text, placeholders, sessions })
    }
}

/// A part of the body.
enum OutputPiece {
    Text(Bytes),
    /// Further items of a list, which are not loaded yet.
    Continuation(Continuation),
}

impl<E, F> PagedAnswer<E, F>
where
    E: Fn(Query) -> F,
    F: Future<Output = Result<Vec<u8>, Code>>,
{
    async fn next_chunk(&mut self) -> Result<Option<Bytes>, LegacyError> {
        loop {
            if let Some(piece) = self.pieces.pop_front() {
                match piece {
                    OutputPiece::Text(text) if text.is_empty() => {}
                    OutputPiece::Text(mut text) => {
                        let rest = text.split_off(text.len().min(MAX_CHUNK));
                        self.pieces.push_front(OutputPiece::Text(rest));
                        return Ok(Some(text));
                    }
                    OutputPiece::Continuation(continuation) => {
                        self.load_continuation(continuation).await?;
                    }
                }
            } else if let Some((page, after)) = self.next_page.take() {
                let json = self.load_page(page, Some(&after)).await?;
                self.write_page(json).await?;
            } else {
                return Ok(None);
            }
        }
    }

    /// Requests the page after this one, and writes this one.
    async fn write_page(&mut self, json: String) -> Result<(), LegacyError> {
        let (renderer, is_first) = (self.renderer.clone(), self.total.is_none());
        let head =
            response::parse_head(&json, is_first).map_err(|error| malformed(error, self.format))?;
        self.total = self.total.or(head.total);
        let (total, is_last) = (self.total.filter(|_| is_first), head.next.is_none());
        self.next_page = head.next.map(|cursor| {
            let page = (self.execute)(self.translation.page(Some(cursor)));
            (Box::pin(page), cursor.to_owned())
        });
        let write = move || WrittenPage::new(&json, &renderer, total, is_last);
        let page = match is_last {
            true => write(),
            // On another thread: this one can process what the database sends.
            false => spawn_blocking(write).await.unwrap_or(Err(MalformedResponse("page"))),
        };
        page.and_then(|page| self.add_page(page)).map_err(|error| malformed(error, self.format))
    }

    /// Splits a page at its placeholders.
    fn add_page(&mut self, page: WrittenPage) -> Result<(), MalformedResponse> {
        self.written += page.sessions;
        if self.next_page.is_none() && self.total != Some(self.written) {
            return Err(MalformedResponse("totalCount"));
        }
        let (mut text, mut start) = (Bytes::from(page.text), 0);
        for Placeholder { position, continuation } in page.placeholders {
            self.pieces.push_back(OutputPiece::Text(text.split_to(position - start)));
            self.pieces.push_back(OutputPiece::Continuation(continuation));
            start = position;
        }
        self.pieces.push_back(OutputPiece::Text(text));
        Ok(())
    }

    /// Waits for a page. Requests smaller pages from now on if it is too large.
    async fn load_page(
        &mut self,
        mut page: Pin<Box<F>>,
        after: Option<&str>,
    ) -> Result<String, LegacyError> {
        loop {
            match page.await {
                Err(Code::QueryTooComplex) if self.shrink() => {
                    page = Box::pin((self.execute)(self.translation.page(after)));
                }
                json => return self.json_text(json),
            }
        }
    }

    /// Makes the pages smaller, if they can be.
    fn shrink(&mut self) -> bool {
        let Some(sizes) = self.sizes.smaller() else { return false };
        self.resize(sizes);
        true
    }

    fn resize(&mut self, sizes: PageSizes) {
        self.sizes = sizes;
        self.translation.resize(sizes);
    }

    /// Loads and writes one more page of a session's list.
    async fn load_continuation(&mut self, continuation: Continuation) -> Result<(), LegacyError> {
        let json = loop {
            let query = translate::continuation(&continuation, self.sizes);
            match (self.execute)(query).await {
                Err(Code::QueryTooComplex) if self.sizes.children > 1 => {
                    self.resize(self.sizes.smaller_children());
                }
                json => break self.json_text(json)?,
            }
        };
        self.write_continuation(continuation, &json).map_err(|error| malformed(error, self.format))
    }

    fn write_continuation(
        &mut self,
        continuation: Continuation,
        json: &str,
    ) -> Result<(), MalformedResponse> {
        let page = response::parse_continuation(json, continuation.list)?;
        let mut out = Vec::with_capacity(json.len());
        self.renderer.write_more_items(&page.nodes, &mut out);
        if let Some(after) = page.next.map(str::to_owned) {
            let next = Continuation { after, ..continuation };
            self.pieces.push_front(OutputPiece::Continuation(next));
        }
        self.pieces.push_front(OutputPiece::Text(out.into()));
        Ok(())
    }

    fn json_text(&self, json: Result<Vec<u8>, Code>) -> Result<String, LegacyError> {
        let json = json.map_err(|code| failed(code, self.format))?;
        response::json_text(json).map_err(|error| malformed(error, self.format))
    }
}

fn malformed(MalformedResponse(part): MalformedResponse, format: OutputFormat) -> LegacyError {
    tracing::error!(part, "the response to a translated query is malformed");
    LegacyError::new(LegacyErrorKind::Internal, format)
}

fn failed(code: Code, format: OutputFormat) -> LegacyError {
    // An internal error is logged where it occurs. The gateway's own query should not be refused.
    if matches!(code, Code::BadUserInput | Code::QueryTooComplex | Code::QueryTooDeep) {
        tracing::error!(code = code.as_str(), "a translated query was refused");
    }
    LegacyError::new(code.into(), format)
}
