//! What goes wrong, in the words that legacy callers know.

use std::borrow::Cow;

use super::{Format, json, xml};
use crate::error::Code;

/// Whose fault it is, which decides the HTTP status where real statuses are turned on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The key is missing, unknown, or may not read.
    Key,
    /// The request is wrong.
    Request,
    /// The caller asks too often.
    RateLimited,
    /// The database cannot be reached.
    Unavailable,
    /// The gateway failed.
    Internal,
}

/// An error as the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    kind: FaultKind,
    message: Cow<'static, str>,
    format: Format,
}

impl From<Code> for FaultKind {
    fn from(code: Code) -> Self {
        match code {
            Code::Unauthenticated | Code::Forbidden => Self::Key,
            Code::RateLimited => Self::RateLimited,
            Code::ServiceUnavailable => Self::Unavailable,
            // The gateway's own query is refused by nothing that the caller could mend.
            Code::Internal
            | Code::BadUserInput
            | Code::PersistedQueryNotSupported
            | Code::QueryTooComplex
            | Code::QueryTooDeep => Self::Internal,
        }
    }
}

impl FaultKind {
    /// The HTTP status that says the same.
    pub fn status(self) -> u16 {
        match self {
            Self::Key => 401,
            Self::Request => 400,
            Self::RateLimited => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

impl Fault {
    /// The fault of this kind with its fixed text, to be written in `format`.
    pub fn new(kind: FaultKind, format: Format) -> Self {
        let message = match kind {
            FaultKind::Key => "Invalid KEY.",
            FaultKind::Request => "Invalid request.",
            FaultKind::RateLimited => "Too many requests.",
            FaultKind::Unavailable => "Service unavailable.",
            FaultKind::Internal => "Internal error.",
        };
        Self { kind, message: message.into(), format }
    }

    /// A wrong request.
    pub(super) fn request(message: String, format: Format) -> Self {
        Self { kind: FaultKind::Request, message: message.into(), format }
    }

    /// Its kind.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// The exact text of `error_msg`. It may repeat a name, or a part of `VARS`, that the caller wrote,
    /// and no other value.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The format to answer in.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The whole body of the answer.
    pub fn body(&self) -> Vec<u8> {
        match self.format {
            Format::Xml => xml::error(&self.message),
            Format::Json => json::error(&self.message),
        }
    }
}

/// The most characters of a caller's own text in an error.
const LONGEST: usize = 64;

/// A caller's text as an error may repeat it: short, and without control characters.
pub(super) fn shown(text: &str) -> String {
    let safe = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut shown: String = text.chars().take(LONGEST).map(safe).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
