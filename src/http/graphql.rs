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
    domain::viewer::Viewer,
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
    let viewer = match within_time(&app, caller(&app, &headers)).await {
        Ok(viewer) => viewer,
        Err(error) => return response::refuse(media_type, &error),
    };
    match body::read(&headers, body, app.settings.max_body_bytes, viewer.is_some()).await {
        Ok(body) => answer(&app, viewer, media_type, request::from_body(&body), false).await,
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
    match within_time(&app, caller(&app, &headers)).await {
        Ok(viewer) => answer(&app, viewer, media_type, request, true).await,
        Err(error) => response::refuse(media_type, &error),
    }
}

fn unread(media_type: MediaType, error: &BodyError) -> Response {
    let client_error = Error::input(error.to_string());
    let mut response = response::refuse_with(media_type, &client_error, error.status());
    response.headers_mut().extend(error.header());
    response
}

/// The caller, or none if the request has no key and the schema can be read without one.
async fn caller(app: &App, headers: &HeaderMap) -> Result<Option<Arc<Viewer>>> {
    let caller = credentials::caller(app, headers).await?;
    if caller.is_none() && !app.settings.open_schema {
        return Err(Error::no_key());
    }
    Ok(caller)
}

async fn within_time<T>(app: &App, run: impl Future<Output = Result<T>>) -> Result<T> {
    let outcome = tokio::time::timeout(app.settings.request_timeout, run).await;
    outcome.unwrap_or_else(|timeout| Err(Error::unavailable(Outage::Timeout, timeout)))
}

async fn answer(
    app: &App,
    viewer: Option<Arc<Viewer>>,
    media_type: MediaType,
    request: Result<GraphqlRequest>,
    queries_only: bool,
) -> Response {
    match within_time(app, run(app, viewer, request, queries_only)).await {
        Ok(outcome) => response::answer(media_type, outcome),
        Err(error) => response::refuse(media_type, &error),
    }
}

async fn run(
    app: &App,
    viewer: Option<Arc<Viewer>>,
    request: Result<GraphqlRequest>,
    queries_only: bool,
) -> Result<Outcome> {
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
