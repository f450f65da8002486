//! GraphQL over HTTP: one request, by POST with JSON or by GET.
//!
//! Batches, uploads and subscriptions are not supported.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Extension, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use futures_util::FutureExt;

use super::{
    body::{self, BodyError},
    caller_limits,
    client::Client,
    credentials,
    request_log::notes,
};
use crate::{
    app::{
        App,
        caller::{Caller, RequestSlot},
    },
    error::{Code, Error, Outage, Result},
    graphql::execute::{Access, GraphqlRequest, Outcome, execute},
};

mod bulk;
mod negotiate;
mod request;
mod response;

use negotiate::{Accepted, MediaType};

/// `POST /graphql`.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    client: Option<Extension<Client>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(accepted) = negotiate::accepted(&headers) else {
        return response::not_acceptable();
    };
    let media_type = match accepted {
        Accepted::Answer(media_type) => media_type,
        Accepted::Bulk(_) => MediaType::Graphql,
    };
    if !negotiate::body_is_json(&headers) {
        let error = Error::input(
            "The body must be application/json in UTF-8, and the Content-Type header must say so.",
        );
        return response::refuse_with(media_type, &error, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let client = client.map(|Extension(client)| client);
    let caller = match within_time(&app, credentials::caller(&app, &headers, client)).await {
        Ok(caller) => caller,
        Err(error) => return refuse_key(media_type, &error),
    };
    let answer = async {
        admit(&app, caller.as_deref()).map_err(|error| response::refuse(media_type, &error))?;
        let limit = app.settings.max_body_bytes;
        let body = body::read(&headers, body, limit, caller.is_some()).await;
        body.map_err(|error| unread(media_type, &error))
    };
    match answer.await {
        Ok(body) => {
            let request = request::from_body(&body);
            match (accepted, &caller) {
                (Accepted::Bulk(format), Some(caller)) => {
                    // In a box: the future of other requests has no room for it.
                    let answer = Box::pin(bulk::answer(&app, caller, format, request)).await;
                    finish(answer.0, Some(caller), answer.1)
                }
                (Accepted::Bulk(_), None) => response::refuse(media_type, &Error::no_key()),
                (Accepted::Answer(_), _) => {
                    answer_request(&app, caller, media_type, request, false).await
                }
            }
        }
        Err(refusal) => finish(refusal, caller.as_deref(), None),
    }
}

/// `GET /graphql`, for queries only.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    client: Option<Extension<Client>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(media_type) = negotiate::response_type(&headers) else {
        return response::not_acceptable();
    };
    let client = client.map(|Extension(client)| client);
    let caller = match within_time(&app, credentials::caller(&app, &headers, client)).await {
        Ok(caller) => caller,
        Err(error) => return refuse_key(media_type, &error),
    };
    if let Err(error) = admit(&app, caller.as_deref()) {
        return finish(response::refuse(media_type, &error), caller.as_deref(), None);
    }
    let request = request::from_url(&query.unwrap_or_default());
    answer_request(&app, caller, media_type, request, true).await
}

/// The answer to a request whose key was not accepted.
fn refuse_key(media_type: MediaType, error: &Error) -> Response {
    let mut response = response::refuse(media_type, error);
    notes(&mut response).is_repeated = error.code() == Code::RateLimited;
    response
}

fn unread(media_type: MediaType, error: &BodyError) -> Response {
    let client_error = Error::input(error.to_string());
    let mut response = response::refuse_with(media_type, &client_error, error.status());
    response.headers_mut().extend(error.header());
    response
}

/// Counts a request of a caller. One without a key can only read the schema, if that is allowed.
fn admit(app: &App, caller: Option<&Caller>) -> Result<()> {
    match caller {
        Some(caller) => caller.count_request(),
        None if app.settings.open_schema => Ok(()),
        None => Err(Error::no_key()),
    }
}

/// Adds the limits of the caller to an answer.
fn finish(response: Response, caller: Option<&Caller>, slot: Option<RequestSlot>) -> Response {
    match caller {
        Some(caller) => caller_limits::finish(response, caller, slot),
        None => response,
    }
}

/// Not an async function, whose future would have room for `run` twice.
fn within_time<T>(
    app: &App,
    run: impl Future<Output = Result<T>>,
) -> impl Future<Output = Result<T>> {
    tokio::time::timeout(app.settings.request_timeout, run).map(|outcome| {
        outcome.unwrap_or_else(|timeout| Err(Error::unavailable(Outage::Timeout, timeout)))
    })
}

async fn answer_request(
    app: &App,
    caller: Option<Arc<Caller>>,
    media_type: MediaType,
    request: Result<GraphqlRequest>,
    queries_only: bool,
) -> Response {
    let caller = caller.as_deref();
    match within_time(app, run(app, caller, request, queries_only)).await {
        Ok((outcome, slot)) => finish(response::answer(media_type, outcome), caller, slot),
        Err(error) => finish(response::refuse(media_type, &error), caller, None),
    }
}

async fn run(
    app: &App,
    caller: Option<&Caller>,
    request: Result<GraphqlRequest>,
    queries_only: bool,
) -> Result<(Outcome, Option<RequestSlot>)> {
    let request = request?;
    if let Some(name) = request.operation_name.as_deref().filter(|name| request::is_name(name)) {
        tracing::Span::current().record("operation", name);
    }
    let slot = match caller {
        Some(caller) => Some(caller.begin_request().await?),
        None => None,
    };
    let context = app.request(caller, app.store.reads());
    let (open_schema, writes) = (app.settings.open_schema, caller.map(|it| app.writes(it)));
    let access = Access { queries_only, open_schema, writes };
    let outcome = execute(&app.schema, context, request, access).await;
    Ok((outcome, slot))
}
