//! The gateway over HTTP: every route and every layer, on one screen.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, Method, header},
    middleware::from_fn,
    routing::get,
};
use tower::{ServiceBuilder, util::option_layer};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
    set_header::SetResponseHeaderLayer,
};

use crate::app::App;

pub mod auth;
pub mod graphiql;
pub mod graphql;
pub mod health;
pub mod legacy;
mod negotiate;
mod request_log;

/// The production router, on a socket or called in memory.
pub fn router(app: App) -> Router {
    let cors = cors(&app.settings.allowed_origins);
    let mut router = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .merge(graphiql::routes());
    for path in legacy::PATHS {
        router = router.route(path, get(legacy::get).post(legacy::post));
    }
    // The first is the outermost. Together they are one layer, which costs less than four.
    let layers = ServiceBuilder::new()
        .layer(from_fn(request_log::log))
        .layer(option_layer(cors))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(CatchPanicLayer::new());
    router.layer(layers).with_state(Arc::new(app))
}

/// Web pages of other origins may call only where the operator names their origin.
fn cors(origins: &[String]) -> Option<CorsLayer> {
    let origins: Vec<_> = origins.iter().filter_map(|it| HeaderValue::from_str(it).ok()).collect();
    if origins.is_empty() {
        return None;
    }
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("x-api-key"),
            HeaderName::from_static("integration-key"),
        ]);
    Some(layer)
}
