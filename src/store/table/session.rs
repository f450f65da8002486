//! The table of sessions.

use entity::session::Column;

use crate::store::column::ColumnRef;

/// The columns of a session.
#[derive(Debug)]
pub struct SessionTable;

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl SessionTable {
    pub const ID: ColumnRef = ColumnRef::Session(Column::Id);
    pub const TECHNICIAN_ID: ColumnRef = ColumnRef::Session(Column::TechnicianId);
    pub const CUSTOMER_NAME: ColumnRef = ColumnRef::Session(Column::CustomerName);
    pub const CUSTOMER_EMAIL: ColumnRef = ColumnRef::Session(Column::CustomerEmail);
    pub const CUSTOMER_NUMBER: ColumnRef = ColumnRef::Session(Column::CustomerNumber);
    pub const COMPUTER_NAME: ColumnRef = ColumnRef::Session(Column::ComputerName);
    pub const COMPUTER_DOMAIN: ColumnRef = ColumnRef::Session(Column::ComputerDomain);
    pub const COMPUTER_OS: ColumnRef = ColumnRef::Session(Column::ComputerOs);
    pub const PROBLEM_DESCRIPTION: ColumnRef = ColumnRef::Session(Column::ProblemDescription);
    pub const NOTES: ColumnRef = ColumnRef::Session(Column::Notes);
    pub const START_METHOD: ColumnRef = ColumnRef::Session(Column::StartMethod);
    pub const STARTED_AT: ColumnRef = ColumnRef::Session(Column::StartedAt);
    pub const ENDED_AT: ColumnRef = ColumnRef::Session(Column::EndedAt);
    pub const VIDEO_COUNT: ColumnRef = ColumnRef::Session(Column::VideoCount);
    pub const CHAT_COUNT: ColumnRef = ColumnRef::Session(Column::ChatCount);
    pub const UPDATED_AT: ColumnRef = ColumnRef::Session(Column::UpdatedAt);
}
