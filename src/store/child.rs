//! The children of sessions that are read by page.

use entity::{chat_message, video};
use sea_orm::EntityTrait;

use super::{
    column::ColumnRef,
    order::{self, Order},
    table::{ChatMessageTable, VideoTable},
};
use crate::domain::filter::{ChatMessageCondition, VideoCondition};

/// A table of what belongs to sessions.
pub trait Child {
    /// The table.
    type Table: EntityTrait;
    /// What a filter may test in a row.
    type Condition;
    /// The columns of the account, of the session, and of the number within the session.
    const KEY: [<Self::Table as EntityTrait>::Column; 3];
    /// The column of the session.
    const PARENT: ColumnRef;
    /// The order of the rows of a session.
    const ORDER: &'static Order;
}

impl Child for ChatMessageTable {
    type Table = chat_message::Entity;
    type Condition = ChatMessageCondition;
    const KEY: [chat_message::Column; 3] = [
        chat_message::Column::AccountId,
        chat_message::Column::SessionId,
        chat_message::Column::Seq,
    ];
    const PARENT: ColumnRef = Self::SESSION_ID;
    const ORDER: &'static Order = &order::CHAT_MESSAGES;
}

impl Child for VideoTable {
    type Table = video::Entity;
    type Condition = VideoCondition;
    const KEY: [video::Column; 3] =
        [video::Column::AccountId, video::Column::SessionId, video::Column::Seq];
    const PARENT: ColumnRef = Self::SESSION_ID;
    const ORDER: &'static Order = &order::VIDEOS;
}
