//! The table of the last changes of sessions.

use entity::session_change::Column;

use crate::store::column::ColumnRef;

/// The columns of a change.
#[derive(Debug)]
pub struct SessionChangeTable;

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl SessionChangeTable {
    pub const SESSION_ID: ColumnRef = ColumnRef::new(&Column::SessionId);
    pub const POSITION: ColumnRef = ColumnRef::new(&Column::Position);
    pub const KIND: ColumnRef = ColumnRef::new(&Column::Kind);
    pub const CHANGED_AT: ColumnRef = ColumnRef::new(&Column::ChangedAt);
}
