//! Programs that request in GraphQL what a call of the legacy URL asks for.

use serde_json::{Value, json};

use super::{
    error::LegacyError,
    profile::Profile,
    translate::{BulkQuery, bulk_query},
};

/// The number of items of a list that are requested at once.
const ITEMS: u32 = 100;

/// The language of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramLanguage {
    /// A shell script with curl.
    Curl,
    /// Python 3.
    Python,
    /// JavaScript for Node.js.
    Javascript,
}

impl ProgramLanguage {
    /// Every language, and its name.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Curl, "curl"), (Self::Python, "python"), (Self::Javascript, "javascript")];

    fn template(self) -> &'static str {
        match self {
            Self::Curl => include_str!("program/curl.sh"),
            Self::Python => include_str!("program/python.py"),
            Self::Javascript => include_str!("program/javascript.mjs"),
        }
    }
}

/// A program for a legacy URL, its path and query, or its query string alone. The key is not in it.
///
/// # Errors
/// When the call is wrong.
pub fn program(
    url: &str,
    profile: &Profile,
    language: ProgramLanguage,
) -> Result<String, LegacyError> {
    let BulkQuery { document, variables, lists } = bulk_query(url, profile, ITEMS)?;
    let lists: serde_json::Map<_, _> =
        lists.into_iter().map(|list| (list.field().into(), list.selection().into())).collect();
    let (variables, lists) = (Value::Object(variables), Value::Object(lists));
    let literal = |value: &Value| match language {
        ProgramLanguage::Python => python_literal(value, 0),
        ProgramLanguage::Curl | ProgramLanguage::Javascript => pretty_json(value),
    };
    let request = json!({ "query": document, "variables": variables });
    // A value can contain a marker. The markers are replaced in the order of the template.
    let texts = [
        ("{{REQUEST}}", pretty_json(&request)),
        ("{{DOCUMENT}}", document.trim_end().to_owned()),
        ("{{VARIABLES}}", literal(&variables)),
        ("{{LISTS}}", literal(&lists)),
        ("{{ITEMS}}", ITEMS.to_string()),
    ];
    let (mut program, mut rest) = (String::new(), language.template());
    for (marker, text) in texts {
        if let Some((before, after)) = rest.split_once(marker) {
            program.push_str(before);
            program.push_str(&text);
            rest = after;
        }
    }
    program.push_str(rest);
    Ok(program)
}

fn pretty_json(value: &Value) -> String {
    format!("{value:#}")
}

/// JSON as Python writes it.
fn python_literal(value: &Value, depth: usize) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(_) | Value::String(_) => value.to_string(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| python_literal(item, depth)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) if fields.is_empty() => "{}".into(),
        Value::Object(fields) => {
            let indent = "    ".repeat(depth + 1);
            let fields = fields.iter().map(|(name, value)| {
                let name = Value::from(name.as_str());
                format!("{indent}{name}: {},\n", python_literal(value, depth + 1))
            });
            format!("{{\n{}{}}}", fields.collect::<String>(), "    ".repeat(depth))
        }
    }
}
