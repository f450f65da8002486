//! Reading the rest of a body after an early answer.
//!
//! A server that answers and closes the connection while the client is still sending makes most
//! clients fail with a broken pipe, and the answer is lost: Python's http.client and the fetch of
//! Node.js read it only after the whole body is sent. So the rest of a body that no handler has
//! read is discarded, up to a bound, before the answer is sent.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::header::EXPECT,
    middleware::Next,
    response::Response,
};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::{sync::oneshot, time::timeout};

/// The size limit of the rest, in bytes.
const MAX_BYTES: usize = 32 << 20;
/// The time limit for reading the rest.
const MAX_TIME: Duration = Duration::from_secs(10);

/// Discards the part of the body that the handler has not read. HTTP/2 can end a single stream, but curl
/// fails if that happens while it sends.
pub(super) async fn discard(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    // This client sends the body only after the server has started to read it.
    let expects_continue = request.headers().contains_key(EXPECT);
    let (sender, mut receiver) = oneshot::channel();
    let request = request.map(|body| {
        Body::new(ReturnedBody {
            body,
            was_read: !expects_continue,
            is_at_end: false,
            owner: Some(sender),
        })
    });
    let response = next.run(request).await;
    if let Ok(rest) = receiver.try_recv() {
        // If a limit is exceeded, the connection is closed after the answer.
        let _ = timeout(MAX_TIME, discard_rest(rest)).await;
    }
    response
}

async fn discard_rest(mut body: Body) {
    let mut bytes = 0;
    while let Some(Ok(frame)) = body.frame().await {
        bytes += frame.data_ref().map_or(0, Bytes::len);
        if bytes > MAX_BYTES {
            return;
        }
    }
}

/// A body that is given back when it is dropped before its end.
struct ReturnedBody {
    body: Body,
    was_read: bool,
    is_at_end: bool,
    owner: Option<oneshot::Sender<Body>>,
}

impl HttpBody for ReturnedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.was_read = true;
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.is_at_end = !matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ReturnedBody {
    fn drop(&mut self) {
        if let Some(owner) = self.owner.take()
            && self.was_read
            && !self.is_at_end
            && !self.body.is_end_stream()
        {
            // If the request was cancelled, the body is dropped.
            let _ = owner.send(std::mem::take(&mut self.body));
        }
    }
}
