//! What removals led to.

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

const fn number(name: &'static str) -> MadeColumn {
    MadeColumn { table: "removal_result", name, is_text: false }
}

#[expect(missing_docs, reason = "the columns are documented as the fields of RemovalResult")]
impl RemovalResultTable {
    pub const MATCHED: ColumnRef = ColumnRef::new(&const { number("matched") });
    pub const REMOVED: ColumnRef = ColumnRef::new(&const { number("removed") });
    pub const HELD: ColumnRef = ColumnRef::new(&const { number("held") });
    pub const DRY_RUN: ColumnRef = ColumnRef::new(&const { number("dry_run") });
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
