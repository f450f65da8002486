//! Answers as JSON.

use async_graphql::{Response, ServerError, Value};
use serde::Serialize;

/// An answer whose data is JSON already.
pub(super) fn planned(data: &[u8]) -> Vec<u8> {
    [b"{\"data\":", data, b"}"].concat()
}

/// The answer of a request that was run: its errors, if there are any, and its data.
pub(super) fn answer(response: &Response) -> Vec<u8> {
    json(response)
}

/// The data of an answer alone.
pub(super) fn data(data: &Value) -> Vec<u8> {
    json(data)
}

/// The answer of a request that was not run, which has no `data`, not even null.
pub(super) fn errors(errors: &[ServerError]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Errors<'a> {
        errors: &'a [ServerError],
    }
    json(&Errors { errors })
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // Nothing in an answer fails to be JSON.
    serde_json::to_vec(value).unwrap_or_default()
}
