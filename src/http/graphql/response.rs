//! GraphQL answers and errors as HTTP responses.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;

use super::{super::request_log::notes, negotiate::MediaType};
use crate::{
    error::{Code, Error},
    export::OutputFormat,
    graphql::{
        error::refusal,
        execute::{Outcome, ResponseText},
    },
};

/// The answer to a request that was processed.
pub(super) fn answer(media_type: MediaType, outcome: Outcome) -> Response {
    match outcome {
        Outcome::Executed(ResponseText::Whole(text)) => render(media_type, text, StatusCode::OK),
        Outcome::Executed(ResponseText::Chunks(chunks)) => {
            // Each chunk is written when the connection asks for it.
            let body = Body::from_stream(stream::iter(chunks));
            render(media_type, body, StatusCode::OK)
        }
        Outcome::Unavailable(body) => {
            let code = Code::ServiceUnavailable;
            noted(render(media_type, body, status(code)), code)
        }
        Outcome::Refused { body, code, retry_after } => {
            // As plain JSON, a well-formed request is answered with 200 whatever its document is.
            let plain = media_type == MediaType::Json && is_of_document(code);
            let status = if plain { StatusCode::OK } else { status(code) };
            with_retry_after(noted(render(media_type, body, status), code), retry_after)
        }
        Outcome::NotAQuery => {
            let error = Error::input(
                "GET takes queries only. Send a mutation by POST, and a subscription by POST with \
                 'Accept: text/event-stream'.",
            );
            let mut response = refuse_with(media_type, &error, StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
            response
        }
        Outcome::Subscribed(_) => {
            refuse(media_type, &Error::internal("a subscription has no stream"))
        }
    }
}

/// Whether an error of a well-formed request is about its document or variables.
pub(super) fn is_of_document(code: Code) -> bool {
    matches!(
        code,
        Code::BadUserInput
            | Code::PersistedQueryNotFound
            | Code::DocumentNotTrusted
            | Code::QueryTooComplex
            | Code::QueryTooDeep
    )
}

/// The answer to a request that was not processed.
pub(super) fn refuse(media_type: MediaType, error: &Error) -> Response {
    refuse_with(media_type, error, status(error.code()))
}

pub(super) fn refuse_with(media_type: MediaType, error: &Error, status: StatusCode) -> Response {
    let response = noted(render(media_type, refusal(error), status), error.code());
    with_retry_after(response, error.retry_after())
}

fn with_retry_after(mut response: Response, seconds: Option<u32>) -> Response {
    if let Some(seconds) = seconds {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The answer to a caller that takes no media type of GraphQL.
pub(super) fn not_acceptable() -> Response {
    let message = "The Accept header must allow application/graphql-response+json \
                   or application/json.\n";
    (StatusCode::NOT_ACCEPTABLE, message).into_response()
}

/// The answer, whose log line has the code of its error.
fn noted(mut response: Response, code: Code) -> Response {
    let notes = notes(&mut response);
    (notes.error, notes.code) = (Some(code.as_str()), Some(code));
    response
}

/// The answer to a bulk request.
pub(super) fn export(format: OutputFormat, body: Body) -> Response {
    render_as(format.content_type(), body, StatusCode::OK)
}

/// An answer as server-sent events.
pub(super) fn events(body: Body) -> Response {
    let mut response = render_as("text/event-stream; charset=utf-8", body, StatusCode::OK);
    // nginx would hold events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn render(media_type: MediaType, body: impl Into<Body>, status: StatusCode) -> Response {
    render_as(media_type.content_type(), body, status)
}

fn render_as(content_type: &'static str, body: impl Into<Body>, status: StatusCode) -> Response {
    let content_type = [(header::CONTENT_TYPE, content_type)];
    let mut response = (status, content_type, body.into()).into_response();
    let headers = response.headers_mut();
    let vary = "Accept, Authorization, X-API-Key, INTEGRATION-KEY";
    headers.insert(header::VARY, HeaderValue::from_static(vary));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match status {
        StatusCode::UNAUTHORIZED => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        _ => {}
    }
    response
}

fn status(code: Code) -> StatusCode {
    match code {
        // Many clients read the errors of a response only if its status is 200.
        Code::PersistedQueryNotFound => StatusCode::OK,
        Code::BadUserInput
        | Code::DocumentNotTrusted
        | Code::QueryTooComplex
        | Code::QueryTooDeep => StatusCode::BAD_REQUEST,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
