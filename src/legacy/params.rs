//! The parameters of a call, out of the bytes of its query string and of its form.

use encoding_rs::WINDOWS_1252;
use percent_encoding::percent_decode;

use super::{Format, vars};

/// The most parameters that a call may have.
const MOST: usize = 1_000;

/// The longest key, in characters.
const LONGEST_KEY: usize = 512;

/// The parameters of one call. They cannot be printed, since the caller's key is among them.
pub struct Params {
    /// In the order written, those of the query string first.
    list: Vec<Param>,
    /// Where those of the form begin.
    form: usize,
    too_many: bool,
}

struct Param {
    /// Trimmed, in upper case.
    name: String,
    /// Decoded, with the white space around it.
    value: String,
}

impl Params {
    /// Reads a query string (what follows the `?`) and, for a POST, a form. No bytes are too odd.
    pub fn read(query: &[u8], form: Option<&[u8]>) -> Self {
        let mut params = Self { list: Vec::new(), form: 0, too_many: false };
        params.append(query);
        params.form = params.list.len();
        params.append(form.unwrap_or_default());
        params
    }

    /// The keys that the caller may mean, the likeliest first; none if there is no usable `KEY`.
    ///
    /// A key that holds `+` reaches us with spaces when the caller forgot to encode it.
    pub fn key_candidates(&self) -> Vec<String> {
        let Some(written) = self.last("KEY") else { return Vec::new() };
        let plain = written.trim();
        let mut candidates = Vec::new();
        let edged = written.trim_matches(|c: char| c.is_whitespace() && c != ' ');
        for candidate in [plain.to_owned(), edged.replace(' ', "+"), plain.replace(' ', "+")] {
            let fits = (1..=LONGEST_KEY).contains(&candidate.chars().count());
            if fits && !plain.is_empty() && !candidates.contains(&candidate) {
                candidates.push(candidate);
            }
        }
        candidates
    }

    /// The format to answer in, as far as it can be told: this never fails, so that any error of
    /// the rest can be written in it.
    pub fn format(&self) -> Format {
        let asked = self.get("OUTPUT_FORMAT").and_then(Format::from_word);
        asked.or_else(|| self.vars().and_then(|text| vars::format(&text))).unwrap_or_default()
    }

    /// The value of a parameter. The last one written counts; an empty one is absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.last(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// All of `VARS` and `VARS[]` in the form or else in the query string, joined by spaces.
    pub(super) fn vars(&self) -> Option<String> {
        let (query, form) = self.list.split_at(self.form);
        let in_form = form.iter().any(Param::is_vars);
        let parts = if in_form { form } else { query }.iter().filter(|it| it.is_vars());
        let parts = parts.map(|it| it.value.trim()).filter(|value| !value.is_empty());
        Some(parts.collect::<Vec<_>>().join(" ")).filter(|joined| !joined.is_empty())
    }

    /// The names of all parameters, in upper case, in the order written.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|param| param.name.as_str())
    }

    /// Whether there were more parameters than were read.
    pub(super) fn too_many(&self) -> bool {
        self.too_many
    }

    fn append(&mut self, source: &[u8]) {
        for pair in source.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if self.list.len() == MOST {
                self.too_many = true;
                return;
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let mut half = || decode(halves.next().unwrap_or_default());
            let (name, value) = (half().trim().to_ascii_uppercase(), half());
            self.list.push(Param { name, value });
        }
    }

    fn last(&self, name: &str) -> Option<&str> {
        self.list.iter().rfind(|param| param.name == name).map(|param| param.value.as_str())
    }
}

impl Param {
    fn is_vars(&self) -> bool {
        matches!(self.name.as_str(), "VARS" | "VARS[]")
    }
}

/// Undoes the encoding of forms; what is no UTF-8 then is read as Windows-1252, which takes any byte.
fn decode(raw: &[u8]) -> String {
    let spaced: Vec<u8> = raw.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let bytes: Vec<u8> = percent_decode(&spaced).collect();
    String::from_utf8(bytes).unwrap_or_else(|error| {
        WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned()
    })
}
