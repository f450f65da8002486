//! What a change of a session is.

use super::time::Timestamp;

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// The session was stored or changed.
    Stored,
    /// The session was deleted.
    Deleted,
}

/// How and when a session was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It was deleted.
    Deleted(Timestamp),
    /// Its texts were cleared.
    Anonymized(Timestamp),
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Stored, Self::Deleted];

    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "STORED",
            Self::Deleted => "DELETED",
        }
    }
}
