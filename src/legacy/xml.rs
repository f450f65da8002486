//! Writing XML.

use super::{
    Var,
    node::{Cell, Field, Items, Session},
    render::Hole,
    vars::Source,
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
    session: &Session<'_>,
    out: &mut Vec<u8>,
    holes: &mut Vec<Hole>,
) {
    open("request", out);
    let mut fields_written = false;
    for (var, cell) in vars.iter().zip(&session.cells) {
        match cell {
            Cell::Missing => {}
            Cell::Number(number) => element(var.element, &number.to_string(), out),
            Cell::Text(text) => element(var.element, text, out),
            Cell::Date(date) => element(var.element, date.as_str(), out),
            Cell::Flag(flag) => element(var.element, if *flag { "TRUE" } else { "FALSE" }, out),
            Cell::List(connection) => {
                open(var.element, out);
                items(&connection.nodes, out);
                holes.extend(Hole::after(session, connection, out.len()));
                close(var.element, out);
            }
            Cell::Fields if fields_written => {}
            Cell::Fields => {
                custom_fields(vars, &session.fields, out);
                fields_written = true;
            }
        }
    }
    close("request", out);
}

/// Items of a list.
pub(super) fn items(items: &Items<'_>, out: &mut Vec<u8>) {
    match items {
        Items::Messages(messages) => {
            for message in messages {
                open("message", out);
                element("date", message.sent_at.as_str(), out);
                element("sender", &message.sender.0, out);
                element("text", &message.body.0, out);
                close("message", out);
            }
        }
        Items::Links(links) => links.iter().for_each(|it| element("video_link", &it.url.0, out)),
    }
}

/// All fields one after the other, each with the elements that are asked for in their order.
fn custom_fields(vars: &[&'static Var], fields: &[Field<'_>], out: &mut Vec<u8>) {
    let none = [Field::default()];
    for field in if fields.is_empty() { &none } else { fields } {
        for var in vars.iter().filter(|var| var.is_custom()) {
            let is_name = var.source == Source::FieldName;
            element(var.element, if is_name { &field.name.0 } else { &field.value.0 }, out);
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
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| LOOKED_AT[usize::from(*byte)]) {
        let (written, length): (&[u8], _) = match rest[at..] {
            [b'&', ..] => (b"&amp;", 1),
            [b'<', ..] => (b"&lt;", 1),
            [b'>', ..] => (b"&gt;", 1),
            [b'\r', ..] => (b"&#13;", 1),
            [0xEF, 0xBF, 0xBE | 0xBF, ..] => (REPLACEMENT, 3),
            [0xEF, ..] => (b"\xEF", 1),
            _ => (REPLACEMENT, 1),
        };
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(written);
        rest = &rest[at + length..];
    }
    out.extend_from_slice(rest);
}

/// U+FFFD.
const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// The bytes that may not stand as they are: marks, control characters, and the first byte of
/// U+FFFE and U+FFFF.
static LOOKED_AT: [bool; 256] = {
    let mut looked_at = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        looked_at[byte] = !matches!(byte as u8, b'\t' | b'\n');
        byte += 1;
    }
    looked_at[b'&' as usize] = true;
    looked_at[b'<' as usize] = true;
    looked_at[b'>' as usize] = true;
    looked_at[0xEF] = true;
    looked_at
};
