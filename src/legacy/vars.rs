//! `VARS`: the elements that a caller can request, their fields in GraphQL, their names in an answer.

use super::{error::quote, profile::UnknownVars};
use crate::export::OutputFormat;

/// One element of `VARS`.
#[derive(Debug, PartialEq, Eq)]
pub struct Var {
    /// The name in `VARS`.
    pub token: &'static str,
    /// The name in an answer.
    pub element: &'static str,
    /// Whether the published page lists it; `ID` appears only in that page's examples.
    pub documented: bool,
    pub(super) source: VarSource,
}

/// The field of a session that has the value, and the kind of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VarSource {
    Number(FieldPath),
    Text(FieldPath),
    Flag(FieldPath),
    Date(FieldPath),
    List(ChildList),
    /// The names of the custom fields.
    FieldName,
    /// The values of the custom fields.
    FieldValue,
}

/// A field of a session, or of an object of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldPath {
    /// The field of the session.
    Own(&'static str),
    /// The field of the session with the object, and the field of the object.
    Inner(&'static str, &'static str),
}

/// A list of a session that is loaded page by page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChildList {
    Chat,
    Videos,
}

/// Every element, in the order of the published page.
pub static VARS: [Var; 18] = {
    use FieldPath::{Inner, Own};
    use VarSource::{Date, FieldName, FieldValue, Flag, List as Many, Number, Text};
    [
        Var { documented: false, ..var("ID", "id", Number(Own("legacyId"))) },
        var("COMPUTER_NAME", "computer_name", Text(Inner("computer", "name"))),
        var("COMPUTER_DOMAIN", "computer_domain", Text(Inner("computer", "domain"))),
        var("COMPUTER_OS", "computer_os", Text(Inner("computer", "os"))),
        var("TECH_USERNAME", "tech_username", Text(Inner("technician", "username"))),
        var("TECH_NAME", "tech_name", Text(Inner("technician", "name"))),
        var("CUSTOMER_NAME", "customer_name", Text(Inner("customer", "name"))),
        var("CUSTOMER_EMAIL", "customer_email", Text(Inner("customer", "email"))),
        var("CUSTOMER_NUMBER", "customer_number", Text(Inner("customer", "number"))),
        var("PROBLEM_DESCRIPTION", "problem_description", Text(Own("problemDescription"))),
        var("NOTES", "notes", Text(Own("notes"))),
        var("HAS_VIDEOS", "has_videos", Flag(Own("hasVideos"))),
        var("DATE_START", "date_start", Date(Own("startedAt"))),
        var("DATE_END", "date_end", Date(Own("endedAt"))),
        var("CHAT_INFO", "chat_info", Many(ChildList::Chat)),
        var("VIDEO_LINKS", "video_links", Many(ChildList::Videos)),
        var("CUSTOM_FIELD_NAME", "custom_field_name", FieldName),
        var("CUSTOM_FIELD_VALUE", "custom_field_value", FieldValue),
    ]
};

const fn var(token: &'static str, element: &'static str, source: VarSource) -> Var {
    Var { token, element, documented: true, source }
}

impl Var {
    /// Whether the value is a list.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.source, VarSource::List(_)) || self.is_custom()
    }

    /// Whether the value is the names or the values of the custom fields.
    pub(super) fn is_custom(&self) -> bool {
        matches!(self.source, VarSource::FieldName | VarSource::FieldValue)
    }
}

impl ChildList {
    /// The field of a session with the list.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Chat => "chatMessages",
            Self::Videos => "videos",
        }
    }

    /// The selection of each item.
    pub(super) fn selection(self) -> &'static str {
        match self {
            Self::Chat => "sentAt sender body",
            Self::Videos => "url",
        }
    }
}

/// The token that sets the format of the answer.
const FORMAT_TOKEN: &str = "OUTPUT_FORMAT";

/// The length limit of `VARS`, in characters.
const MAX_LENGTH: usize = 512;

/// Parses `VARS`: each element once, in the caller's order; or the text of the error.
pub(super) fn parse(text: Option<&str>, unknown: UnknownVars) -> Result<Vec<&'static Var>, String> {
    let text = text.filter(|text| text.chars().count() <= MAX_LENGTH).unwrap_or_default();
    let mut vars: Vec<&'static Var> = Vec::new();
    for token in tokens(text).filter(|token| format_token(token).is_none()) {
        let Some(var) = VARS.iter().find(|var| var.token.eq_ignore_ascii_case(token)) else {
            match unknown {
                UnknownVars::Ignored => continue,
                UnknownVars::Refused => {
                    return Err(format!("Invalid VARS setting: {}.", quote(token)));
                }
            }
        };
        if !vars.contains(&var) {
            vars.push(var);
        }
    }
    if vars.is_empty() { Err("Invalid VARS setting.".to_owned()) } else { Ok(vars) }
}

/// The format in a token `OUTPUT_FORMAT=…` of `VARS`. The last valid one counts.
pub(super) fn format(text: &str) -> Option<OutputFormat> {
    tokens(text).filter_map(format_token).filter_map(OutputFormat::parse).last()
}

/// Whether every token `OUTPUT_FORMAT=…` has a valid format. A token without a format is valid.
pub(super) fn formats_are_valid(text: &str) -> bool {
    let mut settings = tokens(text).filter_map(format_token);
    settings.all(|setting| setting.is_empty() || OutputFormat::parse(setting).is_some())
}

/// The value in a token `OUTPUT_FORMAT` or `OUTPUT_FORMAT=…`.
fn format_token(token: &str) -> Option<&str> {
    let (name, setting) = token.split_once('=').unwrap_or((token, ""));
    name.eq_ignore_ascii_case(FORMAT_TOKEN).then_some(setting)
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',');
    let words = words.map(|word| word.trim_matches('_')).filter(|word| !word.is_empty());
    words.flat_map(|word| joined_names(word).unwrap_or_else(|| vec![word]))
}

/// The names of which a word consists, if it consists of names alone. Programs change the line breaks in a
/// URL: PHP replaces them by `_`, and browsers remove them. So names that only a line break separates
/// arrive as one word. No name begins with another name.
fn joined_names(mut word: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    while !word.is_empty() {
        let (name, rest) = word.split_at(name_length(word)?);
        names.push(name);
        word = rest.trim_start_matches('_');
    }
    Some(names)
}

/// The length of the name, or of the setting of a format, with which a word begins.
fn name_length(word: &str) -> Option<usize> {
    if let Some(setting) = format_token(word).filter(|setting| !setting.is_empty()) {
        let start = word.len() - setting.len();
        return Some(start + setting.find('_').unwrap_or(setting.len()));
    }
    let mut names = VARS.iter().map(|var| var.token).chain([FORMAT_TOKEN]);
    let begins =
        |name: &&str| word.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
    names.find(begins).map(str::len)
}
