//! One element of `requests` to a draft.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::words;
use crate::ingest::{
    draft::{Draft, MESSAGE_TEXTS, PAIR_TEXTS, SESSION_TEXTS, Texts, named},
    problem::{Reason, excerpt},
    record::CustomField,
};

/// Reads one element. Members that it does not know say nothing.
pub(in crate::ingest) fn parse(raw: &str) -> Result<Draft, Reason> {
    if !raw.trim_start().starts_with('{') {
        return Err(shape("the record", "an object"));
    }
    let malformed = |error: serde_json::Error| Reason::Malformed(words(&error));
    let Members(members) = serde_json::from_str(raw).map_err(malformed)?;
    let mut draft = Draft::default();
    for (written, value) in members {
        if let Some(field) = named(&SESSION_TEXTS, &written) {
            draft.texts.set(field, text(value, field)?)?;
        } else {
            other(&mut draft, &written, value)?;
        }
    }
    Ok(draft)
}

/// Reads a member that is no text of the session.
fn other(draft: &mut Draft, written: &str, value: Value) -> Result<(), Reason> {
    match written.to_ascii_lowercase().as_str() {
        "custom_field_name" if !draft.names.is_empty() => Err(Reason::Twice("custom_field_name")),
        "custom_field_name" => {
            draft.names.push(text(value, "custom_field_name")?);
            Ok(())
        }
        "custom_field_value" if !draft.values.is_empty() => {
            Err(Reason::Twice("custom_field_value"))
        }
        "custom_field_value" => {
            draft.values.push(text(value, "custom_field_value")?);
            Ok(())
        }
        "custom_fields" => {
            let pairs = array(value, "custom_fields")?.into_iter().map(pair);
            fill(&mut draft.pairs, "custom_fields", pairs.collect::<Result<_, _>>()?)?;
            draft.check_count()
        }
        "chat_info" => {
            let chat = array(value, "chat_info")?.into_iter();
            let chat = chat.map(|value| texts(value, &MESSAGE_TEXTS, "a message of chat_info"));
            fill(&mut draft.chat, "chat_info", chat.collect::<Result<_, _>>()?)?;
            draft.check_count()
        }
        "video_links" => {
            let links = array(value, "video_links")?.into_iter();
            let links = links.map(|value| text(value, "a link of video_links"));
            fill(&mut draft.videos, "video_links", links.collect::<Result<_, _>>()?)?;
            draft.check_count()
        }
        _ => Ok(()),
    }
}

fn fill<T>(place: &mut Option<T>, field: &'static str, value: T) -> Result<(), Reason> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Reason::Twice(field)),
    }
}

fn pair(value: Value) -> Result<CustomField, Reason> {
    let mut texts = texts(value, &PAIR_TEXTS, "a field of custom_fields")?;
    Ok(CustomField { name: texts.take("name"), value: texts.take("value") })
}

fn texts(value: Value, names: &[&'static str], field: &str) -> Result<Texts, Reason> {
    let Value::Object(members) = value else { return Err(shape(field, "an object")) };
    let mut texts = Texts::default();
    for (written, value) in members {
        if let Some(name) = named(names, &written) {
            texts.set(name, text(value, &format!("the {name} of {field}"))?)?;
        }
    }
    Ok(texts)
}

/// A text, or a number or truth value that can be written as one in a single way.
fn text(value: Value, field: &str) -> Result<String, Reason> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) if number.is_i64() || number.is_u64() => Ok(number.to_string()),
        Value::Number(number) => Err(Reason::NotA {
            field: field.to_owned(),
            text: excerpt(&number.to_string()),
            kind: "a whole number; write it in quotation marks",
        }),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Null => Ok(String::new()),
        Value::Array(_) | Value::Object(_) => Err(shape(field, "a plain text")),
    }
}

fn array(value: Value, field: &str) -> Result<Vec<Value>, Reason> {
    match value {
        Value::Array(values) => Ok(values),
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        _ => Err(shape(field, "an array")),
    }
}

fn shape(field: &str, shape: &'static str) -> Reason {
    Reason::Shape { field: field.to_owned(), shape }
}

/// An object's members in their order, a repeated one as often as it stands there.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
