//! The table of custom fields.

use entity::custom_field::Column;

use crate::store::column::ColumnRef;

/// The columns of a custom field.
#[derive(Debug)]
pub struct CustomFieldTable;

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl CustomFieldTable {
    pub const SESSION_ID: ColumnRef = ColumnRef::new(&Column::SessionId);
    pub const NAME: ColumnRef = ColumnRef::new(&Column::Name);
    pub const NAME_FOLDED: ColumnRef = ColumnRef::new(&Column::NameFolded);
    pub const VALUE: ColumnRef = ColumnRef::new(&Column::Value);
}
