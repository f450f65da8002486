//! What recording a session led to.

/// What recording a session led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordOutcome {
    /// The session is new.
    New,
    /// The session was stored already, and is now different.
    Changed,
    /// The session was the same already.
    Unchanged,
    /// The record was rejected.
    Rejected,
}

impl RecordOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::New, Self::Changed, Self::Unchanged, Self::Rejected];

    /// The name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Changed => "CHANGED",
            Self::Unchanged => "UNCHANGED",
            Self::Rejected => "REJECTED",
        }
    }
}
