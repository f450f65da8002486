//! The table of chat messages.

use entity::chat_message::Column;

use crate::store::column::ColumnRef;

/// The columns of a chat message.
#[derive(Debug)]
pub struct ChatMessageTable;

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl ChatMessageTable {
    pub const SESSION_ID: ColumnRef = ColumnRef::new(&Column::SessionId);
    pub const SEQ: ColumnRef = ColumnRef::new(&Column::Seq);
    pub const SENT_AT: ColumnRef = ColumnRef::new(&Column::SentAt);
    pub const SENDER: ColumnRef = ColumnRef::new(&Column::Sender);
    pub const SENDER_ROLE: ColumnRef = ColumnRef::new(&Column::SenderRole);
    pub const BODY: ColumnRef = ColumnRef::new(&Column::Body);
}
