//! Filters of sessions as a text, for commands.

use async_graphql::{InputType, Pos, Value, parser::types::Type};

use super::{
    document::{validation::Validator, variables::InputTypes},
    input::{FilterInput, session::SessionFilter},
    sdl,
};
use crate::{
    domain::{filter, time::Timestamp},
    error::{Error, Result},
};

/// The filter of sessions that a text in JSON has, as the variable of a request would have it. Durations lie
/// back from `now`.
///
/// # Errors
/// When the text is not JSON, or not a `SessionFilter`.
pub fn parse_session_filter(text: &str, now: Timestamp) -> Result<filter::SessionFilter> {
    let wrong = |reason: String| Error::input(format!("The filter is wrong{reason}."));
    let json: serde_json::Value =
        serde_json::from_str(text).map_err(|error| wrong(format!(": it is not JSON: {error}")))?;
    let of = Type::new("SessionFilter!")
        .ok_or_else(|| Error::internal("the type of filters cannot be parsed"))?;
    let value = Value::from_json(json).map_err(|error| wrong(format!(": {error}")))?;
    let types = InputTypes::new(Validator::new(&sdl()).schema());
    let value = types.coerce_value(&of, value).map_err(wrong)?;
    let input = SessionFilter::parse(Some(value));
    let input = input
        .map_err(|error| wrong(format!(": {}", error.into_server_error(Pos::default()).message)))?;
    input.into_domain(now)
}
