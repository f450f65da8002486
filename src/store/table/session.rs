//! The table of sessions.

use entity::session::Column;

use crate::store::column::ColumnRef;

/// The columns of a session.
#[derive(Debug)]
pub struct SessionTable;

#[expect(missing_docs, reason = "the columns are documented in the entity")]
impl SessionTable {
    pub const ID: ColumnRef = ColumnRef::new(&Column::Id);
    pub const TECHNICIAN_ID: ColumnRef = ColumnRef::new(&Column::TechnicianId);
    pub const CUSTOMER_NAME: ColumnRef = ColumnRef::new(&Column::CustomerName);
    pub const CUSTOMER_EMAIL: ColumnRef = ColumnRef::new(&Column::CustomerEmail);
    pub const CUSTOMER_NUMBER: ColumnRef = ColumnRef::new(&Column::CustomerNumber);
    pub const COMPUTER_NAME: ColumnRef = ColumnRef::new(&Column::ComputerName);
    pub const COMPUTER_DOMAIN: ColumnRef = ColumnRef::new(&Column::ComputerDomain);
    pub const COMPUTER_OS: ColumnRef = ColumnRef::new(&Column::ComputerOs);
    pub const PROBLEM_DESCRIPTION: ColumnRef = ColumnRef::new(&Column::ProblemDescription);
    pub const NOTES: ColumnRef = ColumnRef::new(&Column::Notes);
    pub const START_METHOD: ColumnRef = ColumnRef::new(&Column::StartMethod);
    pub const STARTED_AT: ColumnRef = ColumnRef::new(&Column::StartedAt);
    pub const ENDED_AT: ColumnRef = ColumnRef::new(&Column::EndedAt);
    pub const VIDEO_COUNT: ColumnRef = ColumnRef::new(&Column::VideoCount);
    pub const CHAT_COUNT: ColumnRef = ColumnRef::new(&Column::ChatCount);
    pub const DURATION_SECONDS: ColumnRef = ColumnRef::new(&Column::DurationSeconds);
    pub const FIRST_RESPONSE_SECONDS: ColumnRef = ColumnRef::new(&Column::FirstResponseSeconds);
    pub const UPDATED_AT: ColumnRef = ColumnRef::new(&Column::UpdatedAt);
}
