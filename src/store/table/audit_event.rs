//! The audit.

use entity::{api_key, audit_event::Column};

use crate::store::column::ColumnRef;

/// The columns of an event.
#[derive(Debug)]
pub struct AuditEventTable;

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl AuditEventTable {
    pub const ID: ColumnRef = ColumnRef::new(&Column::Id);
    pub const STARTED_AT: ColumnRef = ColumnRef::new(&Column::StartedAt);
    pub const ENDED_AT: ColumnRef = ColumnRef::new(&Column::EndedAt);
    pub const SOURCE: ColumnRef = ColumnRef::new(&Column::Source);
    pub const KEY_LABEL: ColumnRef = ColumnRef::new(&api_key::Column::Label);
    pub const KEY_PREFIX: ColumnRef = ColumnRef::new(&api_key::Column::Prefix);
    pub const ACTION: ColumnRef = ColumnRef::new(&Column::Action);
    pub const FIELDS: ColumnRef = ColumnRef::new(&Column::Fields);
    pub const SUBJECT: ColumnRef = ColumnRef::new(&Column::Subject);
    pub const MATCHED: ColumnRef = ColumnRef::new(&Column::Matched);
    pub const CHANGED: ColumnRef = ColumnRef::new(&Column::Changed);
    pub const HELD: ColumnRef = ColumnRef::new(&Column::Held);
}
