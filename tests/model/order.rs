//! The orders of sessions.

use std::cmp::Ordering;

use super::session::Session;

/// An order: its name, what its cursors begin with, what it sorts by, and whether large values come first. An
/// absent value comes last.
#[derive(Clone, Copy)]
pub struct Order {
    pub name: &'static str,
    pub tag: &'static str,
    pub value: fn(&Session) -> Option<i64>,
    pub descending: bool,
}

/// The time at which all sessions were stored.
pub const STORED_AT: i64 = 1_767_323_045_000_000;

pub const ORDERS: [Order; 8] = [
    order("STARTED_AT_ASC", "sa", start, false),
    order("STARTED_AT_DESC", "sd", start, true),
    order("ENDED_AT_ASC", "ea", |it| it.details.ended_at, false),
    order("ENDED_AT_DESC", "ed", |it| it.details.ended_at, true),
    order("UPDATED_AT_ASC", "ua", |_| Some(STORED_AT), false),
    order("UPDATED_AT_DESC", "ud", |_| Some(STORED_AT), true),
    order("DURATION_ASC", "da", Session::duration, false),
    order("DURATION_DESC", "dd", Session::duration, true),
];

const fn order(
    name: &'static str,
    tag: &'static str,
    value: fn(&Session) -> Option<i64>,
    descending: bool,
) -> Order {
    Order { name, tag, value, descending }
}

fn start(session: &Session) -> Option<i64> {
    Some(session.details.started_at)
}

impl Order {
    pub fn named(name: &str) -> Self {
        ORDERS.into_iter().find(|it| it.name == name).unwrap()
    }

    /// Compares two sessions by value and number, as the order has them.
    pub fn compare(self, one: &Session, other: &Session) -> Ordering {
        self.compare_keys(((self.value)(one), one.id), ((self.value)(other), other.id))
    }

    pub fn compare_keys(self, one: (Option<i64>, i64), other: (Option<i64>, i64)) -> Ordering {
        let absent = one.0.is_none().cmp(&other.0.is_none());
        absent.then(if self.descending { other.cmp(&one) } else { one.cmp(&other) })
    }

    /// The end of the text of a session's cursor.
    pub fn cursor(self, session: &Session) -> String {
        let value = (self.value)(session).map_or_else(String::new, |value| value.to_string());
        format!("{}/{value}/{}", self.tag, session.id)
    }
}

impl std::fmt::Debug for Order {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}
