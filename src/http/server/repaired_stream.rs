//! A stream that repairs request lines of the legacy URL before the HTTP library reads them.
//!
//! Only the first line of a head is inspected. A head begins where the connection begins, and behind the
//! body of the request before it. The library says how long that body is ([`Heads::read`]): this stream
//! gives it one head at a time, and does not read lengths of bodies itself, so the two can never disagree
//! about where a request ends. Behind a body of unknown length nothing is inspected any more.
//!
//! The connection closes after a request whose line was repaired. So even if a proxy took that line for
//! something else, no byte behind the request is taken for another request.

use std::{
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
};

use memchr::memchr;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::request_line::{Inspected, inspect};

/// The number of bytes that are read at once of a head.
const PART: usize = 4 * 1024;
/// The length of a body whose length is not known.
const UNKNOWN: u64 = u64::MAX;

/// The heads that the HTTP library has read of a connection.
#[derive(Debug, Default)]
pub(super) struct Heads {
    count: AtomicUsize,
    body_length: AtomicU64,
    /// The number of the request after which the connection closes, or 0.
    last: AtomicUsize,
    /// Whether what follows is of another protocol.
    is_upgraded: AtomicBool,
}

impl Heads {
    /// The library has read a head, and knows the length of its body or does not. Returns whether the
    /// connection closes after this request.
    pub(super) fn read(&self, body_length: Option<u64>) -> bool {
        self.body_length.store(body_length.unwrap_or(UNKNOWN), Relaxed);
        let number = self.count.fetch_add(1, Relaxed) + 1;
        number == self.last.load(Relaxed)
    }

    /// The connection changes its protocol after the request that was read last.
    pub(super) fn upgrade(&self) {
        self.is_upgraded.store(true, Relaxed);
    }
}

/// Which bytes of a connection come next.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// The line of a request. So many bytes of it have no line break.
    Line(usize),
    /// The rest of a head, which ends at an empty line; and whether a line begins.
    Head(bool),
    /// A body, whose length the library knows as soon as it has read the head.
    UnknownBody,
    /// So many bytes of a body.
    Body(u64),
    /// Bytes that are not inspected.
    Anything,
}

/// A stream that repairs request lines of the legacy URL.
#[derive(Debug)]
pub(super) struct RepairedStream<S> {
    stream: S,
    heads: Arc<Heads>,
    is_legacy_path: fn(&[u8]) -> bool,
    next: Next,
    /// The number of heads that were passed on.
    passed_heads: usize,
    /// Bytes that were received and not passed on.
    held: Vec<u8>,
    /// How many of them are inspected and may be passed on.
    inspected: usize,
}

impl<S> RepairedStream<S> {
    pub(super) fn new(stream: S, heads: Arc<Heads>, is_legacy_path: fn(&[u8]) -> bool) -> Self {
        let (passed_heads, held, inspected) = (0, Vec::new(), 0);
        Self { stream, heads, is_legacy_path, next: Next::Line(0), passed_heads, held, inspected }
    }

    /// Inspects held bytes, until some may be passed on or more are needed.
    fn inspect_held(&mut self) {
        if self.heads.is_upgraded.load(Relaxed) {
            self.next = Next::Anything;
        }
        while self.inspected == 0 {
            match self.next {
                Next::UnknownBody => self.next = self.after_head(),
                _ if self.held.is_empty() => return,
                Next::Line(searched) => match inspect(&self.held, searched, self.is_legacy_path) {
                    Inspected::Incomplete => {
                        self.next = Next::Line(self.held.len());
                        return;
                    }
                    Inspected::Unchanged => self.next = Next::Head(false),
                    Inspected::Repaired(length, line) => {
                        self.held.splice(..length, line);
                        self.heads.last.store(self.passed_heads + 1, Relaxed);
                        self.next = Next::Anything;
                    }
                    Inspected::Foreign => self.next = Next::Anything,
                },
                Next::Head(begins_line) => match end_of_head(&self.held, begins_line) {
                    Ok(end) => {
                        self.passed_heads += 1;
                        (self.inspected, self.next) = (end, Next::UnknownBody);
                    }
                    Err(begins_line) => {
                        (self.inspected, self.next) = (self.held.len(), Next::Head(begins_line));
                    }
                },
                Next::Body(rest) => {
                    self.inspected =
                        self.held.len().min(usize::try_from(rest).unwrap_or(usize::MAX));
                    self.next = behind(rest, self.inspected);
                }
                Next::Anything => self.inspected = self.held.len(),
            }
        }
    }

    /// What follows the head that was passed on last. The library has read it by now, else it waits for
    /// more than a head.
    fn after_head(&self) -> Next {
        match self.heads.body_length.load(Relaxed) {
            _ if self.heads.count.load(Relaxed) != self.passed_heads => Next::Anything,
            UNKNOWN => Next::Anything,
            0 => Next::Line(0),
            length => Next::Body(length),
        }
    }
}

/// What follows so many bytes of a body.
fn behind(body: u64, passed: usize) -> Next {
    match body.saturating_sub(passed as u64) {
        0 => Next::Line(0),
        rest => Next::Body(rest),
    }
}

/// Returns where a head ends, or whether a line begins at the end of these bytes.
fn end_of_head(bytes: &[u8], mut begins_line: bool) -> Result<usize, bool> {
    let mut end = 0;
    loop {
        while begins_line {
            match bytes.get(end) {
                Some(b'\n') => return Ok(end + 1),
                Some(b'\r') => end += 1,
                Some(_) => begins_line = false,
                None => return Err(true),
            }
        }
        let Some(line) = memchr(b'\n', &bytes[end..]) else { return Err(false) };
        end += line + 1;
        begins_line = true;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for RepairedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            this.inspect_held();
            if this.inspected > 0 {
                let length = this.inspected.min(buffer.remaining());
                buffer.put_slice(&this.held[..length]);
                this.inspected -= length;
                if length == this.held.len() {
                    this.held = Vec::new();
                } else {
                    this.held.drain(..length);
                }
                return Poll::Ready(Ok(()));
            }
            if this.held.is_empty() && matches!(this.next, Next::Body(_) | Next::Anything) {
                return this.poll_read_body(context, buffer);
            }
            let mut part = [MaybeUninit::uninit(); PART];
            let mut part = ReadBuf::uninit(&mut part);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut part))?;
            if part.filled().is_empty() {
                // The end of the stream. An incomplete line is passed on before it.
                this.next = Next::Anything;
                if this.held.is_empty() {
                    return Poll::Ready(Ok(()));
                }
            }
            this.held.extend_from_slice(part.filled());
        }
    }
}

impl<S: AsyncRead + Unpin> RepairedStream<S> {
    /// Reads bytes that are not inspected, without a copy of them.
    fn poll_read_body(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let start = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if let Next::Body(rest) = self.next {
            let rest_length = usize::try_from(rest).unwrap_or(usize::MAX);
            let end = buffer.filled().len().min(start.saturating_add(rest_length));
            self.held.extend_from_slice(&buffer.filled()[end..]);
            buffer.set_filled(end);
            self.next = behind(rest, end - start);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RepairedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
