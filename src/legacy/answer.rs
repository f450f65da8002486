//! Answering a request: page after page of GraphQL, as fast as the caller takes the bytes.

use std::{collections::VecDeque, vec};

use async_graphql::{Request as Query, Response, ServerError, Value};
use bytes::Bytes;
use futures_util::{Stream, stream};

use super::{
    Fault, FaultKind, PageSizes, Request, Translation,
    node::{self, Malformed, Page},
    render::{Renderer, Rest},
    translate,
};

/// A chunk is given out when it has grown to this many bytes, or when the next page is needed.
const CHUNK: usize = 64 * 1024;

/// Answers a request with the body, in chunks. `execute` runs one GraphQL query; all of them must
/// see the same state of the database.
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
    F: Future<Output = Response> + Send + 'static,
{
    let mut driver = Driver {
        execute,
        translation: Translation::new(&request, sizes),
        renderer: Renderer::new(&request),
        request,
        sizes,
        pieces: VecDeque::new(),
        nodes: Vec::new().into_iter(),
        next: None,
        total: 0,
        written: 0,
        closed: false,
    };
    let page = driver.page(driver.translation.first()).await?;
    driver.total = page.total.ok_or_else(|| driver.broken(Malformed("totalCount")))?;
    driver.turn_to(page);
    let mut head = Vec::new();
    driver.renderer.head(driver.total, &mut head);
    driver.pieces.push_back(Piece::Text(head));
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
    /// What comes before the next session.
    pieces: VecDeque<Piece>,
    /// The sessions of the page that are not written yet.
    nodes: vec::IntoIter<Value>,
    /// The cursor of the page after this one.
    next: Option<String>,
    /// How many sessions the document promises.
    total: u64,
    /// How many it has.
    written: u64,
    closed: bool,
}

/// A part of a session of which some lists are not at their end.
enum Piece {
    Text(Vec<u8>),
    Rest(Rest),
}

impl<E, F> Driver<E>
where
    E: Fn(Query) -> F,
    F: Future<Output = Response>,
{
    async fn chunk(&mut self) -> Result<Option<Bytes>, Fault> {
        let mut out = Vec::new();
        while out.len() < CHUNK && !self.closed {
            if let Some(piece) = self.pieces.pop_front() {
                match piece {
                    Piece::Text(text) => out.extend_from_slice(&text),
                    Piece::Rest(rest) => self.rest(rest, &mut out).await?,
                }
            } else if let Some(session) = self.nodes.next() {
                self.session(&session, &mut out)?;
            } else if self.next.is_none() {
                self.close(&mut out)?;
            } else if !out.is_empty() {
                break;
            } else if let Some(cursor) = self.next.take() {
                let page = self.page(self.translation.after(cursor)).await?;
                self.turn_to(page);
            }
        }
        Ok((!out.is_empty()).then(|| out.into()))
    }

    fn session(&mut self, session: &Value, out: &mut Vec<u8>) -> Result<(), Fault> {
        let mut holes = Vec::new();
        let written = self.renderer.session(session, self.written == 0, out, &mut holes);
        written.map_err(|malformed| self.broken(malformed))?;
        self.written += 1;
        // From the last hole to the first: each time what follows it is cut off.
        for hole in holes.into_iter().rev() {
            self.pieces.push_front(Piece::Text(out.split_off(hole.at)));
            self.pieces.push_front(Piece::Rest(hole.rest));
        }
        Ok(())
    }

    /// Writes one more page of a session's list.
    async fn rest(&mut self, rest: Rest, out: &mut Vec<u8>) -> Result<(), Fault> {
        let Rest { list, session, after } = rest;
        let data = self.run(translate::rest(list, &session, &after, self.sizes)).await?;
        let (items, next) = node::rest(&data, list).map_err(|malformed| self.broken(malformed))?;
        let written = self.renderer.more(list, items, out);
        written.map_err(|malformed| self.broken(malformed))?;
        if let Some(after) = next.map(str::to_owned) {
            self.pieces.push_front(Piece::Rest(Rest { list, session, after }));
        }
        Ok(())
    }

    fn close(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        if self.written != self.total {
            return Err(self.broken(Malformed("totalCount")));
        }
        self.renderer.tail(out);
        self.closed = true;
        Ok(())
    }

    fn turn_to(&mut self, page: Page) {
        self.nodes = page.nodes.into_iter();
        self.next = page.next;
    }

    async fn page(&mut self, query: Query) -> Result<Page, Fault> {
        let data = self.run(query).await?;
        node::page(data).map_err(|malformed| self.broken(malformed))
    }

    async fn run(&mut self, query: Query) -> Result<Value, Fault> {
        let response = (self.execute)(query).await;
        if response.errors.is_empty() {
            Ok(response.data)
        } else {
            Err(self.refused(&response.errors))
        }
    }

    fn broken(&self, Malformed(what): Malformed) -> Fault {
        tracing::error!(what, "the answer to a translated query does not have the shape asked for");
        Fault::new(FaultKind::Internal, self.request.format())
    }

    fn refused(&self, errors: &[ServerError]) -> Fault {
        let known = errors.iter().find_map(|error| kind(code(error)));
        let kind = known.unwrap_or_else(|| {
            // What is internal is logged where it happened; anything else should not happen here.
            let code = errors.first().map_or("", code);
            if code != "INTERNAL" {
                tracing::error!(code, "a translated query was refused");
            }
            FaultKind::Internal
        });
        Fault::new(kind, self.request.format())
    }
}

fn code(error: &ServerError) -> &str {
    match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
        Some(Value::String(code)) => code,
        _ => "",
    }
}

/// What an error code means to a legacy caller, other than that the gateway failed.
fn kind(code: &str) -> Option<FaultKind> {
    match code {
        "UNAUTHENTICATED" | "FORBIDDEN" => Some(FaultKind::Key),
        "RATE_LIMITED" => Some(FaultKind::RateLimited),
        "SERVICE_UNAVAILABLE" => Some(FaultKind::Unavailable),
        _ => None,
    }
}
