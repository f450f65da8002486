//! The gateway's errors as GraphQL errors, each with its code in `extensions.code`.

use std::{fmt, sync::Arc};

use async_graphql::{PathSegment, Pos, ServerError};
use serde::Serialize;

use crate::error::{Code, Error};

/// The maximum length of a message.
const MAX_MESSAGE_CHARS: usize = 500;

/// A field that failed.
#[derive(Debug)]
pub(super) struct FieldError {
    pub(super) error: Arc<Error>,
    pub(super) path: Vec<PathSegment>,
    pub(super) location: Pos,
}

/// The error of a number that is too large for GraphQL's Int.
pub(super) fn int_overflow(number: impl fmt::Display) -> Error {
    Error::input(format!("The number {number} does not fit into the 32 bits of an Int."))
}

/// The errors of fields, as an answer has them. Each internal error is logged once, however many
/// fields failed for it.
pub(super) fn field_errors(errors: Vec<FieldError>) -> Vec<ServerError> {
    let mut logged: Vec<Arc<Error>> = Vec::new();
    let rendered = errors.into_iter().map(|FieldError { error, path, location }| {
        if error.cause().is_some() && !logged.iter().any(|known| Arc::ptr_eq(known, &error)) {
            error.log();
            logged.push(error.clone());
        }
        let rendered = request_error(error.message().to_owned(), Some(location), error.code());
        ServerError { path, ..rendered }
    });
    rendered.collect()
}

/// Writes the errors and the end of an answer after its data.
pub(super) fn write_end(out: &mut Vec<u8>, errors: &[ServerError]) {
    if !errors.is_empty() {
        out.extend_from_slice(b",\"errors\":");
        // Nothing in an error fails to be JSON.
        out.extend_from_slice(&serde_json::to_vec(errors).unwrap_or_default());
    }
    out.push(b'}');
}

/// The errors of a request that is not run. Its answer has no `data`, not even null.
#[derive(Debug, Serialize)]
pub(super) struct RequestError {
    #[serde(skip)]
    code: Code,
    #[serde(skip)]
    retry_after: Option<u32>,
    errors: Vec<ServerError>,
}

impl RequestError {
    /// A request with an error at one position of the document.
    pub(super) fn at(position: Pos, message: impl Into<String>) -> Self {
        Self::invalid(vec![(position, message.into())])
    }

    /// A request with errors at these positions of the document.
    pub(super) fn invalid(errors: Vec<(Pos, String)>) -> Self {
        let code = Code::BadUserInput;
        let error = |(position, message)| request_error(message, Some(position), code);
        let errors = errors.into_iter().map(error).collect();
        Self { code, retry_after: None, errors }
    }

    /// A request that fails at one position of its document.
    pub(super) fn located(error: &Error, position: Pos) -> Self {
        error.log();
        let (message, code) = (error.message().to_owned(), error.code());
        let errors = vec![request_error(message, Some(position), code)];
        Self { code, retry_after: error.retry_after(), errors }
    }

    pub(super) fn code(&self) -> Code {
        self.code
    }

    /// How long the caller should wait before it tries again, in seconds.
    pub(super) fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// The errors as texts, each with its position.
    pub(super) fn texts(&self) -> impl Iterator<Item = String> {
        self.errors.iter().map(|error| match error.locations.first() {
            Some(at) => format!("line {}, column {}: {}", at.line, at.column, error.message),
            None => error.message.clone(),
        })
    }

    /// The answer, as JSON.
    pub(super) fn body(&self) -> Vec<u8> {
        // Nothing in an error fails to be JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl From<Error> for RequestError {
    fn from(error: Error) -> Self {
        error.log();
        let code = error.code();
        let errors = vec![request_error(error.message().to_owned(), None, code)];
        Self { code, retry_after: error.retry_after(), errors }
    }
}

fn request_error(message: String, position: Option<Pos>, code: Code) -> ServerError {
    let mut error = ServerError::new(message, position);
    shorten(&mut error.message);
    error.extensions.get_or_insert_default().set("code", code.as_str());
    error
}

/// The answer, as JSON, of a request that was not run for this error.
pub fn refusal(error: &Error) -> Vec<u8> {
    RequestError::from(error.clone()).body()
}

/// Cuts a message that repeats much of what the caller sent.
fn shorten(message: &mut String) {
    if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE_CHARS) {
        message.truncate(end);
        message.push('…');
    }
}
