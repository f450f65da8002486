//! Errors in the words of the legacy interface.

use std::borrow::Cow;

use crate::{error::Code, export::OutputFormat};

/// The kind of an error, which has an HTTP status of its own where the operator wants that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegacyErrorKind {
    /// The key is missing or unknown, or does not allow reading.
    Key,
    /// The request is wrong.
    Request,
    /// The caller sends too many requests.
    RateLimited,
    /// The database cannot be reached.
    Unavailable,
    /// The gateway failed.
    Internal,
}

/// An error for a legacy caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LegacyError {
    kind: LegacyErrorKind,
    message: Cow<'static, str>,
    format: OutputFormat,
}

impl From<Code> for LegacyErrorKind {
    fn from(code: Code) -> Self {
        match code {
            Code::Unauthenticated | Code::Forbidden => Self::Key,
            Code::RateLimited => Self::RateLimited,
            Code::ServiceUnavailable => Self::Unavailable,
            // The caller cannot change the gateway's own query.
            Code::Internal
            | Code::BadUserInput
            | Code::PersistedQueryNotFound
            | Code::DocumentNotTrusted
            | Code::QueryTooComplex
            | Code::QueryTooDeep => Self::Internal,
        }
    }
}

impl LegacyErrorKind {
    /// The text of an error of this kind that has no other.
    pub fn message(self) -> &'static str {
        match self {
            Self::Key => "Invalid KEY.",
            Self::Request => "Invalid request.",
            Self::RateLimited => "Too many requests.",
            Self::Unavailable => "Service unavailable.",
            Self::Internal => "Internal error.",
        }
    }

    /// The code of errors of this kind elsewhere.
    pub fn code(self) -> Code {
        match self {
            Self::Key => Code::Unauthenticated,
            Self::Request => Code::BadUserInput,
            Self::RateLimited => Code::RateLimited,
            Self::Unavailable => Code::ServiceUnavailable,
            Self::Internal => Code::Internal,
        }
    }

    /// The HTTP status of this kind.
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

impl LegacyError {
    /// The error of this kind with its fixed text, in this format.
    pub fn new(kind: LegacyErrorKind, format: OutputFormat) -> Self {
        Self { kind, message: kind.message().into(), format }
    }

    /// An error in the request.
    pub(super) fn request(message: String, format: OutputFormat) -> Self {
        Self { kind: LegacyErrorKind::Request, message: message.into(), format }
    }

    /// The kind.
    pub fn kind(&self) -> LegacyErrorKind {
        self.kind
    }

    /// The text of `error_msg`. Of the caller's input it shows only names of parameters and parts of
    /// `VARS`.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The format of the answer.
    pub fn format(&self) -> OutputFormat {
        self.format
    }
}

/// The length limit of a caller's text in an error, in characters.
const MAX_QUOTED: usize = 64;

/// A caller's text for an error: cut at the limit, and without control characters.
pub(super) fn quote(text: &str) -> String {
    let safe = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut quoted: String = text.chars().take(MAX_QUOTED).map(safe).collect();
    if text.chars().nth(MAX_QUOTED).is_some() {
        quoted.push('…');
    }
    quoted
}
