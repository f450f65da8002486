//! The headers that lead callers from the legacy URL to GraphQL.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header::LINK};

use crate::domain::legacy_end::LegacyEnd;

static DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
static SUNSET: HeaderName = HeaderName::from_static("sunset");

/// Adds the end of the legacy URL, and a link to the translation of a call.
pub(super) fn add_headers(headers: &mut HeaderMap, end: &LegacyEnd, link: Option<String>) {
    let link = link.map(|link| format!("<{link}>; rel=\"alternate\"; type=\"text/plain\""));
    let (deprecation, sunset) = (end.deprecation.as_deref(), end.sunset.as_deref());
    for (name, value) in
        [(LINK, link.as_deref()), (DEPRECATION.clone(), deprecation), (SUNSET.clone(), sunset)]
    {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
}
