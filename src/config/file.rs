//! The settings of a TOML file, with their places.

use std::path::Path;

use toml::de::{DeTable, DeValue};

/// One setting of a file.
#[derive(Debug)]
pub(super) struct FileSetting {
    pub(super) table: String,
    pub(super) key: String,
    pub(super) values: Vec<String>,
    pub(super) is_list: bool,
    line: usize,
}

/// What is wrong in a file, and in which line.
#[derive(Debug)]
pub(super) struct FileProblem {
    line: usize,
    text: String,
}

impl FileSetting {
    /// A problem with this setting.
    pub(super) fn problem(&self, reason: &str) -> FileProblem {
        let text = format!("{}.{}: {reason}", self.table, self.key);
        FileProblem { line: self.line, text }
    }
}

impl FileProblem {
    /// The problem as `PATH:LINE: text`.
    pub(super) fn in_file(&self, path: &Path) -> String {
        format!("{}:{}: {}", path.display(), self.line, self.text)
    }
}

/// Parses a TOML document to its settings.
///
/// # Errors
/// When it is no TOML, or a setting is not in a table. The message has no value of the
/// document, which may contain a password.
pub(super) fn parse(text: &str) -> Result<Vec<FileSetting>, FileProblem> {
    let line = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let document = DeTable::parse(text).map_err(|error| FileProblem {
        line: line(error.span().map_or(0, |span| span.start)),
        text: error.message().replace('\n', " "),
    })?;
    let mut settings = Vec::new();
    for (table, content) in document.get_ref() {
        let at = line(table.span().start);
        let DeValue::Table(content) = content.get_ref() else {
            let text = format!(
                "'{}' is not in a table; write it below a heading such as [server]",
                table.get_ref()
            );
            return Err(FileProblem { line: at, text });
        };
        for (key, value) in content {
            let line = line(key.span().start);
            let problem = |reason: &str| FileProblem {
                line,
                text: format!("{}.{}: {reason}", table.get_ref(), key.get_ref()),
            };
            let (values, is_list) = match value.get_ref() {
                DeValue::Array(values) => {
                    (values.iter().map(|it| scalar(it.get_ref())).collect(), true)
                }
                value => (scalar(value).map(|value| vec![value]), false),
            };
            let values: Option<Vec<String>> = values;
            settings.push(FileSetting {
                table: table.get_ref().to_string(),
                key: key.get_ref().to_string(),
                values: values.ok_or_else(|| problem("is not a single value"))?,
                is_list,
                line,
            });
        }
    }
    Ok(settings)
}

/// A text, a number or a truth value as a flag has it.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => {
            let number = i128::from_str_radix(number.as_str(), number.radix()).ok()?;
            Some(number.to_string())
        }
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
