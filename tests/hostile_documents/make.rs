//! How hostile requests are made.

use serde_json::{Value, json};

pub const COMPLEX: &[&str] = &["QUERY_TOO_COMPLEX"];
pub const DEEP: &[&str] = &["QUERY_TOO_DEEP"];
pub const EITHER: &[&str] = &["QUERY_TOO_COMPLEX", "QUERY_TOO_DEEP"];
pub const WRONG: &[&str] = &["BAD_USER_INPUT"];

/// A request's body, and the codes of which its refusal must have one.
pub struct Hostile {
    pub name: &'static str,
    pub body: Vec<u8>,
    pub codes: &'static [&'static str],
    /// Whether the document is valid, so that it runs and a field of it fails.
    pub runs: bool,
}

impl Hostile {
    pub fn runs(self) -> Self {
        Self { runs: true, ..self }
    }
}

pub fn hostile(name: &'static str, codes: &'static [&'static str], query: &str) -> Hostile {
    with_variables(name, codes, query, &json!({}))
}

pub fn with_variables(
    name: &'static str,
    codes: &'static [&'static str],
    query: &str,
    variables: &Value,
) -> Hostile {
    let body = json!({ "query": query, "variables": variables }).to_string().into_bytes();
    Hostile { name, body, codes, runs: false }
}

/// `count` times what `part` makes of the number.
pub fn many(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

pub fn around(open: &str, count: usize, middle: &str, close: &str) -> String {
    format!("{}{middle}{}", open.repeat(count), close.repeat(count))
}

pub fn list_of(count: usize) -> Value {
    (0..count).map(|n| n.to_string()).collect()
}

/// A document that is 13 fields deep, with more inside.
pub fn real(inside: &str) -> String {
    let steps = "technician{sessions(first:1){nodes{";
    format!("{{session(id:1){{{}{inside}{}}}}}", steps.repeat(4), "}}}".repeat(4))
}
