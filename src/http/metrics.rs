//! `GET /metrics`, on an address of its own.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::app::App;

/// The version of the format is a part of its media type.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The routes of the address for metrics.
pub fn router(app: App) -> Router {
    let other =
        || async { (StatusCode::NOT_FOUND, "There is nothing at this path. Use /metrics.\n") };
    Router::new().route("/metrics", get(metrics)).fallback(other).with_state(Arc::new(app))
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    match app.metrics_text() {
        Some(Ok(text)) => ([(CONTENT_TYPE, TEXT_FORMAT)], text).into_response(),
        Some(Err(error)) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
