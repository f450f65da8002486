//! Writing JSON.

use super::{
    Var,
    node::{Cell, Field, Items, Session},
    render::{Hole, NamedField},
    vars::Source,
};

/// The document up to the first session.
pub(super) fn head(total: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{{\"nrequests\":{total},\"requests\":[").as_bytes());
}

/// The document after the last session.
pub(super) fn tail(out: &mut Vec<u8>) {
    out.extend_from_slice(b"]}");
}

/// A whole document that tells of an error.
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
    session: &Session<'_>,
    out: &mut Vec<u8>,
    holes: &mut Vec<Hole>,
) {
    out.push(b'{');
    let last_custom = vars.iter().rposition(|var| var.is_custom());
    for (position, (var, cell)) in vars.iter().zip(&session.cells).enumerate() {
        comma(position > 0, out);
        key(var.element, out);
        match cell {
            Cell::Missing => {}
            Cell::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Cell::Text(text) => string(text, out),
            Cell::Date(date) => string(date.as_str(), out),
            Cell::Flag(flag) => string(if *flag { "TRUE" } else { "FALSE" }, out),
            Cell::List(connection) => {
                out.push(b'[');
                items(&connection.nodes, true, out);
                holes.extend(Hole::after(session, connection, out.len()));
                out.push(b']');
            }
            Cell::Fields => {
                let (name, value) = named.choose(&session.fields);
                string(if var.source == Source::FieldName { name } else { value }, out);
                if last_custom == Some(position) {
                    custom_fields(&session.fields, out);
                }
            }
        }
    }
    out.push(b'}');
}

/// Items of a list, `first` if none is written before them.
pub(super) fn items(items: &Items<'_>, first: bool, out: &mut Vec<u8>) {
    match items {
        Items::Messages(messages) => {
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
        Items::Links(links) => {
            for (position, link) in links.iter().enumerate() {
                comma(!first || position > 0, out);
                string(&link.url.0, out);
            }
        }
    }
}

/// A comma, where something stands before.
pub(super) fn comma(wanted: bool, out: &mut Vec<u8>) {
    if wanted {
        out.push(b',');
    }
}

fn custom_fields(fields: &[Field<'_>], out: &mut Vec<u8>) {
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
