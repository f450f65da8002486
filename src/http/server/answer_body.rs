//! The body of an answer, which ends its request when it is dropped.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

use super::{activity::RequestInProgress, http2_stream::StreamProgress};

/// The size of the parts that HTTP/2 gets. It asks for the next when the client has read the last, but
/// takes a part of any size at once.
const PART: usize = 16 * 1024;

/// The body of an answer.
#[derive(Debug)]
pub(super) struct AnswerBody {
    body: Body,
    _request: RequestInProgress,
    /// The progress of the stream of HTTP/2, and the rest of a frame.
    stream: Option<(Arc<StreamProgress>, Bytes)>,
}

impl AnswerBody {
    pub(super) fn new(body: Body, request: RequestInProgress) -> Self {
        let stream = StreamProgress::current().map(|progress| (progress, Bytes::new()));
        Self { body, _request: request, stream }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let Some((progress, rest)) = &mut this.stream else {
            return Pin::new(&mut this.body).poll_frame(context);
        };
        let mut frame = None;
        if rest.is_empty() {
            match Pin::new(&mut this.body).poll_frame(context) {
                Poll::Ready(Some(Ok(next))) => match next.into_data() {
                    Ok(data) => *rest = data,
                    Err(trailers) => frame = Some(trailers),
                },
                other => {
                    progress.set_waiting(false);
                    return other;
                }
            }
        }
        progress.set_waiting(true);
        let frame = frame.unwrap_or_else(|| Frame::data(rest.split_to(rest.len().min(PART))));
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream() && self.stream.as_ref().is_none_or(|(_, rest)| rest.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        if let Some((_, rest)) = &self.stream {
            let rest = rest.len() as u64;
            let upper = hint.upper().map(|upper| upper + rest);
            hint.set_lower(hint.lower() + rest);
            if let Some(upper) = upper {
                hint.set_upper(upper);
            }
        }
        hint
    }
}
