//! Writing JSON.

use serde_json_borrow::Value;

use super::{
    Var,
    node::{self, Cell, Malformed},
    render::{Hole, NamedField},
    vars::{List, Source},
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
    session: &Value<'_>,
    out: &mut Vec<u8>,
    holes: &mut Vec<Hole>,
) -> Result<(), Malformed> {
    out.push(b'{');
    let last_custom = vars.iter().rposition(|var| var.is_custom());
    for (position, var) in vars.iter().enumerate() {
        comma(position > 0, out);
        match node::cell(session, var.source)? {
            Cell::Number(number) => {
                key(var.element, out);
                out.extend_from_slice(number.to_string().as_bytes());
            }
            Cell::Text(text) => member(var.element, &text, out),
            Cell::List(connection) => {
                key(var.element, out);
                out.push(b'[');
                items(connection.list, connection.nodes, true, out)?;
                holes.extend(Hole::after(&connection, out.len()));
                out.push(b']');
            }
            Cell::Fields(fields) => {
                let (name, value) = named.choose(&fields);
                let scalar = if var.source == Source::FieldName { name } else { value };
                member(var.element, scalar, out);
                if last_custom == Some(position) {
                    custom_fields(&fields, out);
                }
            }
        }
    }
    out.push(b'}');
    Ok(())
}

/// Items of a list, `first` if none is written before them.
pub(super) fn items(
    list: List,
    items: &[Value<'_>],
    first: bool,
    out: &mut Vec<u8>,
) -> Result<(), Malformed> {
    for (position, item) in items.iter().enumerate() {
        comma(!first || position > 0, out);
        match list {
            List::Chat => {
                out.push(b'{');
                member("date", &node::date(item, &["sentAt"])?, out);
                out.push(b',');
                member("sender", node::text(item, &["sender"])?, out);
                out.push(b',');
                member("text", node::text(item, &["body"])?, out);
                out.push(b'}');
            }
            List::Videos => string(node::text(item, &["url"])?, out),
        }
    }
    Ok(())
}

/// A comma, where something stands before.
pub(super) fn comma(wanted: bool, out: &mut Vec<u8>) {
    if wanted {
        out.push(b',');
    }
}

fn custom_fields(fields: &[(&str, &str)], out: &mut Vec<u8>) {
    out.push(b',');
    key("custom_fields", out);
    out.push(b'[');
    for (position, (name, value)) in fields.iter().enumerate() {
        comma(position > 0, out);
        out.push(b'{');
        member("name", name, out);
        out.push(b',');
        member("value", value, out);
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
