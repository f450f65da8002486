//! Reading outside documents, and writing what they say into the store.
//!
//! A document goes through three steps, each of which holds one session at a time. `source`
//! turns bytes into UTF-8 and counts lines. The `split` step of a format finds where a session
//! begins and ends; what it cannot make out ends the document ([`problem::Fatal`]). The `parse`
//! step and `check` then make a [`record::Record`] of that session or say why they cannot
//! ([`problem::Rejection`]), and the next session follows. All of that blocks and is meant for a
//! thread of its own. The [`writer`] then merges batches of records into what is stored.
//!
//! Not supported: UTF-16, and entities that a DTD defines.

mod check;
mod draft;
mod encoding;
mod json;
mod merge;
pub mod problem;
pub mod reader;
pub mod record;
pub mod rejects;
mod source;
mod technicians;
pub mod writer;
mod xml;

#[cfg(test)]
mod tests;
