//! What the module does as a whole. The names in `quirks` are those in docs/LEGACY.md.

mod encodings;
mod errors;
mod quirks;
mod translations;

use super::{LegacyRequest, Params, Profile};

/// What a query string asks for, or the text of its error.
fn parse(query: &str) -> Result<LegacyRequest, String> {
    let parsed = LegacyRequest::parse(&Params::parse(query.as_bytes(), None), &Profile::default());
    parsed.map_err(|error| error.message().to_owned())
}

/// The tokens of what a query string asks for.
fn tokens(query: &str) -> Vec<&'static str> {
    parse(query).unwrap().vars().iter().map(|var| var.token).collect()
}

/// The GraphQL filter of `VARS=ID` with these parameters, or the text of the error.
fn filter(parameters: &str) -> Result<serde_json::Value, String> {
    let request = parse(&format!("VARS=ID&{parameters}"))?;
    let variables = translations::translated(&request).variables.into_value().into_json().unwrap();
    Ok(variables.get("filter").cloned().unwrap_or_default())
}
