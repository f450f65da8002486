//! Answering a request: page after page of GraphQL, as fast as the caller takes the bytes.

use std::collections::VecDeque;

use async_graphql::Request as Query;
use bytes::Bytes;
use futures_util::{Stream, stream};

use super::{
    Fault, FaultKind, PageSizes, Request, Translation,
    node::{self, Malformed},
    render::{Renderer, Rest},
    translate,
};
use crate::error::Code;

/// The most bytes of a chunk.
const CHUNK: usize = 64 * 1024;

/// The body of an answer.
pub enum Body<S> {
    /// All of it.
    Whole(Bytes),
    /// In chunks.
    Stream(S),
}

/// Answers a request. `execute` runs one GraphQL query and answers its
/// data as JSON; all queries must see the same state of the database.
///
/// The first page is there before this returns, so that what fails on it is a clean error. Later
/// pages are asked for only as the stream is polled. If one of them fails, so does the stream, and
/// the answer must be cut off: what was given out so far is not a whole document.
pub async fn answer<E, F>(
    request: Request,
    sizes: PageSizes,
    execute: E,
) -> Result<Body<impl Stream<Item = Result<Bytes, Fault>> + Send + 'static>, Fault>
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
    driver.page(driver.translation.first()).await?;
    if let Some(body) = driver.whole() {
        return Ok(Body::Whole(body));
    }
    Ok(Body::Stream(stream::try_unfold(driver, |mut driver| async move {
        Ok(driver.chunk().await?.map(|chunk| (chunk, driver)))
    })))
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
                self.page(self.translation.after(cursor)).await?;
            } else {
                return Ok(None);
            }
        }
    }

    /// The whole body, if there is nothing more to ask for.
    fn whole(&mut self) -> Option<Bytes> {
        match (&self.next, self.pieces.len(), self.pieces.pop_front()) {
            (None, 1, Some(Piece::Text(text))) => Some(text),
            (_, _, piece) => {
                piece.into_iter().for_each(|piece| self.pieces.push_front(piece));
                None
            }
        }
    }

    /// Asks for a page of sessions and writes it, with gaps where lists are not at their end.
    async fn page(&mut self, query: Query) -> Result<(), Fault> {
        let json = self.run(query).await?;
        self.write(&json).map_err(|malformed| self.broken(malformed))
    }

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

    fn broken(&self, Malformed(what): Malformed) -> Fault {
        tracing::error!(what, "the answer to a translated query does not have the shape asked for");
        Fault::new(FaultKind::Internal, self.request.format())
    }

    fn refused(&self, code: Code) -> Fault {
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
        Fault::new(kind, self.request.format())
    }
}
