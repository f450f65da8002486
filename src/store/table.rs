//! The tables of the history: their columns, as callers of the store name them.

mod chat_message;
mod custom_field;
mod legacy_usage;
mod session;
mod technician;
mod video;

pub use chat_message::ChatMessageTable;
pub use custom_field::CustomFieldTable;
pub use legacy_usage::LegacyUsageTable;
pub use session::SessionTable;
pub use technician::TechnicianTable;
pub use video::VideoTable;
