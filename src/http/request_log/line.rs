//! The line of a request, which a long answer has at its end.

use std::{
    net::IpAddr,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tracing::{Span, debug, field::display, info};

use crate::{
    domain::viewer::Viewer,
    error::Code,
    export::{OutputFormat, RecordCount},
    metrics::{AnsweredRequest, CountedRequest},
    traces::set_status,
};

/// What the line of a request says beside its status.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct LogNotes {
    pub(in crate::http) viewer: Option<Arc<Viewer>>,
    /// Why the request was refused, in the words of its answer, and as a code.
    pub(in crate::http) error: Option<&'static str>,
    pub(in crate::http) code: Option<Code>,
    /// Whether other lines tell of such requests, which can be many.
    pub(in crate::http) is_repeated: bool,
    /// How long a long answer waited for others to end.
    pub(in crate::http) export_wait: Option<Duration>,
    /// The format of an answer that is written by `export`, and the number of its records.
    pub(in crate::http) export: Option<(OutputFormat, RecordCount)>,
    /// The stream that the answer is.
    pub(in crate::http) stream: Option<StreamNotes>,
}

/// What the line of a stream of events says. Clones share it.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct StreamNotes {
    /// The number of events.
    pub(in crate::http) events: RecordCount,
    end: Arc<OnceLock<&'static str>>,
}

impl StreamNotes {
    /// Notes why the stream ends. The first reason counts.
    pub(in crate::http) fn end(&self, reason: &'static str) {
        let _ = self.end.set(reason);
    }
}

/// What the line of a request says.
pub(super) struct LogLine {
    pub(super) start: Instant,
    pub(super) status: u16,
    pub(super) client: Option<IpAddr>,
    pub(super) notes: LogNotes,
    /// What counts the request, if it is counted.
    pub(super) counted: Option<CountedRequest>,
}

/// What was sent of a long answer.
struct Sent {
    /// The time until the head, in microseconds.
    first_micros: u64,
    bytes: u64,
    is_complete: bool,
}

impl LogLine {
    /// Logs a request whose answer has this size, if it is known.
    pub(super) fn log(&self, bytes: Option<u64>) {
        self.log_sent(bytes, None);
    }

    fn log_sent(&self, bytes: Option<u64>, sent: Option<&Sent>) {
        self.count(bytes, sent);
        let Self { start, status, notes, .. } = self;
        set_status(*status);
        let micros = micros(*start);
        let viewer = notes.viewer.as_deref();
        let client = self.client.map(display);
        let account = viewer.map(|viewer| &*viewer.account_name);
        let (key, error) = (viewer.map(|viewer| &*viewer.key_label), notes.error);
        if notes.is_repeated {
            debug!(status, micros, client, account, key, error, "answered");
            return;
        }
        let first_micros = sent.map(|sent| sent.first_micros);
        let is_complete = sent.map(|sent| sent.is_complete);
        let export_wait_micros = notes.export_wait.map(|wait| wait.as_micros() as u64);
        let (format, rows) = match &notes.export {
            Some((format, records)) => (Some(format.name()), Some(records.get())),
            None => (None, None),
        };
        let stream = notes.stream.as_ref();
        info!(
            status,
            micros,
            first_micros,
            export_wait_micros,
            client,
            account,
            key,
            error,
            format,
            rows,
            events = stream.map(|stream| stream.events.get()),
            end = stream.map(|stream| stream.end.get().unwrap_or(&"left")),
            bytes,
            is_complete,
            "answered"
        );
    }
}

impl LogLine {
    fn count(&self, bytes: Option<u64>, sent: Option<&Sent>) {
        let Self { start, status, notes, counted, .. } = self;
        let Some(counted) = counted else { return };
        let exported = notes.export.as_ref();
        counted.count(&AnsweredRequest {
            status: *status,
            duration: notes.stream.is_none().then(|| start.elapsed()),
            bytes: bytes.unwrap_or(0),
            is_complete: sent.is_none_or(|sent| sent.is_complete) || notes.stream.is_some(),
            refusal: notes.code.map(Code::as_str),
            export_wait: notes.export_wait,
            exported: exported.map(|(format, records)| (format.name(), records.get())),
        });
    }
}

fn micros(start: Instant) -> u64 {
    start.elapsed().as_micros() as u64
}

/// A long answer, which is logged at its end.
pub(super) struct LoggedBody {
    body: Body,
    line: LogLine,
    sent: Sent,
    span: Span,
}

impl LoggedBody {
    /// An answer whose head is sent now.
    pub(super) fn new(body: Body, line: LogLine) -> Self {
        let sent = Sent { first_micros: micros(line.start), bytes: 0, is_complete: false };
        Self { body, line, sent, span: Span::current() }
    }
}

impl HttpBody for LoggedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                self.sent.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
                self.sent.is_complete = self.body.is_end_stream();
            }
            Poll::Ready(None) => self.sent.is_complete = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for LoggedBody {
    fn drop(&mut self) {
        self.span.in_scope(|| self.line.log_sent(Some(self.sent.bytes), Some(&self.sent)));
    }
}
