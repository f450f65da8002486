//! The gateway's errors as GraphQL errors, each with its code in `extensions.code`.

use std::fmt;

use async_graphql::{Context, ErrorExtensionValues, PathSegment, Response, ServerError};

use super::json;
use crate::error::{Code, Error};

/// The longest message of an error.
const MAX_MESSAGE_CHARS: usize = 500;

/// An error with the place of its field, which the library would cut off at the nearest list.
#[derive(Debug)]
struct Placed {
    error: Error,
    path: Vec<PathSegment>,
}

impl fmt::Display for Placed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

/// An error of the field at hand.
pub(super) fn here(ctx: &Context<'_>, error: Error) -> async_graphql::Error {
    let path = ctx.set_error_path(ServerError::new(String::new(), None)).path;
    async_graphql::Error::new_with_source(Placed { error, path })
}

/// Gives every error of a response its code and a message of bounded length, notes the internal
/// ones in the log, and bounds the number of validation errors.
pub(super) fn finish(response: &mut Response, max_errors: usize) {
    let validation = response.errors.iter().all(|error| error.path.is_empty());
    if validation {
        response.errors.truncate(max_errors);
    }
    for error in &mut response.errors {
        shorten(&mut error.message);
        let cause = error.source.take();
        let placed = cause.as_deref().and_then(|cause| cause.downcast_ref::<Placed>());
        if let Some(placed) = placed {
            error.path.clone_from(&placed.path);
        }
        let ours = placed.map(|placed| &placed.error);
        let ours = ours.or_else(|| cause.as_deref()?.downcast_ref::<Error>());
        if let Some(ours) = ours {
            log(ours);
        }
        let code = ours.map_or(Code::BadUserInput, Error::code);
        error.extensions.get_or_insert_default().set("code", code.as_str());
    }
}

/// The answer, as JSON, of a request that was not run for this error.
pub fn refusal(error: &Error) -> Vec<u8> {
    log(error);
    let mut refusal = ServerError::new(error.message(), None);
    shorten(&mut refusal.message);
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", error.code().as_str());
    refusal.extensions = Some(extensions);
    json::errors(&[refusal])
}

/// The code of an error of a finished response.
pub fn code(error: &ServerError) -> Code {
    let word = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    match word {
        Some(async_graphql::Value::String(word)) => Code::parse(word).unwrap_or(Code::Internal),
        _ => Code::Internal,
    }
}

/// Cuts a message that repeats much of what the caller sent.
fn shorten(message: &mut String) {
    if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE_CHARS) {
        message.truncate(end);
        message.push('…');
    }
}

/// Notes the cause of an error that is ours.
pub fn log(error: &Error) {
    if let Some(cause) = error.cause() {
        tracing::error!(code = error.code().as_str(), cause = %cause, "request failed");
    }
}
