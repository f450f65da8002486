//! One message of a session's chat.

use sea_orm::entity::prelude::*;

/// A row of `chat_message`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_message")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: i64,
    /// Its place in the chat, from 1 without a gap.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When it was sent.
    pub sent_at: i64,
    /// Who sent it, as the chat shows it.
    pub sender: Option<String>,
    /// Shadow of `sender`.
    pub sender_folded: Option<String>,
    /// `TECHNICIAN`, `CUSTOMER`, `SYSTEM` or `UNKNOWN`.
    pub sender_role: String,
    /// The text.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// Shadow of `body`.
    #[sea_orm(column_type = "Text")]
    pub body_folded: String,
}

impl ActiveModelBehavior for ActiveModel {}
