//! Embedded files: pages and the assets that they load.
//!
//! `build.rs` makes them from `web/`. A page is revalidated by its entity tag. An asset has a hash
//! of its content in its name, so browsers keep it.

use axum::{
    body::Bytes,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
            CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
            X_FRAME_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

/// The caching of an asset.
pub(super) const FOREVER: &str = "public, max-age=31536000, immutable";

/// The answer to a request of a file that does not exist.
const NO_SUCH_FILE: (StatusCode, &str) = (StatusCode::NOT_FOUND, "There is no such file.");

/// The encodings of which an asset can have a copy, the smallest first, with the suffix of the copy.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Every file, sorted by name.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a build without the pages.
const MISSING: &str = "missing.html";

/// A page with its content security policy.
pub(super) fn page(name: &str, policy: &'static str, headers: &HeaderMap) -> Response {
    let Some(content) = file(name).or_else(|| file(MISSING)) else {
        return NO_SUCH_FILE.into_response();
    };
    let tag = entity_tag(&content);
    let caching = [(CACHE_CONTROL, "no-cache".to_owned()), (ETAG, tag.clone())];
    if matches(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, security_headers(policy), caching).into_response();
    }
    let content_type = [(CONTENT_TYPE, "text/html; charset=utf-8")];
    (security_headers(policy), caching, content_type, content).into_response()
}

/// An asset, in the best encoding that the caller accepts. It has the policy of its page: a worker
/// has the policy that its own file came with.
pub(super) fn asset(path: &str, policy: &'static str, headers: &HeaderMap) -> Response {
    let name = format!("assets/{path}");
    // The compressed copies have no content type, so they cannot be requested by name.
    let Some(content_type) = content_type(&name) else {
        return NO_SUCH_FILE.into_response();
    };
    let about = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, FOREVER), (VARY, "accept-encoding")];

    for (encoding, suffix) in ENCODINGS {
        if accepts(headers, encoding)
            && let Some(content) = file(&format!("{name}{suffix}"))
        {
            let encoding = [(CONTENT_ENCODING, encoding)];
            return (security_headers(policy), about, encoding, content).into_response();
        }
    }
    match file(&name) {
        Some(content) => (security_headers(policy), about, content).into_response(),
        None => NO_SUCH_FILE.into_response(),
    }
}

fn security_headers(policy: &'static str) -> [(HeaderName, &'static str); 4] {
    [
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (X_FRAME_OPTIONS, "DENY"),
    ]
}

fn content_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    match extension {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "ttf" => Some("font/ttf"),
        "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}

fn file(name: &str) -> Option<Bytes> {
    let index = FILES.binary_search_by_key(&name, |(known, _)| known).ok()?;
    let (_, content) = FILES.get(index)?;
    Some(Bytes::from_static(content))
}

fn entity_tag(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let digits: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

/// Whether the browser has the page with this entity tag.
fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let mut known = list(headers, &IF_NONE_MATCH);
    known.any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    list(headers, &ACCEPT_ENCODING).any(|offer| {
        let (name, quality) = offer.split_once(';').unwrap_or((offer, ""));
        let refused = quality.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

/// The members of a header that is a list, on all its lines.
fn list<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter().filter_map(|line: &HeaderValue| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}
