//! `VARS`: what a caller can ask for, where GraphQL has it, and how the answer calls it.

use super::{Format, fault};

/// One element of `VARS`.
#[derive(Debug, PartialEq, Eq)]
pub struct Var {
    /// Its name in `VARS`.
    pub token: &'static str,
    /// Its name in an answer.
    pub element: &'static str,
    /// Whether the published page lists it; `ID` appears only in that page's examples.
    pub documented: bool,
    pub(super) source: Source,
}

/// Where a session has a value, and what kind of value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Number(Path),
    Text(Path),
    Flag(Path),
    Date(Path),
    List(List),
    /// The names of the custom fields.
    FieldName,
    /// The values of the custom fields.
    FieldValue,
}

/// The fields that lead from a session to a value.
pub(super) type Path = &'static [&'static str];

/// The lists that are read page by page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Chat,
    Videos,
}

/// Every element, in the order of the published page.
pub static VARS: [Var; 18] = {
    use Source::{Date, FieldName, FieldValue, Flag, List as Many, Number, Text};
    [
        Var { documented: false, ..var("ID", "id", Number(&["legacyId"])) },
        var("COMPUTER_NAME", "computer_name", Text(&["computer", "name"])),
        var("COMPUTER_DOMAIN", "computer_domain", Text(&["computer", "domain"])),
        var("COMPUTER_OS", "computer_os", Text(&["computer", "os"])),
        var("TECH_USERNAME", "tech_username", Text(&["technician", "username"])),
        var("TECH_NAME", "tech_name", Text(&["technician", "name"])),
        var("CUSTOMER_NAME", "customer_name", Text(&["customer", "name"])),
        var("CUSTOMER_EMAIL", "customer_email", Text(&["customer", "email"])),
        var("CUSTOMER_NUMBER", "customer_number", Text(&["customer", "number"])),
        var("PROBLEM_DESCRIPTION", "problem_description", Text(&["problemDescription"])),
        var("NOTES", "notes", Text(&["notes"])),
        var("HAS_VIDEOS", "has_videos", Flag(&["hasVideos"])),
        var("DATE_START", "date_start", Date(&["startedAt"])),
        var("DATE_END", "date_end", Date(&["endedAt"])),
        var("CHAT_INFO", "chat_info", Many(List::Chat)),
        var("VIDEO_LINKS", "video_links", Many(List::Videos)),
        var("CUSTOM_FIELD_NAME", "custom_field_name", FieldName),
        var("CUSTOM_FIELD_VALUE", "custom_field_value", FieldValue),
    ]
};

const fn var(token: &'static str, element: &'static str, source: Source) -> Var {
    Var { token, element, documented: true, source }
}

impl Var {
    /// Whether it is a list of what belongs to a session.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.source, Source::List(_)) || self.is_custom()
    }

    /// Whether it shows the custom fields, by name or by value.
    pub(super) fn is_custom(&self) -> bool {
        matches!(self.source, Source::FieldName | Source::FieldValue)
    }
}

impl List {
    /// The field of a session that holds the list.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Chat => "chatMessages",
            Self::Videos => "videos",
        }
    }

    /// What is selected of each item.
    pub(super) fn selection(self) -> &'static str {
        match self {
            Self::Chat => "sentAt sender body",
            Self::Videos => "url",
        }
    }
}

/// The longest `VARS`, in characters.
const LONGEST: usize = 512;

/// Reads `VARS`: what is asked for, each once, in the order asked; or the error's text.
pub(super) fn parse(text: Option<&str>) -> Result<Vec<&'static Var>, String> {
    let text = text.filter(|text| text.chars().count() <= LONGEST).unwrap_or_default();
    let mut asked: Vec<&'static Var> = Vec::new();
    for token in tokens(text).filter(|token| format_token(token).is_none()) {
        let Some(var) = VARS.iter().find(|var| var.token.eq_ignore_ascii_case(token)) else {
            return Err(format!("Invalid VARS setting: {}.", fault::shown(token)));
        };
        if !asked.contains(&var) {
            asked.push(var);
        }
    }
    if asked.is_empty() { Err("Invalid VARS setting.".to_owned()) } else { Ok(asked) }
}

/// The format that `VARS` asks for by a token `OUTPUT_FORMAT=…`. The last one that can be read counts.
pub(super) fn format(text: &str) -> Option<Format> {
    tokens(text).filter_map(format_token).filter_map(Format::from_word).last()
}

/// Whether every token `OUTPUT_FORMAT=…` names a format. One without a format asks for nothing.
pub(super) fn formats_are_valid(text: &str) -> bool {
    let mut settings = tokens(text).filter_map(format_token);
    settings.all(|setting| setting.is_empty() || Format::from_word(setting).is_some())
}

/// The setting in a token `OUTPUT_FORMAT` or `OUTPUT_FORMAT=…`.
fn format_token(token: &str) -> Option<&str> {
    let (name, setting) = token.split_once('=').unwrap_or((token, ""));
    name.eq_ignore_ascii_case("OUTPUT_FORMAT").then_some(setting)
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|token| !token.is_empty())
}
