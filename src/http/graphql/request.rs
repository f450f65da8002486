//! A GraphQL request in a JSON body or in a URL.
//!
//! A derived `Deserialize` would accept an array for the object, and the last of two equal keys in
//! `variables`, so that a condition of a filter could be lost. This module refuses both.

use std::fmt;

use async_graphql::{
    Name, Value, Variables,
    indexmap::{IndexMap, map::Entry},
};
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};

use crate::{
    error::{Code, Error, Result},
    graphql::execute::GraphqlRequest,
};

/// What some programs write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The request in a body.
pub(super) fn from_body(body: &[u8]) -> Result<GraphqlRequest> {
    match json(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)) {
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
            "query" | "operationName" => false,
            "variables" | "extensions" => true,
            _ => continue,
        };
        if text.trim().is_empty() {
            continue;
        }
        let value = match is_json {
            true => json(text.as_bytes()).map_err(|error| {
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
    let (mut query, mut operation_name, mut variables) = (None, None, Variables::default());
    let mut has_hash = false;
    for (name, value) in members {
        match (name.as_str(), value) {
            ("query", Value::String(text)) => query = Some(text),
            ("query", other) => return Err(wrong_type(&name, "a string", &other)),
            ("operationName", Value::String(text)) => operation_name = Some(text),
            ("operationName" | "variables" | "extensions", Value::Null) => {}
            ("operationName", other) => return Err(wrong_type(&name, "a string or null", &other)),
            ("variables", object @ Value::Object(_)) => variables = Variables::from_value(object),
            ("extensions", Value::Object(extensions)) => {
                has_hash = matches!(extensions.get("persistedQuery"), Some(Value::Object(_)));
            }
            ("variables" | "extensions", other) => {
                return Err(wrong_type(&name, "an object or null", &other));
            }
            _ => {}
        }
    }
    match query {
        Some(query) => Ok(GraphqlRequest { query, operation_name, variables }),
        // Clients with automatic persisted queries send the document after this message.
        None if has_hash => {
            Err(Error::client(Code::PersistedQueryNotSupported, "PersistedQueryNotSupported"))
        }
        None => Err(Error::input(
            "The request has no 'query'. Send the document as the string 'query'.",
        )),
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

/// Parses JSON in which no key occurs twice in one object.
pub(super) fn json(text: &[u8]) -> serde_json::Result<Value> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = UniqueKeys.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct UniqueKeys;

impl<'de> DeserializeSeed<'de> for UniqueKeys {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UniqueKeys {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = IndexMap::new();
        while let Some(key) = members.next_key::<Name>()? {
            match object.entry(key) {
                Entry::Occupied(member) => {
                    let message =
                        format_args!("the key '{}' occurs twice in one object", member.key());
                    return Err(A::Error::custom(message));
                }
                Entry::Vacant(member) => member.insert(members.next_value_seed(self)?),
            };
        }
        Ok(Value::Object(object))
    }
}
