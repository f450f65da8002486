//! Answering a request: page after page of GraphQL, as fast as the caller takes the bytes.

use std::collections::VecDeque;

use async_graphql::Request as Query;
use bytes::Bytes;
use futures_util::{Stream, stream};

use super::{
    Fault, FaultKind, Format, PageSizes, Request, Translation,
    node::{self, Malformed},
    render::{Renderer, Rest},
    translate,
};
use crate::error::Code;

/// The most bytes of a chunk.
const CHUNK: usize = 64 * 1024;

/// The longest body that is given out at once, in bytes.
const WHOLE: usize = 1 << 20;

/// Answers a request with the whole body, if one page of sessions without lists is all of it: one
/// statement, which shows one state by itself. Otherwise nothing is answered yet.
pub async fn answer_whole<E, F>(
    request: &Request,
    sizes: PageSizes,
    execute: E,
) -> Result<Option<Bytes>, Fault>
where
    E: Fn(Query) -> F,
    F: Future<Output = Result<Vec<u8>, Code>>,
{
    if request.has_lists() {
        return Ok(None);
    }
    let query = Translation::new(request, sizes).whole();
    let json = execute(query).await.map_err(|code| refused(code, request.format()))?;
    let written = write_whole(&json, &Renderer::new(request));
    written.map_err(|malformed| broken(malformed, request.format()))
}

fn write_whole(json: &[u8], renderer: &Renderer) -> Result<Option<Bytes>, Malformed> {
    let data = node::data(json)?;
    let page = node::page(&data)?;
    if page.next.is_some() {
        return Ok(None);
    }
    let mut out = Vec::with_capacity(json.len());
    renderer.head(page.nodes.len() as u64, &mut out);
    for (nth, session) in page.nodes.iter().enumerate() {
        renderer.session(session, nth == 0, &mut out, &mut Vec::new())?;
    }
    renderer.tail(&mut out);
    Ok((out.len() <= WHOLE).then(|| out.into()))
}

/// Answers a request with the body, in chunks. `execute` runs one GraphQL query and answers its
/// data as JSON; all queries must see the same state of the database.
///
/// The first page is there before this returns, so that what fails on it is a clean error. Later
/// pages are asked for only as the stream is polled. If one of them fails, so does the stream, and
/// the answer must be cut off: what was given out so far is not a whole document.
pub async fn answer<E, F>(
    request: Request,
    sizes: PageSizes,
    execute: E,
) -> Result<impl Stream<Item = Result<Bytes, Fault>> + Send + 'static, Fault>
where
    E: Fn(Query) -> F + Send + 'static,
    F: Future<Output = Result<Vec<u8>, Code>> + Send + 'static,
{
    let mut driver = Driver {
        execute,
        translation: Translation::new(&request, sizes),
        renderer: Renderer::new(&request),
        request,
        sizes,
        pieces: VecDeque::new(),
        next: None,
        total: 0,
        written: 0,
    };
    let first = driver.run(driver.translation.first()).await?;
    driver.write(&first).map_err(|malformed| driver.broken(malformed))?;
    Ok(stream::try_unfold(driver, |mut driver| async move {
        Ok(driver.chunk().await?.map(|chunk| (chunk, driver)))
    }))
}

struct Driver<E> {
    execute: E,
    request: Request,
    translation: Translation,
    renderer: Renderer,
    sizes: PageSizes,
    /// What comes before the next page.
    pieces: VecDeque<Piece>,
    /// The cursor of the page after this one.
    next: Option<String>,
    /// How many sessions the document promises.
    total: u64,
    /// How many it has.
    written: u64,
}

/// A part of a page of sessions, some of whose lists are not at their end.
enum Piece {
    Text(Bytes),
    Rest(Rest),
}

