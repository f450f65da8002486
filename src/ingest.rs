//! Reading outside documents into records, and the records into the store.

mod merge;
pub mod record;
mod technicians;
pub mod writer;
