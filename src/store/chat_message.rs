//! Chat messages of sessions. [`super::Reads`] reads them for many sessions at once.

use entity::chat_message::{Column, Entity};
use sea_orm::DerivePartialModel;

use super::child::Child;
use crate::domain::filter::ChatMessageCondition;

/// A chat message as it is read.
#[derive(Clone, Debug, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
#[expect(missing_docs, reason = "the columns are documented in the entity")]
pub struct Row {
    pub session_id: i64,
    pub seq: i64,
    pub sent_at: i64,
    pub sender: Option<String>,
    pub sender_role: String,
    pub body: String,
}

impl Child for Row {
    type Table = Entity;
    type Condition = ChatMessageCondition;
    const KEY: [Column; 3] = [Column::AccountId, Column::SessionId, Column::Seq];
}
