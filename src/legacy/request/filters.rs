//! `FILTER_…`: the filters of a caller, and the part of the GraphQL filter that each sets.

use serde_json::Value;

use super::params::trim_line_breaks;
use crate::{
    domain::time::Timestamp,
    legacy::profile::{DateBounds, ZoneOffset},
};

/// A parameter that filters.
#[derive(Debug, PartialEq, Eq)]
pub struct FilterParam {
    /// The parameter's name.
    pub name: &'static str,
    kind: ValueKind,
    /// The field of `SessionFilter` that its value is for.
    path: &'static [&'static str],
}

/// The kind of a filter's value.
#[derive(Debug, PartialEq, Eq)]
enum ValueKind {
    /// A session's number.
    Number,
    Date,
    /// A text with this length limit in characters.
    Text(usize),
    /// One of these words, in any letter case.
    Words(&'static [(&'static str, WordMeaning)]),
}

#[derive(Debug, PartialEq, Eq)]
enum WordMeaning {
    NoRestriction,
    Flag(bool),
    Enum(&'static str),
}

/// Every filter, in the order of the published page, which is the order of their errors.
pub static FILTERS: [FilterParam; 14] = {
    use ValueKind::{Date, Number, Text, Words};
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

static START_METHOD: [(&str, WordMeaning); 3] = [
    ("ALL", WordMeaning::NoRestriction),
    ("APPLET", WordMeaning::Enum("APPLET")),
    ("AGENT", WordMeaning::Enum("AGENT")),
];

static PROCESSED: [(&str, WordMeaning); 3] = [
    ("ALL", WordMeaning::NoRestriction),
    ("ANSWERED", WordMeaning::Flag(true)),
    ("NOT_ANSWERED", WordMeaning::Flag(false)),
];

static BOOLEAN: [(&str, WordMeaning); 4] = [
    ("TRUE", WordMeaning::Flag(true)),
    ("FALSE", WordMeaning::Flag(false)),
    ("1", WordMeaning::Flag(true)),
    ("0", WordMeaning::Flag(false)),
];

const fn filter(name: &'static str, kind: ValueKind, path: &'static [&'static str]) -> FilterParam {
    FilterParam { name, kind, path }
}

impl FilterParam {
    /// Converts a text that is not empty to a GraphQL value, `None` for no restriction; or returns the
    /// text of the error.
    pub(super) fn to_graphql(
        &self,
        text: &str,
        zone: &ZoneOffset,
    ) -> Result<Option<Value>, String> {
        let word = trim_line_breaks(text);
        let value = match self.kind {
            ValueKind::Text(max) => (text.chars().count() <= max).then(|| Value::from(text)),
            _ if word.is_empty() => return Ok(None),
            ValueKind::Number => number(word).map(|number| Value::from(number.to_string())),
            ValueKind::Date => date(word, zone).map(|time| Value::from(time.rfc3339())),
            ValueKind::Words(words) => return self.word_to_graphql(words, word),
        };
        value.map(Some).ok_or_else(|| format!("Invalid {} value.", self.name))
    }

    /// The field of `SessionFilter` that the value is for.
    pub(super) fn path(&self, bounds: DateBounds) -> &'static [&'static str] {
        match self.path {
            ["startedAt", "gt"] if bounds == DateBounds::HalfOpen => &["startedAt", "gte"],
            path => path,
        }
    }

    fn word_to_graphql(
        &self,
        words: &[(&str, WordMeaning)],
        text: &str,
    ) -> Result<Option<Value>, String> {
        match words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)) {
            Some((_, WordMeaning::NoRestriction)) => Ok(None),
            Some((_, WordMeaning::Flag(flag))) => Ok(Some(Value::from(*flag))),
            Some((_, WordMeaning::Enum(name))) => Ok(Some(Value::from(*name))),
            None => Err(format!("Invalid {} setting.", self.name)),
        }
    }
}

/// A date whose parts a line break may separate, which PHP replaces by `_`. One that names no zone is in
/// this zone.
fn date(text: &str, zone: &ZoneOffset) -> Option<Timestamp> {
    Timestamp::parse_civil_in(&text.replace('_', " "), zone.seconds)
}

fn number(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
