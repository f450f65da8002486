//! The manifest of trusted documents, in one of two formats: that of Apollo's tools, or an object from ids to texts
//! as GraphQL Code Generator and Relay write it.

use async_graphql::{Name, Value, indexmap::IndexMap};

use super::super::json;

/// What the format of Apollo names itself.
const APOLLO: &str = "apollo-persisted-query-manifest";

/// A document of a manifest.
#[derive(Debug)]
pub(in crate::graphql) struct ManifestEntry {
    /// Where it stands in the manifest, for messages.
    pub(in crate::graphql) place: String,
    /// Its id.
    pub(in crate::graphql) id: String,
    /// Its text.
    pub(in crate::graphql) text: String,
}

/// Parses a manifest.
///
/// # Errors
/// When it is not JSON, or in no known format. The message names the place.
pub(in crate::graphql) fn parse(manifest: &str) -> Result<Vec<ManifestEntry>, String> {
    // Some editors write a byte order mark.
    let manifest = manifest.strip_prefix('\u{feff}').unwrap_or(manifest);
    let entries = match json::parse(manifest.as_bytes()).map_err(|error| error.to_string())? {
        Value::Object(members) if members.contains_key("operations") => operations(members)?,
        Value::Object(members) => members.into_iter().map(of_member).collect::<Result<_, _>>()?,
        _ => return Err(format!("it is neither an object from ids to texts nor an {APOLLO}")),
    };
    if entries.is_empty() { Err("it has no document".to_owned()) } else { Ok(entries) }
}

fn of_member((id, text): (Name, Value)) -> Result<ManifestEntry, String> {
    let place = format!("the document '{id}'");
    match text {
        Value::String(text) => Ok(ManifestEntry { place, id: id.to_string(), text }),
        _ => Err(format!("{place}: its text is not a string")),
    }
}

fn operations(mut members: IndexMap<Name, Value>) -> Result<Vec<ManifestEntry>, String> {
    if members.get("format") != Some(&Value::from(APOLLO)) {
        return Err(format!("'format' is not '{APOLLO}'"));
    }
    if members.get("version") != Some(&Value::from(1)) {
        return Err("'version' is not 1".to_owned());
    }
    match members.swap_remove("operations") {
        Some(Value::List(operations)) => {
            operations.into_iter().enumerate().map(of_operation).collect()
        }
        _ => Err("'operations' is not an array".to_owned()),
    }
}

fn of_operation((index, operation): (usize, Value)) -> Result<ManifestEntry, String> {
    let place = format!("operations[{index}]");
    let Value::Object(mut members) = operation else {
        return Err(format!("{place} is not an object"));
    };
    let mut string = |name: &str| match members.swap_remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(format!("{place}: '{name}' is not a string")),
    };
    let (id, text) = (string("id")?, string("body")?);
    let place = format!("{place} with the id '{id}'");
    Ok(ManifestEntry { place, id, text })
}
