//! Chat messages.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, Result};

use super::{node::NodeId, scalar::DateTime, session::stored_time};
use crate::{domain::session as domain, error::Error, store::chat_message::Row};

/// The role in which somebody wrote a chat message.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "crate::domain::session::SenderRole")]
pub enum SenderRole {
    /// The technician.
    Technician,
    /// The customer.
    Customer,
    /// The support tool itself.
    System,
    /// Not known.
    Unknown,
}

/// A message of a session's chat.
#[derive(Clone, Debug)]
pub struct ChatMessage(pub(super) Arc<Row>);

/// A message of a session's chat.
#[Object]
impl ChatMessage {
    /// The object's id, unique in the account.
    pub(super) async fn id(&self) -> ID {
        NodeId::ChatMessage(self.0.session_id, self.0.seq).into()
    }

    /// When it was sent.
    async fn sent_at(&self) -> Result<DateTime> {
        stored_time(self.0.sent_at)
    }

    /// Who sent it, as the chat shows it.
    async fn sender(&self) -> Option<&str> {
        self.0.sender.as_deref()
    }

    /// In which role it was sent.
    async fn sender_role(&self) -> Result<SenderRole> {
        let role: Result<domain::SenderRole, _> = self.0.sender_role.parse();
        let unknown = |_| Error::internal("the sender's role that is stored is not known");
        Ok(role.map_err(unknown)?.into())
    }

    /// What it says.
    async fn body(&self) -> &str {
        &self.0.body
    }
}
