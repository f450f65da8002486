//! The tokens of a document, before a parser recurses into its brackets.

use std::ops::Range;

use apollo_compiler::ast;

use super::position::position;
use crate::{
    error::{Code, Error},
    graphql::{error::RequestError, limits::Limits},
};

/// The maximum length of a part of a document in a message.
const MAX_SHOWN_CHARS: usize = 40;

/// The tokens before which a description is allowed, outside of all brackets.
const DESCRIBED: [&str; 4] = ["query", "mutation", "subscription", "fragment"];

/// The parts of a document that the parser does not support.
#[derive(Default)]
pub(super) struct Scan {
    /// The descriptions of operations, fragments and variables, which the parser does not support.
    pub(super) descriptions: Vec<Range<usize>>,
    /// The descriptions, and the ranges between tokens with commas, which the parser does not skip
    /// everywhere.
    pub(super) blank: Vec<Range<usize>>,
}

/// Scans the tokens of a document.
///
/// # Errors
/// When its brackets nest too deeply, strings and comments aside, or an argument has no value.
pub(super) fn scan(text: &str) -> Result<Scan, RequestError> {
    let mut scan = Scan::default();
    let mut candidate: Option<Range<usize>> = None;
    let mut brackets: Vec<u8> = Vec::new();
    let (mut previous, mut end, mut is_argument) = ("", 0, false);
    for token in Tokens(text, 0) {
        let part = &text[token.clone()];
        if is_argument && part != ":" {
            return Err(unexpected(text, token.start, "expected ':'"));
        }
        // The parser drops an argument or a field of an input object that has no value.
        is_argument = brackets.contains(&b'(')
            && matches!(brackets.last(), Some(b'(' | b'{'))
            && part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && !matches!(previous, ":" | "$" | "=" | "@");
        let described = match brackets[..] {
            [] => DESCRIBED.contains(&part),
            _ => part == "$",
        };
        if let Some(description) = candidate.take().filter(|_| described) {
            scan.descriptions.push(description.clone());
            scan.blank.push(description);
        }
        if text[end..token.start].contains(',') {
            scan.blank.push(end..token.start);
        }
        end = token.end;
        match part.as_bytes()[0] {
            // A default value follows '='. The next variable may follow it.
            b'"' if brackets.is_empty() || brackets == [b'('] && previous != "=" => {
                candidate = Some(token);
            }
            bracket @ (b'{' | b'[' | b'(') => {
                brackets.push(bracket);
                let max = Limits::MAX_BRACKETS;
                if brackets.len() > max {
                    let message = format!("The document nests more than {max} brackets.");
                    let error = Error::client(Code::QueryTooDeep, message);
                    return Err(RequestError::located(&error, position(text, token.start)));
                }
            }
            b'}' | b']' | b')' => drop(brackets.pop()),
            _ => {}
        }
        previous = part;
    }
    Ok(scan)
}

/// Whether a description has valid escape sequences.
pub(super) fn is_text(description: &str) -> bool {
    ast::Document::parse(format!("{{a(b:{description})}}"), "").is_ok()
}

/// An error at a token of a document.
pub(super) fn unexpected(text: &str, start: usize, message: &str) -> RequestError {
    let line = |text: &str| text.replace(char::is_control, " ");
    let found: String = token(text, start).chars().take(MAX_SHOWN_CHARS).collect();
    let found = if found.is_empty() { "the end".to_owned() } else { format!("'{}'", line(&found)) };
    RequestError::at(position(text, start), format!("Syntax error at {found}: {}.", line(message)))
}

/// The token that begins at or after an offset; empty at the end of the text.
fn token(text: &str, offset: usize) -> &str {
    Tokens(text, offset).next().map_or("", |token| &text[token])
}

/// The tokens of a text from an offset on: strings, words, and all other characters one by one.
struct Tokens<'a>(&'a str, usize);

impl Iterator for Tokens<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let rest = self.0.get(self.1..)?;
            let first = rest.chars().next()?;
            let length = match first {
                '"' => string_length(rest),
                '#' => rest.find(['\n', '\r']).unwrap_or(rest.len()),
                _ if is_word(first) => rest.find(|sign| !is_word(sign)).unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
            let token = self.1..self.1 + length;
            self.1 = token.end;
            if !matches!(first, '#' | ' ' | '\t' | '\n' | '\r' | ',' | '\u{feff}') {
                return Some(token);
            }
        }
    }
}

fn is_word(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || sign == '_'
}

/// The length of a string with its quotes; one that is not closed ends at the end of its line.
fn string_length(text: &str) -> usize {
    if let Some(mut rest) = text.strip_prefix("\"\"\"") {
        while let Some(at) = rest.find("\"\"\"") {
            let escaped = rest[..at].ends_with('\\');
            rest = &rest[at + 3..];
            if !escaped {
                return text.len() - rest.len();
            }
        }
        return text.len();
    }
    let mut escaped = false;
    for (at, sign) in text.char_indices().skip(1) {
        match sign {
            '\n' | '\r' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::scan;

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let many = "[".repeat(500);
        for text in [
            format!("{{ a(b: \"{many}\") }}"),
            format!("{{ a(b: \"\\\"{many}\") }}"),
            format!("{{ a(b: \"\"\"{many} \\\"\"\" {many}\"\"\") }}"),
            format!("# {many}\n{{ a }}"),
        ] {
            assert!(scan(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn each_argument_has_a_value() {
        for text in [
            "{ a(b: C d: E) }",
            "{ a(b: [C D] e: { f: G h: $i }) @j(k: L) }",
            "query A($a: B = C @d(e: F) $g: [H!]!) { i }",
        ] {
            assert!(scan(text).is_ok(), "{text}");
        }
        for text in
            ["{ a(b c: D) }", "{ a(b) }", "{ a(b: { c d: E }) }", "{ a @b(c) }", "{ a(b: { c }) }"]
        {
            assert!(scan(text).is_err(), "{text}");
        }
    }

    #[test]
    fn deep_brackets_are_refused() {
        for text in ["{a".repeat(101), format!("{{ a(b: {}", "[".repeat(100)), "\"\"{".repeat(101)]
        {
            assert!(scan(&text).is_err(), "{text}");
        }
        assert!(scan(&"{a}".repeat(500)).is_ok());
    }
}
