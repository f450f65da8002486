//! One session of a JSON document to a draft.

use super::{
    message::words,
    names::{Member, member},
    value::JsonValue,
};
use crate::ingest::{
    draft::{
        Draft, ElementKind, LINK_TEXTS, MESSAGE_TEXTS, PAIR_TEXTS, Texts, named, session_element,
    },
    problem::{Reason, excerpt},
    style::{DocumentStyle, ElementScope},
};

/// Reads one session. Unknown members are ignored.
pub(in crate::ingest) fn parse(
    raw: &str,
    line: u64,
    style: &DocumentStyle,
) -> Result<Draft, Reason> {
    let malformed = |error: serde_json::Error| {
        let inner = (error.line() as u64).saturating_sub(1);
        let what = words(&error);
        Reason::Malformed(if inner == 0 {
            what
        } else {
            format!("{what}, on line {}", line + inner)
        })
    };
    let members = match serde_json::from_str(raw).map_err(malformed)? {
        JsonValue::Object(members) => members,
        other => return Err(shape("the record", "an object", &other)),
    };
    let mut draft = Draft::default();
    for (written, value) in members {
        let Some((name, kind)) =
            session_element(style.standard_name(ElementScope::Session, &written))
        else {
            check_unknown(style, &written, &value)?;
            continue;
        };
        match kind {
            ElementKind::Text => draft.texts.set(name, text(value, || name.to_owned())?)?,
            ElementKind::ChatInfo => {
                fill(&mut draft.chat, name, value, |value| message(style, value))?
            }
            ElementKind::VideoLinks => fill(&mut draft.videos, name, value, link)?,
            ElementKind::CustomFields => {
                fill(&mut draft.pairs, name, value, |value| pair(style, value))?
            }
            ElementKind::CustomFieldName => single(&mut draft.names, name, value)?,
            ElementKind::CustomFieldValue => single(&mut draft.values, name, value)?,
        }
    }
    draft.check_count()?;
    Ok(draft)
}

/// Refuses an unknown member that has the name of an envelope's member that contains sessions.
fn check_unknown(style: &DocumentStyle, written: &str, value: &JsonValue) -> Result<(), Reason> {
    let nested = matches!(value, JsonValue::List(_) | JsonValue::Object(_));
    if nested
        && matches!(member(style, written), Member::Envelope("requests" | "response" | "details"))
    {
        return Err(Reason::NotAccepted {
            field: "the record".to_owned(),
            content: format!("the list '{}' of other records", excerpt(written)),
            rule: "records cannot contain records".to_owned(),
        });
    }
    Ok(())
}

/// Sets the only text of a list.
fn single(target: &mut Vec<String>, field: &'static str, value: JsonValue) -> Result<(), Reason> {
    if !target.is_empty() {
        return Err(Reason::Twice(field));
    }
    target.push(text(value, || field.to_owned())?);
    Ok(())
}

fn fill(
    target: &mut Option<Vec<Texts>>,
    field: &'static str,
    value: JsonValue,
    each: impl Fn(JsonValue) -> Result<Texts, Reason>,
) -> Result<(), Reason> {
    let items = match value {
        JsonValue::List(items) => items,
        JsonValue::Null => Vec::new(),
        JsonValue::Text(text) if text.trim().is_empty() => Vec::new(),
        other => return Err(shape(field, "an array", &other)),
    };
    match target.replace(items.into_iter().map(each).collect::<Result<_, _>>()?) {
        None => Ok(()),
        Some(_) => Err(Reason::Twice(field)),
    }
}

fn message(style: &DocumentStyle, value: JsonValue) -> Result<Texts, Reason> {
    let name =
        |written: &str| named(MESSAGE_TEXTS, style.standard_name(ElementScope::Message, written));
    texts(value, name, "a message of chat_info")
}

fn pair(style: &DocumentStyle, value: JsonValue) -> Result<Texts, Reason> {
    let name =
        |written: &str| named(PAIR_TEXTS, style.standard_name(ElementScope::CustomField, written));
    texts(value, name, "a field of custom_fields")
}

/// A link is a text, or an object with more about the recording.
fn link(value: JsonValue) -> Result<Texts, Reason> {
    let field = "a link of video_links";
    if let JsonValue::Object(_) = value {
        return texts(value, |written| named(LINK_TEXTS, written), field);
    }
    let mut texts = Texts::default();
    texts.set("url", text(value, || field.to_owned())?)?;
    Ok(texts)
}

fn texts(
    value: JsonValue,
    name: impl Fn(&str) -> Option<&'static str>,
    field: &str,
) -> Result<Texts, Reason> {
    let JsonValue::Object(members) = value else { return Err(shape(field, "an object", &value)) };
    let mut texts = Texts::default();
    for (written, value) in members {
        match name(&written) {
            Some(name) => {
                texts.set(name, text(value, || format!("the {name} of {field}"))?)?;
            }
            None => texts.set_unknown(|| {
                format!("the member '{}' is unknown; rename it", excerpt(&written))
            }),
        }
    }
    Ok(texts)
}

/// A text, or a number or truth value that can be written as one in a single way.
fn text(value: JsonValue, field: impl Fn() -> String) -> Result<String, Reason> {
    match value {
        JsonValue::Text(text) | JsonValue::Integer(text) => Ok(text),
        JsonValue::Fraction(text) => Err(Reason::NotA {
            field: field(),
            text: excerpt(&text),
            kind: "a whole number; write it in quotation marks",
        }),
        JsonValue::Bool(truth) => Ok(truth.to_string()),
        JsonValue::Null => Ok(String::new()),
        JsonValue::List(_) | JsonValue::Object(_) => Err(shape(&field(), "text", &value)),
    }
}

fn shape(field: &str, shape: &'static str, value: &JsonValue) -> Reason {
    Reason::Shape { field: field.to_owned(), shape, found: value.kind().to_owned() }
}
