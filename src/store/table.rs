//! The tables of the history: their columns, as callers of the store name them.

mod audit_event;
mod chat_message;
mod custom_field;
mod hold;
mod legacy_usage;
mod made;
mod record_result;
mod removal_result;
mod session;
mod session_change;
mod session_group;
mod technician;
mod video;

pub use audit_event::AuditEventTable;
pub use chat_message::ChatMessageTable;
pub use custom_field::CustomFieldTable;
pub use hold::{HoldResult, HoldTable};
pub use legacy_usage::LegacyUsageTable;
pub use record_result::{RecordResult, RecordResultTable};
pub use removal_result::{RemovalResult, RemovalResultTable};
pub use session::SessionTable;
pub use session_change::SessionChangeTable;
pub use session_group::SessionGroupTable;
pub use technician::TechnicianTable;
pub use video::VideoTable;
