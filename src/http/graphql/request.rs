//! A GraphQL request in a JSON body or in a URL.
//!
//! A derived `Deserialize` would accept an array for the object. This module refuses it.

use async_graphql::{Name, Value, Variables, indexmap::IndexMap};

use crate::{
    error::{Error, Result},
    graphql::{
        execute::{DocumentRef, GraphqlRequest},
        json,
    },
};

/// What some programs write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The request in a body.
pub(super) fn from_body(body: &[u8]) -> Result<GraphqlRequest> {
    match json::parse(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)) {
        Ok(Value::Object(members)) => from_members(members),
        Ok(Value::List(_)) => Err(Error::input(
            "Batches are not supported: the body must be one JSON object, not an array. \
             Send each request on its own.",
        )),
        Ok(other) => Err(Error::input(format!(
            "The body must be a JSON object with the member 'query', not {}.",
            kind(&other)
        ))),
        Err(error) => Err(Error::input(format!("The body is not valid JSON: {error}."))),
    }
}

/// The request in the query string of a URL, where a blank parameter is absent.
pub(super) fn from_url(query: &str) -> Result<GraphqlRequest> {
    let mut members = IndexMap::new();
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        let is_json = match &*name {
            "query" | "documentId" | "operationName" => false,
            "variables" | "extensions" => true,
            _ => continue,
        };
        if text.trim().is_empty() {
            continue;
        }
        let value = match is_json {
            true => json::parse(text.as_bytes()).map_err(|error| {
                Error::input(format!("The parameter '{name}' is not valid JSON: {error}."))
            })?,
            false => Value::String(text.into_owned()),
        };
        if members.insert(Name::new(&name), value).is_some() {
            return Err(Error::input(format!("The parameter '{name}' occurs twice in the URL.")));
        }
    }
    from_members(members)
}

/// The request that these members of an object are.
pub(super) fn from_members(members: IndexMap<Name, Value>) -> Result<GraphqlRequest> {
    let (mut text, mut id, mut hash) = (None, None, None);
    let (mut operation_name, mut variables) = (None, Variables::default());
    for (name, value) in members {
        match (name.as_str(), value) {
            ("query", Value::String(query)) => text = Some(query),
            ("query", other) => return Err(wrong_type(&name, "a string", &other)),
            ("documentId", Value::String(document)) => id = Some(document),
            ("operationName", Value::String(operation)) => operation_name = Some(operation),
            ("documentId" | "operationName" | "variables" | "extensions", Value::Null) => {}
            ("documentId" | "operationName", other) => {
                return Err(wrong_type(&name, "a string or null", &other));
            }
            ("variables", object @ Value::Object(_)) => variables = Variables::from_value(object),
            ("extensions", Value::Object(mut extensions)) => {
                hash = persisted_hash(extensions.swap_remove("persistedQuery"))?;
            }
            ("variables" | "extensions", other) => {
                return Err(wrong_type(&name, "an object or null", &other));
            }
            _ => {}
        }
    }
    if id.is_some() && hash.is_some() {
        return Err(Error::input("Send 'documentId' or 'extensions.persistedQuery', not both."));
    }
    let document = match (text, id.or(hash)) {
        (Some(text), None) => DocumentRef::Text(text),
        (None, Some(id)) => DocumentRef::Id(id),
        (Some(text), Some(id)) => DocumentRef::Both { text, id },
        (None, None) => {
            return Err(Error::input(
                "The request has no 'query'. Send the document as the string 'query'.",
            ));
        }
    };
    Ok(GraphqlRequest { document, operation_name, variables })
}

/// The hash of Apollo's protocol, in which clients send the hash of a document instead of its text.
fn persisted_hash(extension: Option<Value>) -> Result<Option<String>> {
    let mut members = match extension {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(members)) => members,
        Some(other) => {
            return Err(wrong_type("extensions.persistedQuery", "an object or null", &other));
        }
    };
    if members.swap_remove("version") != Some(Value::from(1)) {
        return Err(Error::input("'extensions.persistedQuery.version' must be the number 1."));
    }
    match members.swap_remove("sha256Hash") {
        Some(Value::String(hash)) => Ok(Some(hash)),
        other => {
            let other = other.unwrap_or_default();
            Err(wrong_type("extensions.persistedQuery.sha256Hash", "a string", &other))
        }
    }
}

/// Whether a text is a name as GraphQL has it, and short enough for the log.
pub(super) fn is_name(text: &str) -> bool {
    text.len() <= 100 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn wrong_type(name: &str, rule: &str, value: &Value) -> Error {
    Error::input(format!("'{name}' must be {rule}, not {}.", kind(value)))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Boolean(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::List(_) => "an array",
        Value::Object(_) => "an object",
        Value::String(_) | Value::Enum(_) | Value::Binary(_) => "a string",
    }
}
