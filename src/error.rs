//! The one error of the gateway: the caller's fault, or ours.
//!
//! A client error is made of the caller's own input and may be shown. An internal one keeps its
//! cause for the log and shows a fixed sentence. Each protocol renders it in its own module.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc};

/// What kind of failure it is: stable, in upper case, for programs to branch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The input is wrong.
    BadUserInput,
    /// A hash of a document came without the document, and the gateway keeps none by its hash.
    PersistedQueryNotSupported,
    /// There is no valid key.
    Unauthenticated,
    /// The key does not allow this.
    Forbidden,
    /// Too many requests.
    RateLimited,
    /// The request asks for too much at once.
    QueryTooComplex,
    /// The request is nested too deeply.
    QueryTooDeep,
    /// The database cannot be reached now.
    ServiceUnavailable,
    /// A fault of the gateway.
    Internal,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 9] = [
        Self::BadUserInput,
        Self::PersistedQueryNotSupported,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::RateLimited,
        Self::QueryTooComplex,
        Self::QueryTooDeep,
        Self::ServiceUnavailable,
        Self::Internal,
    ];

    /// The code as callers see it.
    pub fn word(self) -> &'static str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::RateLimited => "RATE_LIMITED",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::QueryTooDeep => "QUERY_TOO_DEEP",
            Self::ServiceUnavailable => "SERVICE_UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// The code that callers see as this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.word() == word)
    }
}

/// A failure, with its code, a sentence that may be shown, and the cause where it is ours.
#[derive(Clone, Debug)]
pub struct Error {
    code: Code,
    message: Cow<'static, str>,
    cause: Option<Arc<dyn StdError + Send + Sync>>,
}

/// A result with the gateway's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure that the caller can mend; `message` is shown to them.
    pub fn client(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), cause: None }
    }

    /// Wrong input; `message` is shown to the caller.
    pub fn input(message: impl Into<Cow<'static, str>>) -> Self {
        Self::client(Code::BadUserInput, message)
    }

    /// A fault of ours; the cause is for the log alone.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let message = "An internal error occurred.".into();
        Self { code: Code::Internal, message, cause: Some(Arc::from(cause.into())) }
    }

    /// The database cannot be reached; the cause is for the log alone.
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let message = "The service is temporarily unavailable.".into();
        Self { code: Code::ServiceUnavailable, message, cause: Some(Arc::from(cause.into())) }
    }

    /// The kind of failure.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The sentence that may be shown to the caller.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The cause, for the log; none where the caller is at fault.
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}
