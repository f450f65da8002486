//! The key of a request, out of its headers.

use std::sync::Arc;

use axum::http::{HeaderMap, header::AUTHORIZATION};

use crate::{
    app::App,
    domain::viewer::Viewer,
    error::{Code, Error, Result},
};

/// Who sends a request: nobody known where there is no key.
///
/// # Errors
/// When there is a key and it opens nothing, or the database fails.
pub async fn viewer(app: &App, headers: &HeaderMap) -> Result<Option<Arc<Viewer>>> {
    let invalid = || Error::client(Code::Unauthenticated, "This key is not valid.");
    let Some(secret) = secret(headers).map_err(|Unreadable| invalid())? else {
        return Ok(None);
    };
    match app.viewer(secret).await? {
        Some(viewer) => Ok(Some(viewer)),
        None => Err(invalid()),
    }
}

struct Unreadable;

/// The secret, from `Authorization: Bearer`, `X-API-Key`, or the vendor's `INTEGRATION-KEY`.
fn secret(headers: &HeaderMap) -> Result<Option<&str>, Unreadable> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let value = value.to_str().map_err(|_| Unreadable)?;
        let (scheme, secret) = value.split_once(' ').ok_or(Unreadable)?;
        return match scheme.eq_ignore_ascii_case("bearer") {
            true => Ok(Some(secret.trim())),
            false => Err(Unreadable),
        };
    }
    let value = headers.get("x-api-key").or_else(|| headers.get("integration-key"));
    value.map(|value| value.to_str().map(str::trim).map_err(|_| Unreadable)).transpose()
}
