//! GraphQL over HTTP: one request, by POST with JSON or by GET.
//!
//! Batches, uploads and subscriptions are not supported.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    body::{self, BodyError},
    credentials,
};
use crate::{
    app::App,
    error::{Error, Outage, Result},
    graphql::execute::{GraphqlRequest, Outcome, execute},
};

mod negotiate;
mod request;
mod response;

use negotiate::MediaType;

/// `POST /graphql`.
pub async fn post(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Response {
    let Some(media_type) = negotiate::response_type(&headers) else {
        return response::not_acceptable();
    };
    if !negotiate::body_is_json(&headers) {
        let error = Error::input(
            "The body must be application/json in UTF-8, and the Content-Type header must say so.",
        );
        return response::refuse_with(media_type, &error, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    match body::read(&headers, body, app.settings.max_body_bytes).await {
        Ok(body) => answer(&app, &headers, media_type, request::from_body(&body), false).await,
        Err(error) => unread(media_type, &error),
    }
}

/// `GET /graphql`, for queries only.
pub async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(media_type) = negotiate::response_type(&headers) else {
        return response::not_acceptable();
    };
    let request = request::from_url(&query.unwrap_or_default());
    answer(&app, &headers, media_type, request, true).await
}

fn unread(media_type: MediaType, error: &BodyError) -> Response {
    let client_error = Error::input(error.to_string());
    let mut response = response::refuse_with(media_type, &client_error, error.status());
    response.headers_mut().extend(error.header());
    response
}

async fn answer(
    app: &App,
    headers: &HeaderMap,
    media_type: MediaType,
    request: Result<GraphqlRequest>,
    queries_only: bool,
) -> Response {
    let run = run(app, headers, request, queries_only);
    let outcome = tokio::time::timeout(app.settings.request_timeout, run).await;
    match outcome.unwrap_or_else(|timeout| Err(Error::unavailable(Outage::Timeout, timeout))) {
        Ok(outcome) => response::answer(media_type, outcome),
        Err(error) => response::refuse(media_type, &error),
    }
}

async fn run(
    app: &App,
    headers: &HeaderMap,
    request: Result<GraphqlRequest>,
    queries_only: bool,
) -> Result<Outcome> {
    let viewer = credentials::caller(app, headers).await?;
    let request = request?;
    if let Some(name) = request.operation_name.as_deref().filter(|name| is_name(name)) {
        tracing::Span::current().record("operation", name);
    }
    let context = app.request(viewer, app.store.reads());
    let open_schema = app.settings.open_schema;
    Ok(execute(&app.schema, context, request, queries_only, open_schema).await)
}

/// Whether a text is a name as GraphQL has it, and short enough for the log.
fn is_name(text: &str) -> bool {
    text.len() <= 100 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
