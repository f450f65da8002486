//! Writing XML.

use super::placeholder::Placeholder;
use crate::legacy::{
    response::{ListItems, NameAndValue, ResponseSession, VarValue},
    vars::{Var, VarSource},
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

/// A document with an error. It has no XML declaration, like the published samples.
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
    session: &ResponseSession<'_>,
    out: &mut Vec<u8>,
    placeholders: &mut Vec<Placeholder>,
) {
    open("request", out);
    let mut fields_written = false;
    for (var, value) in vars.iter().zip(&session.values) {
        match value {
            VarValue::Missing => {}
            VarValue::Number(number) => element(var.element, &number.to_string(), out),
            VarValue::Text(text) => element(var.element, text, out),
            VarValue::Date(date) => element(var.element, date.as_str(), out),
            VarValue::Flag(flag) => element(var.element, if *flag { "TRUE" } else { "FALSE" }, out),
            VarValue::List(page) => {
                open(var.element, out);
                items(&page.nodes, out);
                placeholders.extend(Placeholder::after(session, page, out.len()));
                close(var.element, out);
            }
            VarValue::CustomFields if fields_written => {}
            VarValue::CustomFields => {
                custom_fields(vars, &session.custom_fields, out);
                fields_written = true;
            }
        }
    }
    close("request", out);
}

/// Items of a list.
pub(super) fn items(items: &ListItems<'_>, out: &mut Vec<u8>) {
    match items {
        ListItems::Messages(messages) => {
            for message in messages {
                open("message", out);
                element("date", message.sent_at.as_str(), out);
                element("sender", &message.sender.0, out);
                element("text", &message.body.0, out);
                close("message", out);
            }
        }
        ListItems::Links(links) => {
            links.iter().for_each(|it| element("video_link", &it.url.0, out))
        }
    }
}

/// All custom fields, each with the requested elements in the caller's order.
fn custom_fields(vars: &[&'static Var], fields: &[NameAndValue<'_>], out: &mut Vec<u8>) {
    let none = [NameAndValue::default()];
    for field in if fields.is_empty() { &none } else { fields } {
        for var in vars.iter().filter(|var| var.is_custom()) {
            let is_name = var.source == VarSource::FieldName;
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

/// Writes a text that a parser reads back unchanged, except that characters that XML forbids become
/// U+FFFD. Parsers read a bare carriage return as a line feed, so it is escaped.
fn escape(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| NEEDS_ESCAPE[usize::from(*byte)]) {
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

/// The bytes that need an escape: markup, control characters, and the first byte of U+FFFE and
/// U+FFFF, which needs a check of the next two.
static NEEDS_ESCAPE: [bool; 256] = {
    let mut needs_escape = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        needs_escape[byte] = !matches!(byte as u8, b'\t' | b'\n');
        byte += 1;
    }
    needs_escape[b'&' as usize] = true;
    needs_escape[b'<' as usize] = true;
    needs_escape[b'>' as usize] = true;
    needs_escape[0xEF] = true;
    needs_escape
};
