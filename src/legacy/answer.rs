//! Answering a request: page after page of GraphQL, as fast as the caller takes the bytes.

use std::{collections::VecDeque, pin::Pin, sync::Arc};

use async_graphql::Request as Query;
use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::task::spawn_blocking;

use super::{
    Fault, FaultKind, Format, PageSizes, Request, Translation,
    node::{self, Malformed},
    render::{Hole, Renderer, Rest},
    translate,
};
use crate::error::Code;

/// The most bytes of a chunk.
const CHUNK: usize = 64 * 1024;

/// The longest body that is given out at once, in bytes.
const WHOLE: usize = 1 << 20;

/// Room for what stands before and after the sessions, in bytes.
const HEAD: usize = 256;

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
    let query = Translation::new(request, sizes).whole(sizes);
    let json = execute(query).await.map_err(|code| refused(code, request.format()))?;
    let written = node::text(json).and_then(|json| write_whole(&json, &Renderer::new(request)));
    written.map_err(|malformed| broken(malformed, request.format()))
}

fn write_whole(json: &str, renderer: &Renderer) -> Result<Option<Bytes>, Malformed> {
    if node::info(json, false)?.next.is_some() {
        return Ok(None);
    }
    let mut sessions = Vec::with_capacity(json.len());
    let count = renderer.sessions(json, true, &mut sessions, &mut Vec::new())?;
    let mut out = Vec::with_capacity(sessions.len() + HEAD);
    renderer.head(count, &mut out);
    out.append(&mut sessions);
    renderer.tail(&mut out);
    Ok((out.len() <= WHOLE).then(|| out.into()))
}

/// Answers a request with the body, in chunks. `execute` runs one GraphQL query and answers its
/// data as JSON; all queries must see the same state of the database.
///
/// The first page is there before this returns, so that what fails on it is a clean error. Each
/// later page is asked for when the one before it is there, so that an `execute` which begins at
/// once reads a page while the one before it is written. If one of them fails, so does the stream,
/// and the answer must be cut off: what was given out so far is not a whole document.
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
        renderer: Arc::new(Renderer::new(&request)),
        request,
        sizes,
        pieces: VecDeque::new(),
        next: None,
        total: None,
        written: 0,
    };
    let first = driver.run(driver.translation.first()).await?;
    driver.page(first).await?;
    Ok(stream::try_unfold(driver, |mut driver| async move {
        Ok(driver.chunk().await?.map(|chunk| (chunk, driver)))
    }))
}

struct Driver<E, F> {
    execute: E,
    request: Request,
    translation: Translation,
    renderer: Arc<Renderer>,
    sizes: PageSizes,
    /// What comes before the next page.
    pieces: VecDeque<Piece>,
    /// The next page, asked for.
    next: Option<Pin<Box<F>>>,
    /// How many sessions the document promises, once that is known.
    total: Option<u64>,
    /// How many it has.
    written: u64,
}

/// A page of sessions, written, with what stands before the first and after the last page.
struct Written {
    text: Vec<u8>,
    /// Where lists are not at their end, in order.
    holes: Vec<Hole>,
    sessions: u64,
}

impl Written {
    /// Writes a page, the first if there is a `total`.
    fn of(
        json: &str,
        renderer: &Renderer,
        total: Option<u64>,
        is_last: bool,
    ) -> Result<Self, Malformed> {
        let (mut text, mut holes) = (Vec::with_capacity(json.len()), Vec::new());
        if let Some(total) = total {
            renderer.head(total, &mut text);
        }
        let sessions = renderer.sessions(json, total.is_some(), &mut text, &mut holes)?;
        if is_last {
            renderer.tail(&mut text);
        }
        Ok(Self { text, holes, sessions })
    }
}

/// A part of a page of sessions, some of whose lists are not at their end.
enum Piece {
    Text(Bytes),
    Rest(Rest),
}

impl<E, F> Driver<E, F>
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
            } else if let Some(next) = self.next.take() {
                let json = next.await;
                let json = self.read(json)?;
                self.page(json).await?;
            } else {
                return Ok(None);
            }
        }
    }

    /// Takes a page of sessions, and asks for the next while it writes this one.
    async fn page(&mut self, json: String) -> Result<(), Fault> {
        let (renderer, is_first) = (self.renderer.clone(), self.total.is_none());
        let info = node::info(&json, is_first).map_err(|malformed| self.broken(malformed))?;
        self.total = self.total.or(info.total);
        let (total, is_last) = (self.total.filter(|_| is_first), info.next.is_none());
        self.next = info
            .next
            .map(|cursor| Box::pin((self.execute)(self.translation.after(cursor.to_owned()))));
        let write = move || Written::of(&json, &renderer, total, is_last);
        let written = match is_last {
            true => write(),
            // On another thread, so that this one is free to read what the database answers.
            false => spawn_blocking(write).await.unwrap_or(Err(Malformed("page"))),
        };
        written.and_then(|page| self.take(page)).map_err(|malformed| self.broken(malformed))
    }

    /// Lines a page up, cut where lists are not at their end.
    fn take(&mut self, page: Written) -> Result<(), Malformed> {
        self.written += page.sessions;
        if self.next.is_none() && self.total != Some(self.written) {
            return Err(Malformed("totalCount"));
        }
        let (mut text, mut from) = (Bytes::from(page.text), 0);
        for Hole { at, rest } in page.holes {
            self.pieces.push_back(Piece::Text(text.split_to(at - from)));
            self.pieces.push_back(Piece::Rest(rest));
            from = at;
        }
        self.pieces.push_back(Piece::Text(text));
        Ok(())
    }

    /// Asks for one more page of a session's list and writes it.
    async fn rest(&mut self, rest: Rest) -> Result<(), Fault> {
        let Rest { list, session, after } = &rest;
        let json = self.run(translate::rest(*list, session, after, self.sizes)).await?;
        self.write_rest(rest, &json).map_err(|malformed| self.broken(malformed))
    }

    fn write_rest(&mut self, rest: Rest, json: &str) -> Result<(), Malformed> {
        let page = node::rest(json, rest.list)?;
        let mut out = Vec::with_capacity(json.len());
        self.renderer.more(&page.nodes, &mut out);
        if let Some(after) = page.next.map(str::to_owned) {
            self.pieces.push_front(Piece::Rest(Rest { after, ..rest }));
        }
        self.pieces.push_front(Piece::Text(out.into()));
        Ok(())
    }

    async fn run(&mut self, query: Query) -> Result<String, Fault> {
        let json = (self.execute)(query).await;
        self.read(json)
    }

    fn read(&self, json: Result<Vec<u8>, Code>) -> Result<String, Fault> {
        let json = json.map_err(|code| self.refused(code))?;
        node::text(json).map_err(|malformed| self.broken(malformed))
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
    // What is internal is logged where it happened; these should not happen here.
    if matches!(code, Code::BadUserInput | Code::QueryTooComplex | Code::QueryTooDeep) {
        tracing::error!(code = code.word(), "a translated query was refused");
    }
    Fault::new(code.into(), format)
}