impl<E, F> Driver<E>
where
    E: Fn(Query) -> F,
    F: Future<Output = Result<Vec<u8>, Code>>,
{
    async fn chunk(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            if let Some(piece) = self.pieces.pop_front() {
                match piece {
                    Piece::Text(text) if text.is_empty() => {}
                    Piece::Text(mut text) => {
                        let rest = text.split_off(text.len().min(CHUNK));
                        self.pieces.push_front(Piece::Text(rest));
                        return Ok(Some(text));
                    }
                    Piece::Rest(rest) => self.rest(rest).await?,
                }
            } else if let Some(cursor) = self.next.take() {
                let json = self.run(self.translation.after(cursor)).await?;
                self.write(&json).map_err(|malformed| self.broken(malformed))?;
            } else {
                return Ok(None);
            }
        }
    }

    /// Writes a page of sessions, with gaps where lists are not at their end.
    fn write(&mut self, json: &[u8]) -> Result<(), Malformed> {
        let data = node::data(json)?;
        let page = node::page(&data)?;
        let mut out = Vec::with_capacity(json.len());
        if self.written == 0 {
            self.total = page.total.ok_or(Malformed("totalCount"))?;
            self.renderer.head(self.total, &mut out);
        }
        let mut holes = Vec::new();
        for session in page.nodes {
            self.renderer.session(session, self.written == 0, &mut out, &mut holes)?;
            self.written += 1;
        }
        self.next = page.next.map(str::to_owned);
        if self.next.is_none() {
            if self.written != self.total {
                return Err(Malformed("totalCount"));
            }
            self.renderer.tail(&mut out);
        }
        // From the last hole to the first: each time what follows it is cut off.
        for hole in holes.into_iter().rev() {
            self.pieces.push_front(Piece::Text(out.split_off(hole.at).into()));
            self.pieces.push_front(Piece::Rest(hole.rest));
        }
        self.pieces.push_front(Piece::Text(out.into()));
        Ok(())
    }

    /// Asks for one more page of a session's list and writes it.
    async fn rest(&mut self, rest: Rest) -> Result<(), Fault> {
        let Rest { list, session, after } = &rest;
        let json = self.run(translate::rest(*list, session, after, self.sizes)).await?;
        self.write_rest(rest, &json).map_err(|malformed| self.broken(malformed))
    }

    fn write_rest(&mut self, rest: Rest, json: &[u8]) -> Result<(), Malformed> {
        let data = node::data(json)?;
        let (items, next) = node::rest(&data, rest.list)?;
        let mut out = Vec::with_capacity(json.len());
        self.renderer.more(rest.list, items, &mut out)?;
        if let Some(after) = next.map(str::to_owned) {
            self.pieces.push_front(Piece::Rest(Rest { after, ..rest }));
        }
        self.pieces.push_front(Piece::Text(out.into()));
        Ok(())
    }

    async fn run(&mut self, query: Query) -> Result<Vec<u8>, Fault> {
        (self.execute)(query).await.map_err(|code| self.refused(code))
    }

    fn broken(&self, malformed: Malformed) -> Fault {
        broken(malformed, self.request.format())
    }

    fn refused(&self, code: Code) -> Fault {
        refused(code, self.request.format())
    }
}

fn broken(Malformed(what): Malformed, format: Format) -> Fault {
    tracing::error!(what, "the answer to a translated query does not have the shape asked for");
    Fault::new(FaultKind::Internal, format)
}

fn refused(code: Code, format: Format) -> Fault {
    let kind = match code {
        Code::Unauthenticated | Code::Forbidden => FaultKind::Key,
        Code::RateLimited => FaultKind::RateLimited,
        Code::ServiceUnavailable => FaultKind::Unavailable,
        // What is internal is logged where it happened; anything else should not happen here.
        Code::Internal => FaultKind::Internal,
        Code::BadUserInput | Code::QueryTooComplex | Code::QueryTooDeep => {
            tracing::error!(code = code.word(), "a translated query was refused");
            FaultKind::Internal
        }
    };
    Fault::new(kind, format)
}
