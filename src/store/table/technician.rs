//! The table of technicians.

use entity::technician::Column;

use crate::store::column::ColumnRef;

/// The columns of a technician.
#[derive(Debug)]
pub struct TechnicianTable;

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl TechnicianTable {
    pub const ID: ColumnRef = ColumnRef::new(&Column::Id);
    pub const USERNAME: ColumnRef = ColumnRef::new(&Column::Username);
    pub const USERNAME_FOLDED: ColumnRef = ColumnRef::new(&Column::UsernameFolded);
    pub const NAME: ColumnRef = ColumnRef::new(&Column::Name);
}
