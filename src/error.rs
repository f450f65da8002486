//! The error of the gateway: a client error or an internal error.
//!
//! A client error is made only of the caller's own input, so it can be shown. An internal error has
//! a cause for the log, and shows a fixed sentence. Each protocol renders errors in its own module.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc, time::Duration};

/// The code of an error. Codes are stable: clients branch on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The input is wrong.
    BadUserInput,
    /// A request has the hash of a document that is not stored.
    PersistedQueryNotFound,
    /// Only trusted documents are answered, and this is none of them.
    DocumentNotTrusted,
    /// The request has no valid key.
    Unauthenticated,
    /// The key does not allow this.
    Forbidden,
    /// Too many requests.
    RateLimited,
    /// The request exceeds a limit of its size or cost.
    QueryTooComplex,
    /// The request is nested too deeply.
    QueryTooDeep,
    /// The database cannot be reached or is busy, or the request took too long.
    ServiceUnavailable,
    /// The gateway failed.
    Internal,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 10] = [
        Self::BadUserInput,
        Self::PersistedQueryNotFound,
        Self::DocumentNotTrusted,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::RateLimited,
        Self::QueryTooComplex,
        Self::QueryTooDeep,
        Self::ServiceUnavailable,
        Self::Internal,
    ];

    /// The code in a response.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::DocumentNotTrusted => "DOCUMENT_NOT_TRUSTED",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::RateLimited => "RATE_LIMITED",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::QueryTooDeep => "QUERY_TOO_DEEP",
            Self::ServiceUnavailable => "SERVICE_UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// The code with this text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }
}

/// Why the service is unavailable, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// No host of the database answers.
    Unreachable,
    /// Concurrent transactions conflict with each other.
    Conflict,
    /// The database or its connections have no capacity.
    Busy,
    /// The statement or the request took too long.
    Timeout,
    /// The file of the database is damaged.
    Damaged,
}

impl Outage {
    /// The word in the log.
    fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Conflict => "conflict",
            Self::Busy => "busy",
            Self::Timeout => "timeout",
            Self::Damaged => "damaged",
        }
    }
}

/// An error: its code, a message for the caller, and the cause of an internal error.
#[derive(Clone, Debug)]
pub struct Error {
    code: Code,
    message: Cow<'static, str>,
    outage: Option<Outage>,
    /// In seconds.
    retry_after: Option<u32>,
    cause: Option<Arc<dyn StdError + Send + Sync>>,
}

/// A result with the gateway's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A client error. `message` is shown to the caller.
    pub fn client(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), outage: None, retry_after: None, cause: None }
    }

    /// A client error for wrong input. `message` is shown to the caller.
    pub fn input(message: impl Into<Cow<'static, str>>) -> Self {
        Self::client(Code::BadUserInput, message)
    }

    /// The client error of a request that needs a key and has none.
    pub fn no_key() -> Self {
        Self::client(
            Code::Unauthenticated,
            "A valid key is needed: send it as 'Authorization: Bearer …'.",
        )
    }

    /// The client error of a key that is not valid any more.
    pub fn revoked_key() -> Self {
        Self::client(
            Code::Unauthenticated,
            "The key is not valid any more: it was revoked, expired, or lost the scope 'read'.",
        )
    }

    /// An internal error. Only the log shows the cause.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let message = "An internal error occurred.".into();
        let cause = Some(Arc::from(cause.into()));
        Self { code: Code::Internal, message, outage: None, retry_after: None, cause }
    }

    /// An internal error that a later request may not have. Only the log shows the cause.
    pub fn unavailable(outage: Outage, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let message = "The service is temporarily unavailable.".into();
        let (outage, cause) = (Some(outage), Some(Arc::from(cause.into())));
        Self { code: Code::ServiceUnavailable, message, outage, retry_after: None, cause }
    }

    /// The error of a caller that may try again after this time, rounded up to seconds.
    pub fn with_retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self { retry_after: Some(u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)), ..self }
    }

    /// How long the caller should wait before it tries again, in seconds.
    pub fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// Whether a concurrent transaction conflicted with this one.
    pub fn is_conflict(&self) -> bool {
        self.outage == Some(Outage::Conflict)
    }

    /// Whether a later attempt may succeed without a change.
    pub fn is_outage(&self) -> bool {
        self.outage.is_some()
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The message for the caller.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The cause, for the log. A client error has none.
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.cause.as_deref()
    }

    /// Logs an internal error with its cause. A client error is not logged.
    pub fn log(&self) {
        if let Some(cause) = self.cause() {
            let reason = self.outage.map(Outage::as_str);
            tracing::error!(code = self.code.as_str(), reason, cause = %cause, "request failed");
        }
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
