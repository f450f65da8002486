//! What recording a session led to.

use async_graphql::Enum;

/// What recording a session led to.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "crate::domain::record_outcome::RecordOutcome")]
pub enum RecordOutcome {
    /// The session is new.
    New,
    /// The session was stored already, and is now different.
    Changed,
    /// The session was the same already.
    Unchanged,
    /// The session was not stored. `problem` says why.
    Rejected,
}
