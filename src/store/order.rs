//! The orders of lists, as data: the columns that sort a list, and the tag of its cursors.

use super::{
    column::ColumnRef,
    table::{ChatMessageTable, SessionTable, TechnicianTable, VideoTable},
};
use crate::{
    domain::{
        cursor::{self, ExpectedCursor},
        page::{KeyValue, Position},
        viewer::CursorKey,
    },
    error::Result,
};

/// An order of a list.
#[derive(Debug)]
pub struct Order {
    /// The name by which callers choose the order, where a list has several.
    pub name: &'static str,
    /// The description of the order, for callers.
    pub description: &'static str,
    /// The tag of the cursors of this order: letters, different for each order.
    pub tag: &'static str,
    /// The columns that sort the list, the last of them unique in it.
    pub key: &'static [ColumnRef],
    /// Whether small values come first, in all columns.
    pub ascending: bool,
    /// The column of the parent, where each parent has a list of its own.
    pub parent: Option<ColumnRef>,
}

/// The orders of sessions, of the account or of a technician.
pub static SESSION_ORDERS: [Order; 2] = [
    Order {
        name: "STARTED_AT_ASC",
        description: "By start time, the oldest first.",
        tag: "sa",
        key: &[SessionTable::STARTED_AT, SessionTable::ID],
        ascending: true,
        parent: None,
    },
    Order {
        name: "STARTED_AT_DESC",
        description: "By start time, the newest first.",
        tag: "sd",
        key: &[SessionTable::STARTED_AT, SessionTable::ID],
        ascending: false,
        parent: None,
    },
];

/// The order of sessions where the caller does not choose one.
pub static DEFAULT_SESSION_ORDER: &Order = &SESSION_ORDERS[1];

/// The order of the account's technicians.
pub static TECHNICIANS: Order = single("t", &[TechnicianTable::USERNAME_FOLDED], None);

/// The order of a session's chat messages.
pub static CHAT_MESSAGES: Order =
    single("c", &[ChatMessageTable::SEQ], Some(ChatMessageTable::SESSION_ID));

/// The order of a session's recordings.
pub static VIDEOS: Order = single("v", &[VideoTable::SEQ], Some(VideoTable::SESSION_ID));

/// The only order of a list.
const fn single(tag: &'static str, key: &'static [ColumnRef], parent: Option<ColumnRef>) -> Order {
    Order { name: "", description: "", tag, key, ascending: true, parent }
}

impl Order {
    /// The position of a cursor of this order, and the parent whose list it belongs to.
    ///
    /// # Errors
    /// When the text is not a cursor, or is a cursor of another order or account.
    pub fn decode_cursor(&self, key: CursorKey, cursor: &str) -> Result<(Option<i64>, Position)> {
        let is_text: Vec<_> = self.key.iter().map(|column| column.is_text()).collect();
        let expected =
            ExpectedCursor { tag: self.tag, has_parent: self.parent.is_some(), is_text: &is_text };
        cursor::decode(key, expected, cursor)
    }

    /// The cursor of a row.
    pub fn encode_cursor(
        &self,
        key: CursorKey,
        parent: Option<i64>,
        position: &[KeyValue],
    ) -> String {
        cursor::encode(key, self.tag, parent, position)
    }
}

impl PartialEq for Order {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}

impl Eq for Order {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{CHAT_MESSAGES, Order, SESSION_ORDERS, TECHNICIANS, VIDEOS};

    #[test]
    fn each_order_has_a_tag_of_its_own() {
        let orders: Vec<&Order> =
            SESSION_ORDERS.iter().chain([&TECHNICIANS, &CHAT_MESSAGES, &VIDEOS]).collect();
        let tags: BTreeSet<_> = orders.iter().map(|order| order.tag).collect();
        assert_eq!(tags.len(), orders.len());
        // The number of a parent follows the tag.
        assert!(tags.iter().all(|tag| tag.bytes().all(|byte| byte.is_ascii_lowercase())));
        // This file has no other order.
        let declared = include_str!("order.rs").matches("tag: \"").count();
        let single = include_str!("order.rs").matches("single(\"").count();
        assert_eq!(declared + single, orders.len(), "an order is missing in this test");
    }
}
