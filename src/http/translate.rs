//! `GET /translate`: the GraphQL query of a call of the legacy URL, or a program (`as=python`). Browsers get a page,
//! which requests the same without HTML.
//!
//! It reads no history, and needs no key. Answers of the legacy URL link to it.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use url::form_urlencoded;

use super::{graphql::negotiate::accepts, pages};
use crate::{
    app::App,
    legacy::{LegacyError, PageSizes, Profile, ProgramLanguage, program, translate_url},
};

const HEADERS: [(header::HeaderName, &str); 3] = [
    (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
    (header::CACHE_CONTROL, "no-store"),
    (header::VARY, "accept"),
];

pub(super) async fn get(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if accepts(&headers, "text/html") {
        let vary = [(header::VARY, "accept")];
        return (vary, pages::translate(&headers)).into_response();
    }
    if !app.settings.open_schema {
        let reason = "The schema is not open, so nothing is translated here.\n";
        return (StatusCode::FORBIDDEN, HEADERS, reason).into_response();
    }
    match text(&query.unwrap_or_default(), &app.legacy_profile) {
        Ok(text) => (HEADERS, text).into_response(),
        Err(error) => {
            (StatusCode::BAD_REQUEST, HEADERS, format!("{}\n", error.message())).into_response()
        }
    }
}

fn text(query: &str, profile: &Profile) -> Result<String, LegacyError> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let language = parameters.find(|(name, _)| name == "as").map(|(_, language)| language);
    let url = format!("/?{query}");
    match ProgramLanguage::ALL.into_iter().find(|(_, name)| Some(*name) == language.as_deref()) {
        Some((language, _)) => program(&url, profile, language),
        None => Ok(translate_url(&url, profile, PageSizes::SCHEMA_DEFAULT)?.text()),
    }
}
