//! Parsing the parameters of a call from its query string and its form.

use encoding_rs::WINDOWS_1252;
use percent_encoding::percent_decode;

use crate::{export::OutputFormat, legacy::vars};

/// The limit of the number of parameters.
const MAX_PARAMS: usize = 1_000;

/// The length limit of a key, in characters.
const MAX_KEY_LENGTH: usize = 512;

/// The parameters of one call. They have no `Debug`, since they include the caller's key.
pub struct Params {
    /// In the caller's order, the query string first.
    list: Vec<Param>,
    /// The number of parameters of the query string.
    form: usize,
    too_many: bool,
}

struct Param {
    /// In upper case, without what may surround it.
    name: String,
    /// Decoded, not trimmed.
    value: String,
}

impl Params {
    /// Parses a query string (the part of the URL after its `?`) and, for a POST, a form. Any bytes are
    /// accepted.
    pub fn parse(query: &[u8], form: Option<&[u8]>) -> Self {
        let mut params = Self { list: Vec::new(), form: 0, too_many: false };
        params.append(query);
        params.form = params.list.len();
        params.append(form.unwrap_or_default());
        params
    }

    /// Adds a parameter of a form that does not encode names and values.
    pub fn append_plain(&mut self, name: &str, value: &[u8]) {
        self.push(name, text(value.to_vec()));
    }

    /// The possible values of `KEY`, the most probable first; none if `KEY` is absent or too long.
    ///
    /// A `+` in a key arrives as a space if the caller did not encode it. Some callers append a `|` and a
    /// department. PHP replaces a line break behind the key by `_`.
    pub fn key_candidates(&self) -> Vec<String> {
        let Some(value) = self.last("KEY") else { return Vec::new() };
        let trimmed = value.trim();
        if trimmed.is_empty() {
            return Vec::new();
        }
        let with_spaces = value.trim_matches(|c: char| c.is_whitespace() && c != ' ');
        let keys = [trimmed.to_owned(), with_spaces.replace(' ', "+"), trimmed.replace(' ', "+")];
        let shorter = keys.iter().flat_map(|key| {
            let without_department = key.rsplit_once('|').map_or(&**key, |(key, _)| key);
            [without_department, key.trim_end_matches('_')]
        });
        let mut candidates = Vec::new();
        for candidate in keys.iter().map(String::as_str).chain(shorter) {
            let fits = (1..=MAX_KEY_LENGTH).contains(&candidate.chars().count());
            if fits && !candidates.iter().any(|known| known == candidate) {
                candidates.push(candidate.to_owned());
            }
        }
        candidates
    }

    /// Whether the form has `KEY`, which the query string may have too.
    pub fn has_key_in_form(&self) -> bool {
        self.list.get(self.form..).unwrap_or_default().iter().any(|param| param.name == "KEY")
    }

    /// The format of the answer. An invalid format counts as absent, so that every error has a format.
    pub fn format(&self) -> OutputFormat {
        let asked = self.word("OUTPUT_FORMAT").and_then(OutputFormat::parse);
        asked.or_else(|| self.vars().and_then(|text| vars::format(&text))).unwrap_or_default()
    }

    /// The value of a parameter, trimmed. The last occurrence counts, and an empty value is absent.
    pub(in crate::legacy) fn get(&self, name: &str) -> Option<&str> {
        self.last(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// The value of a parameter that is one of some words.
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        self.get(name).map(trim_line_breaks).filter(|value| !value.is_empty())
    }

    /// All values of `VARS`, `VARS[]` and `VARS[0]` in the form, or else in the query string, joined by spaces.
    pub(in crate::legacy) fn vars(&self) -> Option<String> {
        let (query, form) = self.list.split_at(self.form);
        let in_form = form.iter().any(Param::is_vars);
        let parts = if in_form { form } else { query }.iter().filter(|it| it.is_vars());
        let parts = parts.map(|it| it.value.trim()).filter(|value| !value.is_empty());
        Some(parts.collect::<Vec<_>>().join(" ")).filter(|joined| !joined.is_empty())
    }

    /// The names of all parameters, in upper case, in the caller's order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|param| param.name.as_str())
    }

    /// Whether the call has more parameters than the limit.
    pub(super) fn too_many(&self) -> bool {
        self.too_many
    }

    fn append(&mut self, source: &[u8]) {
        for pair in source.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let mut half = || decode(halves.next().unwrap_or_default());
            let (name, value) = (half(), half());
            self.push(&name, value);
            if self.too_many {
                return;
            }
        }
    }

    fn push(&mut self, name: &str, value: String) {
        if self.list.len() == MAX_PARAMS {
            self.too_many = true;
        } else {
            self.list.push(Param { name: bare_name(name).to_ascii_uppercase(), value });
        }
    }

    fn last(&self, name: &str) -> Option<&str> {
        self.list.iter().rfind(|param| param.name == name).map(|param| param.value.as_str())
    }
}

impl Param {
    fn is_vars(&self) -> bool {
        let index = self.name.strip_prefix("VARS");
        index.is_some_and(|it| it.is_empty() || it.starts_with('[') && it.ends_with(']'))
    }
}

/// A value of which every part is known, without the underscores and white space around it: PHP replaces
/// line breaks in a URL by underscores.
pub(super) fn trim_line_breaks(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || c == '_')
}

/// A name without white space around it, and without underscores and `amp;` before it. `amp;` is the rest
/// of an `&amp;` in a URL that was copied from HTML.
fn bare_name(name: &str) -> &str {
    let mut name = name.trim_end();
    loop {
        name = name.trim_start_matches(|c: char| c.is_whitespace() || c == '_');
        match name.get(..4) {
            Some(start) if start.eq_ignore_ascii_case("amp;") => name = &name[4..],
            _ => return name,
        }
    }
}

/// Decodes the encoding of forms.
fn decode(raw: &[u8]) -> String {
    let spaced: Vec<u8> = raw.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    text(percent_decode(&spaced).collect())
}

/// Decodes UTF-8. Other bytes are decoded as Windows-1252, which accepts any byte.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned()
    })
}
