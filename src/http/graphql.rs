//! GraphQL over HTTP: one request, by POST with JSON or by GET, answered as JSON or as server-sent events.
//!
//! Batches and uploads are not supported.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{
        Extension, RawQuery, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    body::{self, BodyError},
    caller_limits,
    client::Client,
    credentials,
    request_log::notes,
    server::UpgradeSlot,
};
use crate::{
    app::{
        App,
        caller::{Caller, RequestSlot},
    },
    error::{Code, Error, Result},
    graphql::execute::{Access, GraphqlRequest, Outcome, execute},
};

mod bulk;
mod events;
pub(super) mod negotiate;
mod request;
mod response;
mod socket;
mod time_limit;

use negotiate::{Accepted, MediaType};
use time_limit::within_time;

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
    let media_type = accepted.media_type();
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
            let has_stream = negotiate::accepts_events(&headers);
            match (accepted, &caller) {
                (Accepted::Bulk(format), Some(caller)) => {
                    // In a box: the future of other requests has no room for it.
                    let answer = Box::pin(bulk::answer(&app, caller, format, request)).await;
                    finish(answer.0, Some(caller), answer.1)
                }
                (Accepted::Bulk(_), None) => response::refuse(media_type, &Error::no_key()),
                (Accepted::Answer(_) | Accepted::Events, _) => {
                    let kind = RequestKind { accepted, queries_only: false, has_stream };
                    answer_request(app, caller, request, kind).await
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
    slot: Option<Extension<UpgradeSlot>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if socket::is_asked_for(&headers) {
        let client = client.map(|Extension(client)| client);
        // In a box: the future of other requests has no room for it.
        return Box::pin(open_socket(app, headers, client, slot, upgrade)).await;
    }
    let accepted = negotiate::accepted(&headers);
    let Some(accepted) = accepted.filter(|it| !matches!(it, Accepted::Bulk(_))) else {
        return response::not_acceptable();
    };
    let media_type = accepted.media_type();
    let client = client.map(|Extension(client)| client);
    let caller = match within_time(&app, credentials::caller(&app, &headers, client)).await {
        Ok(caller) => caller,
        Err(error) => return refuse_key(media_type, &error),
    };
    if let Err(error) = admit(&app, caller.as_deref()) {
        return finish(response::refuse(media_type, &error), caller.as_deref(), None);
    }
    let request = request::from_url(&query.unwrap_or_default());
    let kind = RequestKind { accepted, queries_only: true, has_stream: false };
    answer_request(app, caller, request, kind).await
}

/// Opens a WebSocket, whose caller the headers or its first message identify.
async fn open_socket(
    app: Arc<App>,
    headers: HeaderMap,
    client: Option<Client>,
    slot: Option<Extension<UpgradeSlot>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let (Ok(upgrade), Some(Extension(slot))) = (upgrade, slot) else {
        let error =
            Error::input("The request for a WebSocket is not one of HTTP/1.1 and RFC 6455.");
        return response::refuse(MediaType::Json, &error);
    };
    match within_time(&app, credentials::caller(&app, &headers, client)).await {
        Ok(caller) => socket::open(app, &headers, client, caller, upgrade, slot),
        Err(error) => refuse_key(MediaType::Json, &error),
    }
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

/// What a request may be, and how it is answered.
#[derive(Clone, Copy)]
struct RequestKind {
    accepted: Accepted,
    queries_only: bool,
    /// Whether a subscription can be answered with events.
    has_stream: bool,
}

async fn answer_request(
    app: Arc<App>,
    caller: Option<Arc<Caller>>,
    request: Result<GraphqlRequest>,
    kind: RequestKind,
) -> Response {
    let media_type = kind.accepted.media_type();
    let of = caller.as_deref();
    match within_time(&app, run(&app, of, request, kind)).await {
        Ok((Outcome::Subscribed(subscription), _)) => {
            let Some(caller) = caller else {
                return response::refuse(media_type, &Error::no_key());
            };
            let response = match caller.begin_subscription() {
                Ok(permit) => {
                    // In a box: the future of other requests has no room for it.
                    Box::pin(events::subscribe(app, caller.clone(), subscription, permit)).await
                }
                Err(error) => response::refuse(media_type, &error),
            };
            finish(response, Some(&caller), None)
        }
        Ok((outcome, slot)) => {
            let response = match kind.accepted {
                Accepted::Events => events::answer(outcome),
                Accepted::Answer(_) | Accepted::Bulk(_) => response::answer(media_type, outcome),
            };
            finish(response, of, slot)
        }
        Err(error) => finish(response::refuse(media_type, &error), of, None),
    }
}

async fn run(
    app: &App,
    caller: Option<&Caller>,
    request: Result<GraphqlRequest>,
    kind: RequestKind,
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
    let RequestKind { queries_only, has_stream, .. } = kind;
    let access = Access { queries_only, has_stream, open_schema, writes };
    let outcome = execute(&app.schema, context, request, access).await;
    Ok((outcome, slot))
}
