//! The groups of statistics, as far as their sessions have a column for them.

use super::made::MadeColumn;
use crate::store::column::ColumnRef;

/// The columns of the group of a session.
#[derive(Debug)]
pub struct SessionGroupTable;

impl SessionGroupTable {
    /// The number of the group, which lists of the sessions of groups add.
    pub const NUMBER: ColumnRef =
        ColumnRef::new(&MadeColumn { table: "session_group", name: "number", is_text: false });
}
