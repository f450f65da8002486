//! The keys in the headers of a request.
//!
//! A key can stand in `Authorization: Bearer`, `X-API-Key` and `INTEGRATION-KEY`, the vendor's own
//! header, in any number of each. They are tried in this order, and the first valid key counts:
//! proxies add headers of their own, which must not hide the caller's.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};

use crate::{
    app::{App, caller::Caller},
    error::{Code, Error, Result},
};

/// The names of the headers that can have a key, beside `Authorization`.
pub(super) const KEY_HEADERS: [&str; 2] = ["x-api-key", "integration-key"];

/// The maximum number of keys that are tried for one request.
const MAX_KEYS: usize = 8;

/// The caller of a request, or none if its headers have no key.
///
/// # Errors
/// When there are keys and none of them is valid, or the database fails.
pub(super) async fn caller(app: &App, headers: &HeaderMap) -> Result<Option<Arc<Caller>>> {
    let secrets = secrets(headers);
    if secrets.is_empty() {
        return Ok(None);
    }
    let caller = app.keys.admit(&secrets).await?;
    caller.map(Some).ok_or_else(|| {
        let message = "The key is not valid: it is unknown, expired or revoked. \
                       Send a valid key as 'Authorization: Bearer KEY'.";
        Error::client(Code::Unauthenticated, message)
    })
}

/// The secrets in the headers, in the order in which they are tried. A header that should hold one
/// and does not counts as an empty secret, which no key has.
pub(super) fn secrets(headers: &HeaderMap) -> Vec<&str> {
    let bearer = headers.get_all(AUTHORIZATION).iter().filter_map(bearer);
    let others = KEY_HEADERS.iter().flat_map(|name| headers.get_all(*name)).map(text);
    bearer.chain(others).take(MAX_KEYS).collect()
}

/// The secret in a value of `Authorization`. A value of another scheme has none.
fn bearer(value: &HeaderValue) -> Option<&str> {
    match text(value).split_once(char::is_whitespace) {
        Some((scheme, secret)) if scheme.eq_ignore_ascii_case("bearer") => Some(secret.trim()),
        Some(_) => None,
        // A scheme without a key, or a key without a scheme.
        None => (!text(value).is_empty()).then_some(""),
    }
}

fn text(value: &HeaderValue) -> &str {
    str::from_utf8(value.as_bytes()).unwrap_or_default().trim()
}
