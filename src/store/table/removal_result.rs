//! What removals and holds led to.

use super::made::{MadeColumn, made_rows};
use crate::{
    error::Result,
    store::{
        cluster::{MadeValue, Rows},
        column::ColumnRef,
    },
};

/// The columns of the result of a removal, which no table has.
#[derive(Debug)]
pub struct RemovalResultTable;

/// The columns of a hold, as the answer to a change of it has them.
#[derive(Debug)]
pub struct HoldResultTable;

/// The result of a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovalResult {
    /// The number of sessions that match.
    pub matched: u64,
    /// The number of sessions that were removed, or would be.
    pub removed: u64,
    /// The number of sessions that are held.
    pub held: u64,
    /// Whether nothing was removed.
    pub dry_run: bool,
}

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

const fn number(table: &'static str, name: &'static str) -> MadeColumn {
    MadeColumn { table, name, is_text: false }
}

const REMOVAL: &str = "removal_result";
const HOLD: &str = "hold_result";

#[expect(missing_docs, reason = "the columns are documented as the fields of RemovalResult")]
impl RemovalResultTable {
    pub const MATCHED: ColumnRef = ColumnRef::new(&const { number(REMOVAL, "matched") });
    pub const REMOVED: ColumnRef = ColumnRef::new(&const { number(REMOVAL, "removed") });
    pub const HELD: ColumnRef = ColumnRef::new(&const { number(REMOVAL, "held") });
    pub const DRY_RUN: ColumnRef = ColumnRef::new(&const { number(REMOVAL, "dry_run") });
}

#[expect(missing_docs, reason = "the columns are documented as the fields of HoldResult")]
impl HoldResultTable {
    pub const ID: ColumnRef = ColumnRef::new(&const { number(HOLD, "id") });
    pub const REASON: ColumnRef =
        ColumnRef::new(&MadeColumn { table: HOLD, name: "reason", is_text: true });
    pub const SESSIONS: ColumnRef = ColumnRef::new(&const { number(HOLD, "sessions") });
    pub const CREATED_AT: ColumnRef = ColumnRef::new(&const { number(HOLD, "created_at") });
    pub const RELEASED_AT: ColumnRef = ColumnRef::new(&const { number(HOLD, "released_at") });
}

impl RemovalResult {
    /// These columns of the result.
    ///
    /// # Errors
    /// When a column belongs to another table.
    pub fn rows(self, columns: &[ColumnRef]) -> Result<Rows> {
        use RemovalResultTable as Table;
        let number = |number: u64| MadeValue::Number(i64::try_from(number).unwrap_or(i64::MAX));
        let row = [
            (Table::MATCHED, number(self.matched)),
            (Table::REMOVED, number(self.removed)),
            (Table::HELD, number(self.held)),
            (Table::DRY_RUN, number(self.dry_run.into())),
        ];
        made_rows(columns, std::iter::once(row))
    }
}

impl HoldResult {
    /// These columns of the hold.
    ///
    /// # Errors
    /// When a column belongs to another table.
    pub fn rows(self, columns: &[ColumnRef]) -> Result<Rows> {
        use HoldResultTable as Table;
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
