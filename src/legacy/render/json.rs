//! Writing JSON.

use super::placeholder::Placeholder;
use crate::{
    domain::text::fold,
    legacy::{
        response::{ListItems, NameAndValue, ResponseSession, VarValue},
        vars::{Var, VarSource},
    },
};

/// The custom field that the filters name, by its folded name, its folded value, or both.
pub(super) struct NamedField {
    pub(super) name: Option<String>,
    pub(super) value: Option<String>,
}

impl NamedField {
    /// The first field that the filters name, else the first field, else an empty one.
    fn choose<'f>(&self, fields: &'f [NameAndValue<'_>]) -> (&'f str, &'f str) {
        let named = |field: &&NameAndValue<'_>| {
            matches(&self.name, &field.name.0) && matches(&self.value, &field.value.0)
        };
        let chosen = fields.iter().find(named).or(fields.first());
        chosen.map_or(("", ""), |field| (&field.name.0, &field.value.0))
    }
}

/// The document up to the first session.
pub(super) fn head(total: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{{\"nrequests\":{total},\"requests\":[").as_bytes());
}

/// The document after the last session.
pub(super) fn tail(out: &mut Vec<u8>) {
    out.extend_from_slice(b"]}");
}

/// A document with an error.
pub(super) fn error(message: &str) -> Vec<u8> {
    let mut out = b"{".to_vec();
    member("error_msg", message, &mut out);
    out.push(b'}');
    out
}

/// One session, without the comma before it.
pub(super) fn session(
    vars: &[&'static Var],
    named: &NamedField,
    session: &ResponseSession<'_>,
    out: &mut Vec<u8>,
    placeholders: &mut Vec<Placeholder>,
) {
    out.push(b'{');
    let last_custom = vars.iter().rposition(|var| var.is_custom());
    for (position, (var, value)) in vars.iter().zip(&session.values).enumerate() {
        comma(position > 0, out);
        key(var.element, out);
        match value {
            VarValue::Missing => {}
            VarValue::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
            VarValue::Text(text) => string(text, out),
            VarValue::Date(date) => string(date.as_str(), out),
            VarValue::Flag(flag) => string(if *flag { "TRUE" } else { "FALSE" }, out),
            VarValue::List(page) => {
                out.push(b'[');
                items(&page.nodes, true, out);
                placeholders.extend(Placeholder::after(session, page, out.len()));
                out.push(b']');
            }
            VarValue::CustomFields => {
                let (name, value) = named.choose(&session.custom_fields);
                string(if var.source == VarSource::FieldName { name } else { value }, out);
                if last_custom == Some(position) {
                    custom_fields(&session.custom_fields, out);
                }
            }
        }
    }
    out.push(b'}');
}

/// Items of a list. `first` is true if no item was written before them.
pub(super) fn items(items: &ListItems<'_>, first: bool, out: &mut Vec<u8>) {
    match items {
        ListItems::Messages(messages) => {
            for (position, message) in messages.iter().enumerate() {
                comma(!first || position > 0, out);
                out.push(b'{');
                member("date", message.sent_at.as_str(), out);
                out.push(b',');
                member("sender", &message.sender.0, out);
                out.push(b',');
                member("text", &message.body.0, out);
                out.push(b'}');
            }
        }
        ListItems::Links(links) => {
            for (position, link) in links.iter().enumerate() {
                comma(!first || position > 0, out);
                string(&link.url.0, out);
            }
        }
    }
}

/// A comma, unless it is the first item.
pub(super) fn comma(needed: bool, out: &mut Vec<u8>) {
    if needed {
        out.push(b',');
    }
}

fn custom_fields(fields: &[NameAndValue<'_>], out: &mut Vec<u8>) {
    out.push(b',');
    key("custom_fields", out);
    out.push(b'[');
    for (position, field) in fields.iter().enumerate() {
        comma(position > 0, out);
        out.push(b'{');
        member("name", &field.name.0, out);
        out.push(b',');
        member("value", &field.value.0, out);
        out.push(b'}');
    }
    out.push(b']');
}

fn member(name: &str, text: &str, out: &mut Vec<u8>) {
    key(name, out);
    string(text, out);
}

fn key(name: &str, out: &mut Vec<u8>) {
    string(name, out);
    out.push(b':');
}

fn string(text: &str, out: &mut Vec<u8>) {
    // Writing a text to memory cannot fail.
    let _ = serde_json::to_writer(out, text);
}

fn matches(filter: &Option<String>, text: &str) -> bool {
    filter.as_ref().is_none_or(|folded| *folded == fold(text))
}
