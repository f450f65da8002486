//! The table of recordings.

use entity::video::Column;

use crate::store::column::ColumnRef;

/// The columns of a recording.
#[derive(Debug)]
pub struct VideoTable;

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl VideoTable {
    pub const SESSION_ID: ColumnRef = ColumnRef::new(&Column::SessionId);
    pub const SEQ: ColumnRef = ColumnRef::new(&Column::Seq);
    pub const URL: ColumnRef = ColumnRef::new(&Column::Url);
    pub const RECORDED_AT: ColumnRef = ColumnRef::new(&Column::RecordedAt);
    pub const DURATION_SECONDS: ColumnRef = ColumnRef::new(&Column::DurationSeconds);
    pub const SIZE_BYTES: ColumnRef = ColumnRef::new(&Column::SizeBytes);
}
