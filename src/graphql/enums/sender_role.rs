//! The role of the sender of a chat message.

use async_graphql::Enum;

/// The role of the sender of a chat message.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "crate::domain::session::SenderRole")]
pub enum SenderRole {
    /// The technician.
    Technician,
    /// The customer.
    Customer,
    /// The support tool itself.
    System,
    /// The role is not known.
    Unknown,
}
