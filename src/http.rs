//! The gateway over HTTP: every route and every layer, on one screen.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use tower::{ServiceBuilder, util::option_layer};
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};

use crate::app::App;

mod assets;
mod body;
mod caller_limits;
mod client;
mod cors;
mod credentials;
pub mod graphiql;
pub mod graphql;
pub mod health;
pub mod legacy;
mod request_id;
mod request_log;
pub mod server;
mod unread_body;

/// The production router, on a socket or called in memory.
pub fn router(app: App) -> Router {
    let app = Arc::new(app);
    let mut routes = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .merge(graphiql::routes());
    for path in legacy::PATHS {
        routes = routes.route(path, get(legacy::get).post(legacy::post));
    }
    // The first is the outermost. One layer of several costs less than several layers.
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(app.clone(), request_log::log))
        .layer(option_layer(cors::layer(&app.settings)))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(from_fn(unread_body::discard))
        .layer(CatchPanicLayer::new());
    routes.layer(layers).with_state(app)
}
