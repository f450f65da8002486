//! The tables of the session history, one a file.
//!
//! Times are microseconds since the Unix epoch, UTC. A column `x_folded` is the case-folded shadow
//! of `x`, which text filters compare; null where `x` is null.

pub mod account;
pub mod api_key;
pub mod audit_event;
pub mod backfill;
pub mod change_counter;
pub mod chat_message;
pub mod custom_field;
pub mod held_session;
pub mod hold;
pub mod job;
pub mod legacy_usage;
pub mod session;
pub mod session_change;
pub mod session_token;
pub mod session_words;
pub mod sync_missing;
pub mod sync_source;
pub mod sync_window;
pub mod technician;
pub mod video;
pub mod webhook;
