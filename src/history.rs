//! Changes of the stored history.
//!
//! A change is a session [`record::Record`]: what is now known of one session. [`limits`] checks it
//! and brings its texts into the form in which they are stored. The [`writer::Writer`] merges
//! batches of records into what is stored, and writes the sessions that differ. Whatever changes
//! the history goes through here.
//!
//! Nothing here knows where a record comes from.

pub mod limits;
mod merge;
pub mod record;
mod roles;
mod technicians;
pub mod writer;
