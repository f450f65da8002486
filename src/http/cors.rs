//! Cross-origin requests: web pages of other origins can call the gateway only where the operator
//! allows their origin.

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::{
    caller_limits::{RATE_LIMIT, RATE_LIMIT_POLICY},
    credentials::KEY_HEADERS,
    request_id::REQUEST_ID,
};
use crate::app::Settings;

/// The layer that allows the configured origins, if there are any.
pub(super) fn layer(settings: &Settings) -> Option<CorsLayer> {
    let origins = &settings.allowed_origins;
    let origins: Vec<_> = origins.iter().filter_map(|it| HeaderValue::from_str(it).ok()).collect();
    if origins.is_empty() {
        return None;
    }
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(request_headers(&settings.allowed_headers))
        .expose_headers([
            REQUEST_ID.clone(),
            RATE_LIMIT.clone(),
            RATE_LIMIT_POLICY.clone(),
            header::RETRY_AFTER,
        ]);
    Some(layer)
}

/// The headers that the gateway reads, and the configured ones; `*` allows any.
fn request_headers(allowed: &[String]) -> AllowHeaders {
    if allowed.iter().any(|name| name == "*") {
        return AllowHeaders::mirror_request();
    }
    let own = [header::AUTHORIZATION, header::CONTENT_TYPE, header::CONTENT_ENCODING];
    let keys = KEY_HEADERS.map(HeaderName::from_static);
    let allowed = allowed.iter().filter_map(|name| name.parse().ok());
    AllowHeaders::list(own.into_iter().chain(keys).chain(allowed))
}
