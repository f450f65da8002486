//! What can be wrong with a document, and with one session of it.

use std::{fmt, io};

use thiserror::Error;

use crate::history::limits::{Invalid, ValidRecord};

/// An error that ends the reading of a document. The sessions before it were read.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// It cannot be read.
    #[error("line {line}: the document cannot be read: {source}")]
    Io {
        /// The line that was being read.
        line: u64,
        /// The cause.
        source: io::Error,
    },
    /// It is not well-formed.
    #[error("line {line}: not well-formed: {what}")]
    Malformed {
        /// The line of the error.
        line: u64,
        /// The error.
        what: String,
    },
    /// It is incomplete.
    #[error(
        "line {line}: the document ends before its last closing tag or bracket; it is incomplete"
    )]
    CutShort {
        /// Its last line.
        line: u64,
    },
    /// It is not a session history.
    #[error("line {line}: not a session history document: {what}")]
    Foreign {
        /// The line that shows it.
        line: u64,
        /// What the document is, or what it lacks.
        what: String,
    },
    /// It is an error message of the old system.
    #[error("line {line}: the document is an error message of the old system: {message}")]
    Refused {
        /// The message's line.
        line: u64,
        /// The message.
        message: String,
    },
    /// Its encoding is not supported.
    #[error("the document's encoding is {0}, which is not supported; save it as UTF-8")]
    Encoding(String),
    /// A session is too large.
    #[error("line {line}: the session is larger than the limit of {} MiB", .limit >> 20)]
    TooLarge {
        /// The line on which the session begins.
        line: u64,
        /// The maximum number of bytes of a session.
        limit: usize,
    },
    /// It is nested too deeply.
    #[error("line {line}: the nesting is deeper than the limit of {limit} levels")]
    TooDeep {
        /// The line that exceeds the limit.
        line: u64,
        /// The maximum number of levels.
        limit: usize,
    },
}

impl DocumentError {
    /// The message without what the document contains, which may be personal data.
    pub fn without_content(&self) -> String {
        match self {
            Self::Foreign { line, what } => {
                format!("line {line}: {}", what.split(": ").next().unwrap_or_default())
            }
            Self::Malformed { line, .. } => format!("line {line}: not well-formed"),
            Self::Refused { line, .. } => {
                format!("line {line}: the document is an error message of the old system")
            }
            Self::Io { .. }
            | Self::CutShort { .. }
            | Self::Encoding(_)
            | Self::TooLarge { .. }
            | Self::TooDeep { .. } => self.to_string(),
        }
    }
}

/// The position of a session in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordPosition {
    /// Its number among the sessions of the document, from 1.
    pub number: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
}

impl fmt::Display for RecordPosition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "record {}, line {}", self.number, self.line)
    }
}

/// A session that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its position in the document.
    pub position: RecordPosition,
    /// Its content.
    pub record: ValidRecord,
    /// Its text in the document.
    pub raw: String,
}

impl Accepted {
    /// Rejects the session for a reason that depends on what is stored.
    pub fn reject(self, reason: Reason) -> Rejection {
        Rejection { position: self.position, reason, raw: self.raw }
    }
}

/// A session that is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Its position in the document.
    pub position: RecordPosition,
    /// Why it is rejected.
    pub reason: Reason,
    /// Its text in the document.
    pub raw: String,
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.position, self.reason)
    }
}

/// Why a session is rejected. The message names the value, the rule, and what to change.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    /// A required field is absent.
    #[error("{0} is missing; it is required")]
    Missing(String),
    /// A field that must have a value is empty.
    #[error("{0} is empty; a value is required")]
    Empty(String),
    /// A field contains something that is not accepted there.
    #[error("{field} contains {content}; {rule}")]
    NotAccepted {
        /// The field.
        field: String,
        /// The content that is not accepted.
        content: String,
        /// What is accepted.
        rule: String,
    },
    /// A field is absent, and an unknown element may be this field under another name.
    #[error("{field} is missing, and {content}, or add '{name}'")]
    NotFound {
        /// The field, as messages show it.
        field: String,
        /// The unknown element, member or attribute, and what to do with it.
        content: String,
        /// The name of the field in the document.
        name: String,
    },
    /// A custom field in the name and value elements is not in custom_fields.
    #[error("custom_fields does not contain the field '{0}'; add it, or remove custom_fields")]
    NotListed(String),
    /// The record exceeds a limit.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A field occurs twice.
    #[error("{0} occurs twice; only one is accepted")]
    Twice(&'static str),
    /// A value does not have the format of its field.
    #[error("{field} '{text}' is not {kind}")]
    NotA {
        /// The field.
        field: String,
        /// The beginning of its value.
        text: String,
        /// The format.
        kind: &'static str,
    },
    /// A field has another structure than it should have.
    #[error("{field} must be {shape}, not {found}")]
    Shape {
        /// The field.
        field: String,
        /// The structure that it should have.
        shape: &'static str,
        /// The structure that it has.
        found: String,
    },
    /// It has too many messages, links and fields.
    #[error(
        "the session has more than {0} chat messages, video links and custom fields together, \
         which is the limit"
    )]
    TooMany(usize),
    /// It has more names of custom fields than values, or fewer.
    #[error(
        "the session has {names} custom_field_name and {values} custom_field_value; \
         each name needs one value"
    )]
    Unpaired {
        /// How many names there are.
        names: usize,
        /// How many values there are.
        values: usize,
    },
    /// It has text where only elements are accepted.
    #[error("the text '{0}' is not inside a field; put it into the element of a field")]
    Stray(String),
    /// It uses an entity that XML does not define.
    #[error("the entity '&{0};' is unknown; XML defines only lt, gt, amp, apos and quot")]
    Entity(String),
    /// It has bytes that are not valid in the document's encoding.
    #[error("the session has bytes that are not {0}, shown as \u{FFFD}; save it as UTF-8")]
    Encoding(&'static str),
    /// It is malformed, and the rest of the document can still be read.
    #[error("not well-formed: {0}")]
    Malformed(String),
    /// Another reason.
    #[error("{0}")]
    Other(String),
}

impl Reason {
    /// The message without values of the session, which may be personal data.
    pub fn without_content(&self) -> String {
        match self {
            Self::NotA { field, kind, .. } => format!("{field} is not {kind}"),
            Self::Shape { field, shape, .. } => format!("{field} must be {shape}"),
            Self::NotAccepted { field, rule, .. } => {
                format!("{field} contains something that is not accepted; {rule}")
            }
            Self::NotFound { field, .. } => format!("{field} is missing"),
            Self::NotListed(_) => {
                "custom_fields does not contain a field of the session".to_owned()
            }
            Self::Stray(_) => "the session has text that is not inside a field".to_owned(),
            Self::Entity(_) => "the session has an entity that XML does not define".to_owned(),
            Self::Malformed(_) => "not well-formed".to_owned(),
            Self::Other(_) => "it cannot be read".to_owned(),
            Self::Missing(_)
            | Self::Empty(_)
            | Self::Invalid(_)
            | Self::Twice(_)
            | Self::TooMany(_)
            | Self::Unpaired { .. }
            | Self::Encoding(_) => self.to_string(),
        }
    }
}

/// The beginning of a value, safe to show on a terminal.
pub(super) fn excerpt(text: &str) -> String {
    shown(text, 40)
}

/// At most `length` characters of a text, safe to show on a terminal.
pub(super) fn shown(text: &str, length: usize) -> String {
    let safe = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut short: String = text.chars().take(length).map(safe).collect();
    if text.chars().nth(length).is_some() {
        short.push('…');
    }
    short
}
