//! `FILTER_…`: what a caller can restrict the answer by, and which part of the GraphQL filter it sets.

use serde_json::Value;

use super::vars::Path;
use crate::domain::time::Timestamp;

/// One filter.
#[derive(Debug, PartialEq, Eq)]
pub struct Filter {
    /// The parameter's name.
    pub name: &'static str,
    reading: Reading,
    /// The place in `SessionFilter` that its value goes to.
    pub(super) path: Path,
}

/// How a filter's text is read.
#[derive(Debug, PartialEq, Eq)]
enum Reading {
    /// A session's number.
    Number,
    Date,
    /// Any text of at most so many characters.
    Text(usize),
    /// One of these words, in any letter case.
    Words(&'static [(&'static str, Meaning)]),
}

#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    NoRestriction,
    Flag(bool),
    Enum(&'static str),
}

/// Every filter, in the order of the published page, which is the order of their errors.
pub static FILTERS: [Filter; 14] = {
    use Reading::{Date, Number, Text, Words};
    [
        filter("FILTER_ID", Number, &["legacyId", "eq"]),
        filter("FILTER_DATE_START_INI", Date, &["startedAt", "gt"]),
        filter("FILTER_DATE_START_END", Date, &["startedAt", "lt"]),
        filter("FILTER_CUSTOMER_NAME", Text(100), &["customer", "name", "eq"]),
        filter("FILTER_CUSTOMER_EMAIL", Text(100), &["customer", "email", "eq"]),
        filter("FILTER_CUSTOMER_NUMBER", Text(50), &["customer", "number", "eq"]),
        filter("FILTER_COMPUTER_NAME", Text(100), &["computer", "name", "eq"]),
        filter("FILTER_COMPUTER_DOMAIN", Text(100), &["computer", "domain", "eq"]),
        filter("FILTER_TECH_USERNAME", Text(100), &["technician", "username", "eq"]),
        filter("FILTER_START_METHOD", Words(&START_METHOD), &["startMethod", "eq"]),
        filter("FILTER_PROCESSED", Words(&PROCESSED), &["answered"]),
        filter("FILTER_HAS_VIDEOS", Words(&BOOLEAN), &["hasVideos"]),
        filter(CUSTOM_FIELD_NAME, Text(32), &["customField", "name"]),
        filter(CUSTOM_FIELD_VALUE, Text(100), &["customField", "value", "eq"]),
    ]
};

pub(super) const CUSTOM_FIELD_NAME: &str = "FILTER_CUSTOM_FIELD_NAME";
pub(super) const CUSTOM_FIELD_VALUE: &str = "FILTER_CUSTOM_FIELD_VALUE";

static START_METHOD: [(&str, Meaning); 3] = [
    ("ALL", Meaning::NoRestriction),
    ("APPLET", Meaning::Enum("APPLET")),
    ("AGENT", Meaning::Enum("AGENT")),
];

static PROCESSED: [(&str, Meaning); 3] = [
    ("ALL", Meaning::NoRestriction),
    ("ANSWERED", Meaning::Flag(true)),
    ("NOT_ANSWERED", Meaning::Flag(false)),
];

static BOOLEAN: [(&str, Meaning); 4] = [
    ("TRUE", Meaning::Flag(true)),
    ("FALSE", Meaning::Flag(false)),
    ("1", Meaning::Flag(true)),
    ("0", Meaning::Flag(false)),
];

const fn filter(name: &'static str, reading: Reading, path: Path) -> Filter {
    Filter { name, reading, path }
}

impl Filter {
    /// The GraphQL value for a text that is not empty, `None` for no restriction; or the error's text.
    pub(super) fn read(&self, text: &str) -> Result<Option<Value>, String> {
        let value = match self.reading {
            Reading::Number => number(text).map(|number| Value::from(number.to_string())),
            Reading::Date => Timestamp::parse_civil(text).map(|time| Value::from(time.rfc3339())),
            Reading::Text(max) => (text.chars().count() <= max).then(|| Value::from(text)),
            Reading::Words(words) => return self.read_word(words, text),
        };
        value.map(Some).ok_or_else(|| format!("Invalid {} value.", self.name))
    }

    fn read_word(&self, words: &[(&str, Meaning)], text: &str) -> Result<Option<Value>, String> {
        match words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)) {
            Some((_, Meaning::NoRestriction)) => Ok(None),
            Some((_, Meaning::Flag(flag))) => Ok(Some(Value::from(*flag))),
            Some((_, Meaning::Enum(name))) => Ok(Some(Value::from(*name))),
            None => Err(format!("Invalid {} setting.", self.name)),
        }
    }
}

fn number(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
