//! `GET /schema.graphql`: the schema of the GraphQL API, as a file for programs.

use std::sync::{Arc, LazyLock};

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{app::App, graphql::sdl};

static SCHEMA: LazyLock<String> = LazyLock::new(sdl);

pub(super) async fn get(State(app): State<Arc<App>>) -> Response {
    if !app.settings.open_schema {
        let reason = "The schema is not open: read it by introspection, with a key.\n";
        return (StatusCode::FORBIDDEN, reason).into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "application/graphql; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, SCHEMA.as_str()).into_response()
}
