//! Writing XML.

use serde_json_borrow::Value;

use super::{
    Var,
    node::{self, Cell, Malformed},
    render::Hole,
    vars::{List, Source},
};

/// The document up to the first session.
pub(super) fn head(total: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>");
    element("nrequests", &total.to_string(), out);
    open("requests", out);
}

/// The document after the last session.
pub(super) fn tail(out: &mut Vec<u8>) {
    close("requests", out);
    close("response", out);
}

/// A whole document that tells of an error. It has no declaration, as the published samples have none.
pub(super) fn error(message: &str) -> Vec<u8> {
    let mut out = Vec::new();
    open("response", &mut out);
    element("error_msg", message, &mut out);
    close("response", &mut out);
    out
}

/// One session.
pub(super) fn session(
    vars: &[&'static Var],
    session: &Value<'_>,
    out: &mut Vec<u8>,
    holes: &mut Vec<Hole>,
) -> Result<(), Malformed> {
    open("request", out);
    let mut fields_written = false;
    for var in vars {
        match node::cell(session, var.source)? {
            Cell::Number(number) => element(var.element, &number.to_string(), out),
            Cell::Text(text) => element(var.element, &text, out),
            Cell::List(connection) => {
                open(var.element, out);
                items(connection.list, connection.nodes, out)?;
                holes.extend(Hole::after(&connection, out.len()));
                close(var.element, out);
            }
            Cell::Fields(_) if fields_written => {}
            Cell::Fields(fields) => {
                custom_fields(vars, &fields, out);
                fields_written = true;
            }
        }
    }
    close("request", out);
    Ok(())
}

/// Items of a list.
pub(super) fn items(list: List, items: &[Value<'_>], out: &mut Vec<u8>) -> Result<(), Malformed> {
    for item in items {
        match list {
            List::Chat => {
                open("message", out);
                element("date", &node::date(item, &["sentAt"])?, out);
                element("sender", node::text(item, &["sender"])?, out);
                element("text", node::text(item, &["body"])?, out);
                close("message", out);
            }
            List::Videos => element("video_link", node::text(item, &["url"])?, out),
        }
    }
    Ok(())
}

/// All fields one after the other, each with the elements that are asked for in their order.
fn custom_fields(vars: &[&'static Var], fields: &[(&str, &str)], out: &mut Vec<u8>) {
    let none = [("", "")];
    for (name, value) in if fields.is_empty() { &none } else { fields } {
        for var in vars.iter().filter(|var| var.is_custom()) {
            let text = if var.source == Source::FieldName { name } else { value };
            element(var.element, text, out);
        }
    }
}

fn element(name: &str, text: &str, out: &mut Vec<u8>) {
    open(name, out);
    escape(text, out);
    close(name, out);
}

fn open(name: &str, out: &mut Vec<u8>) {
    out.push(b'<');
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

fn close(name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"</");
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

/// Writes a text so that a parser reads it back character for character, but for those that XML
/// forbids, which become U+FFFD. A bare carriage return would be read as a line feed.
fn escape(text: &str, out: &mut Vec<u8>) {
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let written = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '\r' => "&#13;",
            '\t' | '\n' => continue,
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => "\u{FFFD}",
            _ => continue,
        };
        out.extend_from_slice(&text.as_bytes()[plain..at]);
        out.extend_from_slice(written.as_bytes());
        plain = at + c.len_utf8();
    }
    out.extend_from_slice(&text.as_bytes()[plain..]);
}
