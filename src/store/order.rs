//! The orders of lists, as data: the columns that sort a list, and the tag of its cursors.

use super::{
    column::ColumnRef,
    table::{
        AuditEventTable, ChatMessageTable, HoldTable, SessionChangeTable, SessionGroupTable,
        SessionTable, TechnicianTable, VideoTable,
    },
};
use crate::{
    domain::{
        cursor::{self, ExpectedCursor},
        filter::{SessionNumber, index::SessionIndex},
        page::{KeyKind, KeyValue, Position},
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
    /// Whether the first column may have no value. Rows without a value are the last ones in both directions.
    pub absent_last: bool,
    /// Whether small values come first, in all columns.
    pub ascending: bool,
    /// The column of the parent, where each parent has a list of its own.
    pub parent: Option<ColumnRef>,
    /// The index that has the rows of a list of sessions in this order.
    pub index: SessionIndex,
}

/// The orders of sessions, of the account or of a technician.
pub static SESSION_ORDERS: [Order; 8] = [
    Order {
        name: "STARTED_AT_ASC",
        description: "By start time, the oldest first.",
        tag: "sa",
        ascending: true,
        ..BY_START
    },
    Order {
        name: "STARTED_AT_DESC",
        description: "By start time, the newest first.",
        tag: "sd",
        ascending: false,
        ..BY_START
    },
    Order {
        name: "ENDED_AT_ASC",
        description: "By end time, the oldest first; open sessions last.",
        tag: "ea",
        ascending: true,
        ..BY_END
    },
    Order {
        name: "ENDED_AT_DESC",
        description: "By end time, the newest first; open sessions last.",
        tag: "ed",
        ascending: false,
        ..BY_END
    },
    Order {
        name: "UPDATED_AT_ASC",
        description: "By the time of the last change in this gateway, the oldest first.",
        tag: "ua",
        ascending: true,
        ..BY_UPDATE
    },
    Order {
        name: "UPDATED_AT_DESC",
        description: "By the time of the last change in this gateway, the newest first.",
        tag: "ud",
        ascending: false,
        ..BY_UPDATE
    },
    Order {
        name: "DURATION_ASC",
        description: "By duration in seconds, the shortest first; open sessions last.",
        tag: "da",
        ascending: true,
        ..BY_DURATION
    },
    Order {
        name: "DURATION_DESC",
        description: "By duration in seconds, the longest first; open sessions last.",
        tag: "dd",
        ascending: false,
        ..BY_DURATION
    },
];

/// The same orders, of the sessions of a group: only the same group accepts their cursors.
static ORDERS_IN_GROUPS: [Order; 8] = {
    let [a, b, c, d, e, f, g, h] = &SESSION_ORDERS;
    [
        in_group(a),
        in_group(b),
        in_group(c),
        in_group(d),
        in_group(e),
        in_group(f),
        in_group(g),
        in_group(h),
    ]
};

const fn in_group(order: &Order) -> Order {
    Order { parent: Some(SessionGroupTable::NUMBER), ..*order }
}

const BY_START: Order = single("", &[SessionTable::STARTED_AT, SessionTable::ID], None);
const BY_END: Order = Order {
    key: &[SessionTable::ENDED_AT, SessionTable::ID],
    absent_last: true,
    index: SessionIndex::End,
    ..BY_START
};
const BY_UPDATE: Order = Order {
    key: &[SessionTable::UPDATED_AT, SessionTable::ID],
    index: SessionIndex::Update,
    ..BY_START
};
const BY_DURATION: Order = Order {
    key: &[SessionTable::DURATION_SECONDS, SessionTable::ID],
    absent_last: true,
    index: SessionIndex::Number(SessionNumber::DurationSeconds),
    ..BY_START
};

/// The order of sessions where the caller does not choose one.
pub static DEFAULT_SESSION_ORDER: &Order = &SESSION_ORDERS[1];

/// The order of the account's technicians.
pub static TECHNICIANS: Order = single("t", &[TechnicianTable::USERNAME_FOLDED], None);

/// The order of a session's chat messages.
pub static CHAT_MESSAGES: Order =
    single("c", &[ChatMessageTable::SEQ], Some(ChatMessageTable::SESSION_ID));

/// The order of a session's recordings.
pub static VIDEOS: Order = single("v", &[VideoTable::SEQ], Some(VideoTable::SESSION_ID));

/// The order of the change feed, which is that of commits.
pub static CHANGES: Order = single("x", &[SessionChangeTable::POSITION], None);

/// The order of the audit: the newest event first.
pub static AUDIT_EVENTS: Order =
    Order { ascending: false, ..single("a", &[AuditEventTable::ID], None) };

/// The order of holds: the newest first.
pub static HOLDS: Order = Order { ascending: false, ..single("h", &[HoldTable::ID], None) };

/// The order of groups of sessions. The text of a cursor has the whole position.
pub static GROUPS: Order = single("g", &[], None);

/// The only order of a list.
const fn single(tag: &'static str, key: &'static [ColumnRef], parent: Option<ColumnRef>) -> Order {
    Order {
        name: "",
        description: "",
        tag,
        key,
        absent_last: false,
        ascending: true,
        parent,
        index: SessionIndex::Start,
    }
}

impl Order {
    /// The same order of sessions, of the sessions of a group.
    pub fn in_groups(&'static self) -> &'static Self {
        ORDERS_IN_GROUPS.iter().find(|order| *order == self).unwrap_or(self)
    }

    /// The columns of the key, with the values that each may have.
    pub fn key_kinds(&self) -> impl Iterator<Item = (ColumnRef, KeyKind)> {
        self.key.iter().enumerate().map(|(nth, column)| {
            let kind = match column.is_text() {
                true => KeyKind::Text,
                false if nth == 0 && self.absent_last => KeyKind::OptionalNumber,
                false => KeyKind::Number,
            };
            (*column, kind)
        })
    }

    /// The position of a cursor of this order, and the parent whose list it belongs to.
    ///
    /// # Errors
    /// When the text is not a cursor, or is a cursor of another order or account.
    pub fn decode_cursor(&self, key: CursorKey, cursor: &str) -> Result<(Option<i64>, Position)> {
        let kinds: Vec<_> = self.key_kinds().map(|(_, kind)| kind).collect();
        let expected =
            ExpectedCursor { tag: self.tag, has_parent: self.parent.is_some(), key: &kinds };
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

    use super::{
        AUDIT_EVENTS, CHANGES, CHAT_MESSAGES, GROUPS, HOLDS, Order, SESSION_ORDERS, TECHNICIANS,
        VIDEOS,
    };

    #[test]
    fn each_order_has_a_tag_of_its_own() {
        let orders: Vec<&Order> = SESSION_ORDERS
            .iter()
            .chain([
                &TECHNICIANS,
                &CHAT_MESSAGES,
                &VIDEOS,
                &CHANGES,
                &AUDIT_EVENTS,
                &HOLDS,
                &GROUPS,
            ])
            .collect();
        let tags: BTreeSet<_> = orders.iter().map(|order| order.tag).collect();
        assert_eq!(tags.len(), orders.len());
        // The number of a parent follows the tag.
        assert!(tags.iter().all(|tag| tag.bytes().all(|byte| byte.is_ascii_lowercase())));
        // This file has no other order.
        let count = |text: &str| include_str!("order.rs").matches(text).count();
        let single = count("single(\"") - count("single(\"\"");
        assert_eq!(count("tag: \"") + single, orders.len(), "an order is missing in this test");
    }
}
