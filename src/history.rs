//! Changes of the stored history.
//!
//! A change is a session [`record::Record`]: what is now known of one session. [`limits`] checks it
//! and brings its texts into the form in which they are stored. The [`writer::Writer`] merges
//! batches of records into what is stored, and writes the sessions that differ. Whatever changes
//! the history goes through here. [`removal::Removal`] deletes or anonymizes sessions, except those that
//! [`holds::Holds`] hold. [`backfill`] computes what a new version derives from sessions that are stored, and
//! [`search_index`] adds them to the index of an account that was created without searches.
//!
//! Nothing here knows where a record comes from.

pub mod backfill;
mod chat;
mod early;
pub mod holds;
pub mod limits;
mod merge;
mod numbers;
pub mod prepared;
pub mod record;
pub mod removal;
pub mod retention;
mod roles;
pub mod search_index;
mod technicians;
pub mod turns;
pub mod writer;
