//! The keys in the headers of a request.
//!
//! A key can stand in `Authorization: Bearer`, `X-API-Key` and `INTEGRATION-KEY`, the vendor's own
//! header, in any number of each. They are tried in this order, and the first valid key counts:
//! proxies add headers of their own, which must not hide the caller's.

use std::{net::IpAddr, sync::Arc};

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};

use super::client::Client;
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
/// When there are keys and none of them is valid, when the client must wait after wrong keys, or when the
/// database fails.
pub(super) async fn caller(
    app: &App,
    headers: &HeaderMap,
    client: Option<Client>,
) -> Result<Option<Arc<Caller>>> {
    let secrets = secrets(headers);
    if secrets.is_empty() {
        return Ok(None);
    }
    if let Some(caller) = app.keys.admit(&secrets, address(client)).await? {
        return Ok(Some(caller));
    }
    // An empty secret is no attempt to find a key.
    if secrets.iter().any(|secret| !secret.is_empty()) {
        record_wrong_key(app, client);
    }
    let message = "The key is not valid: it is unknown, expired or revoked. \
                   Send a valid key as 'Authorization: Bearer KEY'.";
    Err(Error::client(Code::Unauthenticated, message))
}

/// The address that waits after wrong keys. It is never that of several clients.
pub(super) fn address(client: Option<Client>) -> Option<IpAddr> {
    client.filter(|client| !client.is_shared).map(|client| client.address)
}

/// Notes that a client has sent keys, none of which is valid.
pub(super) fn record_wrong_key(app: &App, client: Option<Client>) {
    if let Some(address) = address(client) {
        app.keys.record_wrong_key(address);
    }
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
