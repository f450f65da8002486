//! The table of custom fields.

use entity::custom_field::Column;

use crate::store::column::ColumnRef;

/// The columns of a custom field.
#[derive(Debug)]
pub struct CustomFieldTable;

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl CustomFieldTable {
    pub const SESSION_ID: ColumnRef = ColumnRef::CustomField(Column::SessionId);
    pub const NAME: ColumnRef = ColumnRef::CustomField(Column::Name);
    pub const NAME_FOLDED: ColumnRef = ColumnRef::CustomField(Column::NameFolded);
    pub const VALUE: ColumnRef = ColumnRef::CustomField(Column::Value);
}
