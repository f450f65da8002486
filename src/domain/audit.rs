//! Audit events: what changed the data or the keys of an account, as numbers.

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// The account was created.
    CreateAccount,
    /// A key was created.
    CreateKey,
    /// A key was revoked.
    RevokeKey,
    /// Documents were imported.
    Import,
    /// Sessions were recorded by a program.
    Record,
    /// Sessions were deleted.
    Delete,
    /// Sessions were anonymized.
    Anonymize,
    /// Sessions were held.
    Hold,
    /// A hold was released.
    ReleaseHold,
    /// The retention of the account was set.
    SetRetention,
    /// A webhook was added.
    AddWebhook,
    /// A webhook was removed.
    RemoveWebhook,
}

/// What caused an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuditSource {
    /// A request with the key of this number.
    Key(i64),
    /// A command of the operator.
    Command,
    /// The retention of the account.
    Retention,
    /// The mirror of another server.
    Sync,
}

/// A new event. It has no personal data: of a filter, it has the fields and not the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuditEvent {
    /// What caused it.
    pub source: AuditSource,
    /// What it is about.
    pub action: AuditAction,
    /// The fields that the filter tests, separated by spaces.
    pub fields: String,
    /// The number of the key, the hold or the webhook, or the months of a retention.
    pub subject: Option<i64>,
    /// How many sessions matched, or how many records were read.
    pub matched: u64,
    /// How many of them were changed.
    pub changed: u64,
    /// How many of them were held, and therefore not changed.
    pub held: u64,
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 12] = [
        Self::CreateAccount,
        Self::CreateKey,
        Self::RevokeKey,
        Self::Import,
        Self::Record,
        Self::Delete,
        Self::Anonymize,
        Self::Hold,
        Self::ReleaseHold,
        Self::SetRetention,
        Self::AddWebhook,
        Self::RemoveWebhook,
    ];

    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreateAccount => "CREATE_ACCOUNT",
            Self::CreateKey => "CREATE_KEY",
            Self::RevokeKey => "REVOKE_KEY",
            Self::Import => "IMPORT",
            Self::Record => "RECORD",
            Self::Delete => "DELETE",
            Self::Anonymize => "ANONYMIZE",
            Self::Hold => "HOLD",
            Self::ReleaseHold => "RELEASE_HOLD",
            Self::SetRetention => "SET_RETENTION",
            Self::AddWebhook => "ADD_WEBHOOK",
            Self::RemoveWebhook => "REMOVE_WEBHOOK",
        }
    }
}

impl AuditSource {
    /// The names of all sources.
    pub const NAMES: [&'static str; 4] = ["KEY", "COMMAND", "RETENTION", "SYNC"];

    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Key(_) => "KEY",
            Self::Command => "COMMAND",
            Self::Retention => "RETENTION",
            Self::Sync => "SYNC",
        }
    }

    /// The number of the key, if it was one.
    pub fn key(self) -> Option<i64> {
        match self {
            Self::Key(id) => Some(id),
            Self::Command | Self::Retention | Self::Sync => None,
        }
    }
}

impl NewAuditEvent {
    /// An event without numbers.
    pub fn new(source: AuditSource, action: AuditAction) -> Self {
        let (fields, subject) = (String::new(), None);
        Self { source, action, fields, subject, matched: 0, changed: 0, held: 0 }
    }
}
