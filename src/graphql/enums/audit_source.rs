//! What caused an audit event.

use async_graphql::Enum;

/// What caused an audit event.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum AuditSource {
    /// A request with an API key.
    Key,
    /// A command of the operator.
    Command,
    /// The retention of the account.
    Retention,
    /// The mirror of another server.
    Sync,
}
