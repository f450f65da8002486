//! What an answer and its log line say about the caller, and the end of its request.
//!
//! The headers `RateLimit-Policy` and `RateLimit` are those of draft-ietf-httpapi-ratelimit-headers-10.

use std::{
    fmt::Write as _,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER},
    response::Response,
};
use http_body::{Frame, SizeHint};

use super::request_log::notes;
use crate::{
    app::caller::{Caller, RequestSlot},
    domain::rate::RateBucket,
};

pub(super) static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub(super) static RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Adds the limits of a caller's key to an answer. The slot of the request is held until the answer is
/// sent.
pub(super) fn finish(
    mut response: Response,
    caller: &Caller,
    slot: Option<RequestSlot>,
) -> Response {
    notes(&mut response).viewer = Some(caller.viewer.clone());
    add_rate_headers(&mut response, caller);
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        let headers = response.headers_mut();
        headers.entry(RETRY_AFTER).or_insert(HeaderValue::from_static("1"));
    }
    match slot {
        Some(slot) => response.map(|body| Body::new(HeldBody { body, _slot: slot })),
        None => response,
    }
}

fn add_rate_headers(response: &mut Response, caller: &Caller) {
    let (mut policies, mut levels, mut wait) = (String::new(), String::new(), 0);
    for rate in caller.rate_levels() {
        if !policies.is_empty() {
            policies.push_str(", ");
            levels.push_str(", ");
        }
        let (unit, full_in) = (rate.unit, rate.level.full_in.as_millis().div_ceil(1000));
        // Writing to a text does not fail.
        let _ = write!(policies, "\"{unit}\";q={};w={}", rate.size, RateBucket::WINDOW.as_secs());
        if unit != "requests" {
            let _ = write!(policies, ";qu=\"{unit}\"");
        }
        let _ = write!(levels, "\"{unit}\";r={};t={full_in}", rate.level.remaining);
        wait = wait.max(full_in);
    }
    if policies.is_empty() {
        return;
    }
    let is_refused = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let headers = response.headers_mut();
    for (name, value) in [(&RATE_LIMIT_POLICY, policies), (&RATE_LIMIT, levels)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    // A full bucket has enough for any request.
    if is_refused && !headers.contains_key(RETRY_AFTER) {
        headers.insert(RETRY_AFTER, HeaderValue::from(u64::try_from(wait).unwrap_or(1).max(1)));
    }
}

/// The body of an answer, with the slot of its request.
struct HeldBody {
    body: Body,
    _slot: RequestSlot,
}

impl HttpBody for HeldBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
