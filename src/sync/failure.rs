//! Why a range could not be read. No text has personal data or the key.

use std::time::Duration;

use thiserror::Error;

use crate::ingest::problem::DocumentError;

/// Why a request did not lead to a whole answer.
#[derive(Debug, Error)]
pub enum RequestFailure {
    /// The source limits requests, or is not available for a moment.
    #[error("the source answers {status}: it asks to wait")]
    Busy {
        /// The status: 429 or 503.
        status: u16,
        /// How long to wait, if it says so.
        wait: Option<Duration>,
    },
    /// The source cannot be reached.
    #[error("the source cannot be reached: {0}")]
    Unreachable(String),
    /// The source sends its callers elsewhere.
    #[error(
        "the source answers {status} and redirects to {to}: redirects are not followed, because they would take the \
         key there. Give the address that it redirects to"
    )]
    Redirect {
        /// The status.
        status: u16,
        /// The host of the other address.
        to: String,
    },
    /// The source refuses the request with a status.
    #[error("the source answers {0}: is the address right?")]
    Status(u16),
    /// The source answers an error message.
    #[error("the source answers the error message '{0}'")]
    Refused(String),
    /// The source has the same session for both start methods.
    #[error(
        "the source has session {0} for both start methods, so it does not filter by them. Mirror all its sessions with \
         one start method (--start-method)"
    )]
    Unfiltered(i64),
    /// The source failed while it made the answer.
    #[error("the source answers {0}")]
    Server(u16),
    /// The answer is not the history.
    #[error("the answer is not a session history: {0}")]
    Foreign(String),
    /// The answer is not whole.
    #[error("the answer is not whole: {0}")]
    Incomplete(String),
    /// The answer takes too long.
    #[error("{0}")]
    Slow(String),
    /// The answer is too long.
    #[error("the answer is longer than the limit of {0}")]
    TooLong(String),
}

impl RequestFailure {
    /// Whether a request for a shorter range may succeed.
    pub fn may_be_the_range(&self) -> bool {
        match self {
            Self::Busy { .. }
            | Self::Unreachable(_)
            | Self::Redirect { .. }
            | Self::Status(_)
            | Self::Refused(_)
            | Self::Unfiltered(_) => false,
            Self::Server(_)
            | Self::Foreign(_)
            | Self::Incomplete(_)
            | Self::Slow(_)
            | Self::TooLong(_) => true,
        }
    }

    /// Whether the length of the range seems to be the reason.
    pub fn is_of_the_length(&self) -> bool {
        matches!(self, Self::Slow(_) | Self::TooLong(_))
    }

    /// Whether the same request cannot succeed until somebody changes something.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Redirect { .. } | Self::Status(_) | Self::Refused(_) | Self::Unfiltered(_)
        )
    }

    /// The failure of a document. `key` is removed from what the source says.
    pub fn of_document(error: &DocumentError, key: &str) -> Self {
        match error {
            DocumentError::Refused { message, .. } => {
                Self::Refused(message.replace(key, "(the key)"))
            }
            DocumentError::CutShort { .. } => {
                Self::Incomplete("it ends before its last closing tag or bracket".to_owned())
            }
            DocumentError::Io { .. } => Self::Incomplete(error.without_content()),
            _ => Self::Foreign(error.without_content()),
        }
    }
}
