//! One log line for each request. It has the route and never the URL of the request: the query of
//! a URL can contain a key, and so can its path if a caller encodes the `?`.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, field::Empty, info, info_span};

pub(super) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The first part of a request id. It differs from one start of the gateway to the next.
static START: LazyLock<u32> =
    LazyLock::new(|| getrandom::u32().unwrap_or_else(|_| std::process::id()));
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Gives the request an id, which the response has too, and logs its status and time.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let id = format!("{:08x}-{}", *START, NEXT.fetch_add(1, Ordering::Relaxed));
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = info_span!(
        "http.request",
        id,
        method = request.method().as_str(),
        path = route.as_ref().map_or("unknown", MatchedPath::as_str),
        operation = Empty
    );
    async {
        let start = Instant::now();
        let mut response = next.run(request).await;
        let micros = start.elapsed().as_micros() as u64;
        info!(status = response.status().as_u16(), micros, "answered");
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID.clone(), id);
        }
        response
    }
    .instrument(span)
    .await
}
