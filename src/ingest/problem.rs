//! What can be wrong with a document, and with one session of it.

use std::{fmt, io};

use thiserror::Error;

use crate::history::{limits::Invalid, record::Record};

/// An error that ends the reading of a document. The sessions before it have been read.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// It cannot be read.
    #[error("line {line}: cannot read on: {source}")]
    Io {
        /// The line that was being read.
        line: u64,
        /// Why not.
        source: io::Error,
    },
    /// It is not well-formed.
    #[error("line {line}: not well-formed: {what}")]
    Malformed {
        /// The line of the fault.
        line: u64,
        /// What is wrong there.
        what: String,
    },
    /// It ends before its end.
    #[error("line {line}: the document ends in the middle: it was cut short")]
    CutShort {
        /// Its last line.
        line: u64,
    },
    /// It is something else than a session history.
    #[error("line {line}: not a session history document: {what}")]
    Foreign {
        /// The line that shows it.
        line: u64,
        /// What it is or lacks.
        what: String,
    },
    /// It is the error message that the old system answered in place of a history.
    #[error("line {line}: the document is an error message: {message}")]
    Refused {
        /// The message's line.
        line: u64,
        /// The message.
        message: String,
    },
    /// Its encoding is not supported.
    #[error("the document's encoding is {0}, which is not supported; save it as UTF-8")]
    Encoding(String),
    /// One session is larger than any true one.
    #[error("line {line}: more than {} MiB without an end of the session", .limit >> 20)]
    TooLarge {
        /// The line on which the session begins.
        line: u64,
        /// The most bytes that one session may have.
        limit: usize,
    },
    /// It is nested deeper than any true one.
    #[error("line {line}: nested deeper than {limit} levels")]
    TooDeep {
        /// The line that goes too deep.
        line: u64,
        /// The most levels.
        limit: usize,
    },
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
    pub record: Record,
    /// Its text in the document.
    pub raw: String,
}

impl Accepted {
    /// Rejects it after all, for a reason that only the database knows.
    pub fn reject(self, reason: Reason) -> Rejection {
        Rejection { position: self.position, reason, raw: self.raw }
    }
}

/// A session that is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Its position in the document.
    pub position: RecordPosition,
    /// Why it cannot be taken.
    pub reason: Reason,
    /// Its text in the document.
    pub raw: String,
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.position, self.reason)
    }
}

/// Why a session is rejected, in the words of the person who corrects the document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    /// A field that every session needs is absent.
    #[error("{0} is missing")]
    Missing(String),
    /// A field that must have a value is empty.
    #[error("{0} is empty")]
    Empty(String),
    /// A field holds content, and nothing of it is known.
    #[error("{field} holds {content}, which is not known")]
    NotUnderstood {
        /// The field.
        field: String,
        /// What it holds.
        content: String,
    },
    /// A field is absent, and in its place stands something that is not known.
    #[error("{field} is missing, and {content} is not known")]
    NotFound {
        /// The field.
        field: String,
        /// What stands in its place.
        content: String,
    },
    /// A custom field in the name and value elements is not in custom_fields.
    #[error("custom_fields do not hold the field '{0}'")]
    NotListed(String),
    /// The record passes a limit.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A field that can stand once stands twice.
    #[error("{0} is given twice")]
    Twice(&'static str),
    /// A value is not of its field's kind.
    #[error("{field} '{text}' is not {kind}")]
    NotA {
        /// The field.
        field: String,
        /// The beginning of its value.
        text: String,
        /// What it should be.
        kind: &'static str,
    },
    /// A field holds another structure than it should.
    #[error("{field} is not {shape}")]
    Shape {
        /// The field.
        field: String,
        /// What it should be.
        shape: &'static str,
    },
    /// It has too many messages, links and fields.
    #[error("more than {0} chat messages, video links and custom fields together")]
    TooMany(usize),
    /// Names and values of custom fields do not pair up.
    #[error("{names} custom field names do not pair with {values} values")]
    Unpaired {
        /// How many names there are.
        names: usize,
        /// How many values there are.
        values: usize,
    },
    /// It has text where only elements belong.
    #[error("text outside of any field: '{0}'")]
    Stray(String),
    /// It uses an entity that XML does not define.
    #[error("the entity '&{0};' is not known")]
    Entity(String),
    /// It was not written in the document's encoding.
    #[error("bytes that are not {0}; each shows as \u{FFFD}")]
    Encoding(&'static str),
    /// It has a fault of its own that leaves the rest of the document readable.
    #[error("not well-formed: {0}")]
    Malformed(String),
    /// A reason that comes from outside of the reader.
    #[error("{0}")]
    Other(String),
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
