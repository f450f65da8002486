//! Answers as JSON.

use async_graphql::ServerError;
use serde::Serialize;

/// The beginning of an answer, up to its data.
pub(super) fn head() -> Vec<u8> {
    let mut out = Vec::with_capacity(4096);
    out.extend_from_slice(b"{\"data\":");
    out
}

/// An answer that has its data and lacks its errors and its end.
pub(super) fn closed(mut answer: Vec<u8>, errors: &[ServerError]) -> Vec<u8> {
    if !errors.is_empty() {
        answer.extend_from_slice(b",\"errors\":");
        answer.extend_from_slice(&of(&errors));
    }
    answer.push(b'}');
    answer
}

/// The answer of a request that was not run, which has no `data`, not even null.
pub(super) fn errors(errors: &[ServerError]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Errors<'a> {
        errors: &'a [ServerError],
    }
    of(&Errors { errors })
}

/// A response, or its data alone.
pub(super) fn of(value: &impl Serialize) -> Vec<u8> {
    // Nothing in an answer fails to be JSON.
    serde_json::to_vec(value).unwrap_or_default()
}
