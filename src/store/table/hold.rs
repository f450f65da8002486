//! Holds.

use entity::hold::Column;

use super::made::made_rows;
use crate::{
    error::Result,
    store::{
        cluster::{MadeValue, Rows},
        column::ColumnRef,
    },
};

/// The columns of a hold.
#[derive(Debug)]
pub struct HoldTable;

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldResult {
    /// Its number in the account.
    pub id: i64,
    /// Why the sessions are held.
    pub reason: String,
    /// The number of sessions that were held.
    pub sessions: i64,
    /// When they were held, in microseconds.
    pub created_at: i64,
    /// When the hold was released, in microseconds.
    pub released_at: Option<i64>,
}

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl HoldTable {
    pub const ID: ColumnRef = ColumnRef::new(&Column::Id);
    pub const REASON: ColumnRef = ColumnRef::new(&Column::Reason);
    pub const SESSIONS: ColumnRef = ColumnRef::new(&Column::Sessions);
    pub const CREATED_AT: ColumnRef = ColumnRef::new(&Column::CreatedAt);
    pub const RELEASED_AT: ColumnRef = ColumnRef::new(&Column::ReleasedAt);
}

impl HoldResult {
    /// These columns of the hold.
    ///
    /// # Errors
    /// When a column belongs to another table.
    pub fn rows(self, columns: &[ColumnRef]) -> Result<Rows> {
        use HoldTable as Table;
        let row = [
            (Table::ID, MadeValue::Number(self.id)),
            (Table::REASON, MadeValue::Text(self.reason)),
            (Table::SESSIONS, MadeValue::Number(self.sessions)),
            (Table::CREATED_AT, MadeValue::Number(self.created_at)),
            (Table::RELEASED_AT, self.released_at.map_or(MadeValue::Null, MadeValue::Number)),
        ];
        made_rows(columns, std::iter::once(row))
    }
}
