//! Answers as JSON.

use async_graphql::ServerError;
use serde::Serialize;

/// The beginning of an answer, up to its data.
pub(super) fn head() -> Vec<u8> {
    let mut out = Vec::with_capacity(4096);
    out.extend_from_slice(b"{\"data\":");
    out
}

/// An answer of which only the end is missing.
pub(super) fn closed(mut answer: Vec<u8>) -> Vec<u8> {
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
