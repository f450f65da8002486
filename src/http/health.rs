//! Health checks for supervisors and load balancers.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};

use crate::app::App;

/// `GET /health/live`: the process runs.
pub async fn live() -> &'static str {
    "ok\n"
}

/// `GET /health/ready`: the database answers.
pub async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    match app.store.ping().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
