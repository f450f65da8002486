//! What the tables of children of sessions have in common.

use sea_orm::EntityTrait;

use crate::store::{column::ColumnRef, order::Order};

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
