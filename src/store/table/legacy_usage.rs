//! The calls of the legacy URL.

use entity::{api_key, legacy_usage::Column};

use crate::store::column::ColumnRef;

/// The columns of the calls of a key, added up over days.
#[derive(Debug)]
pub struct LegacyUsageTable;

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl LegacyUsageTable {
    pub const KEY_ID: ColumnRef = ColumnRef::new(&Column::KeyId);
    pub const KEY_LABEL: ColumnRef = ColumnRef::new(&api_key::Column::Label);
    pub const FORMAT: ColumnRef = ColumnRef::new(&Column::Format);
    pub const VARS: ColumnRef = ColumnRef::new(&Column::Vars);
    pub const FILTERS: ColumnRef = ColumnRef::new(&Column::Filters);
    pub const CALLS: ColumnRef = ColumnRef::new(&Column::Calls);
    pub const LAST_AT: ColumnRef = ColumnRef::new(&Column::LastAt);
}
