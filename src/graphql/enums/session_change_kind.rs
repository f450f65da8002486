//! What happened to a session.

use async_graphql::Enum;

/// What happened to a session.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(name = "SessionChangeKind", remote = "crate::domain::session_change::ChangeKind")]
pub enum SessionChangeKind {
    /// The session was stored, or something of it changed.
    Stored,
    /// The session was deleted.
    Deleted,
}
