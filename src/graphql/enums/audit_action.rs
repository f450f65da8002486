//! What an audit event is about.

use async_graphql::Enum;

/// What an audit event is about.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(name = "AuditAction", remote = "crate::domain::audit::AuditAction")]
pub enum AuditAction {
    /// The account was created.
    CreateAccount,
    /// A key was created.
    CreateKey,
    /// A key was revoked.
    RevokeKey,
    /// Documents were imported.
    Import,
    /// A program recorded sessions.
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
