//! The tables of the session history, one a file.
//!
//! Times are microseconds since the Unix epoch, UTC. A column `x_folded` is the case-folded shadow
//! of `x`, which text filters compare; null where `x` is null.

pub mod account;
pub mod api_key;
pub mod chat_message;
pub mod custom_field;
pub mod legacy_usage;
pub mod session;
pub mod technician;
pub mod video;
