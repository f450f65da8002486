//! Chat messages of sessions. [`super::Reads`] reads them for many sessions at once.

use entity::chat_message::{Column, Entity};
use sea_orm::FromQueryResult;

use super::{Column as Asked, child::Child};
use crate::domain::filter::ChatMessageCondition;

/// A chat message as it is read.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
#[expect(missing_docs, reason = "the columns are documented in the entity")]
pub struct Row {
    pub session_id: i64,
    pub seq: i64,
    pub sent_at: i64,
    pub sender: Option<String>,
    pub sender_role: String,
    pub body: String,
}

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl Row {
    pub const SESSION_ID: Asked = Asked::of("chat_message", "session_id");
    pub const SEQ: Asked = Asked::of("chat_message", "seq");
    pub const SENT_AT: Asked = Asked::of("chat_message", "sent_at");
    pub const SENDER: Asked = Asked::of("chat_message", "sender");
    pub const SENDER_ROLE: Asked = Asked::of("chat_message", "sender_role");
    pub const BODY: Asked = Asked::of("chat_message", "body");
}

impl Child for Row {
    type Table = Entity;
    type Condition = ChatMessageCondition;
    const KEY: [Column; 3] = [Column::AccountId, Column::SessionId, Column::Seq];
    const ALL: &'static [Asked] =
        &[Self::SESSION_ID, Self::SEQ, Self::SENT_AT, Self::SENDER, Self::SENDER_ROLE, Self::BODY];
}
