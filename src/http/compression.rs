//! Compressed answers: gzip and zstd, as the client accepts them.
//!
//! The levels are the fastest ones, so that compressing costs less than making the answer
//! (docs/PERFORMANCE.md).

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{
        HeaderMap, HeaderValue, Method,
        header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, VARY},
    },
    response::Response,
};
use futures_util::stream;

mod body;
mod coding;

use body::{CompressedBody, Encoder};
use coding::Coding;

/// A shorter answer is sent as it is.
const MIN_BYTES: u64 = 1024;

/// Compresses the answer to a request.
pub(super) async fn compress<F: Future<Output = Response>>(
    request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    let coding = Coding::accepted(request.headers());
    let is_head = request.method() == Method::HEAD;
    let mut response = answer(request).await;
    let size = size(&response, is_head);
    let headers = response.headers_mut();
    if is_encoded(headers) || is_events(headers) {
        return response;
    }
    headers.append(VARY, HeaderValue::from_static("accept-encoding"));
    let Some(coding) = coding.filter(|_| size.is_none_or(|size| size >= MIN_BYTES)) else {
        return response;
    };
    let Ok(encoder) = Encoder::new(coding, size) else { return response };
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
    headers.remove(CONTENT_LENGTH);
    if is_head {
        // Of unknown length, so that the head gets none.
        return response.map(|_| Body::from_stream(stream::empty::<Result<Bytes, Infallible>>()));
    }
    response.map(|body| Body::new(CompressedBody::new(body, encoder)))
}

/// Whether an answer has its coding already: that of an embedded file, or none because it has a tag that
/// names its bytes.
fn is_encoded(headers: &HeaderMap) -> bool {
    let varies = headers.get(VARY).is_some_and(|it| it == "accept-encoding");
    varies || headers.contains_key(CONTENT_ENCODING) || headers.contains_key(ETAG)
}

/// Whether an answer is a stream of events, which lasts for hours: an encoder takes more memory than the rest of a
/// subscription.
fn is_events(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"text/event-stream"))
}

/// The size of the body, if it is known. An answer to HEAD has the length of the body that it does not
/// have.
fn size(response: &Response, is_head: bool) -> Option<u64> {
    match is_head {
        true => response.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok(),
        false => response.body().size_hint().exact(),
    }
}
