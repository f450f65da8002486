//! The gateway's errors as GraphQL errors, each with its code in `extensions.code`.

use std::fmt;

use async_graphql::{Context, PathSegment, Pos, Response, ServerError};

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

/// Gives every error of a response its code and a message of bounded length, and notes the
/// internal ones in the log.
pub(super) fn finish(response: &mut Response) {
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

/// The errors of a request that is not run.
#[derive(Debug)]
pub(super) struct RequestError {
    code: Code,
    errors: Vec<ServerError>,
}

impl RequestError {
    /// A request whose document or variables are wrong at one place of the document.
    pub(super) fn at(place: Pos, message: impl Into<String>) -> Self {
        Self::invalid(vec![(place, message.into())])
    }

    /// A request whose document is wrong at these places.
    pub(super) fn invalid(faults: Vec<(Pos, String)>) -> Self {
        let code = Code::BadUserInput;
        let error = |(place, message)| request_error(message, Some(place), code);
        Self { code, errors: faults.into_iter().map(error).collect() }
    }

    pub(super) fn code(&self) -> Code {
        self.code
    }

    /// The answer, as JSON.
    pub(super) fn body(&self) -> Vec<u8> {
        json::errors(&self.errors)
    }
}

impl From<Error> for RequestError {
    fn from(error: Error) -> Self {
        log(&error);
        let code = error.code();
        Self { code, errors: vec![request_error(error.message().to_owned(), None, code)] }
    }
}

fn request_error(message: String, place: Option<Pos>, code: Code) -> ServerError {
    let mut error = ServerError::new(message, place);
    shorten(&mut error.message);
    error.extensions.get_or_insert_default().set("code", code.as_str());
    error
}

/// The answer, as JSON, of a request that was not run for this error.
pub fn refusal(error: &Error) -> Vec<u8> {
    RequestError::from(error.clone()).body()
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
