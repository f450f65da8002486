//! Reading outside documents, and writing what they contain into the store.
//!
//! A document is read in steps, each of which has one session at a time. `compression` and `source`
//! turn bytes into UTF-8 and count lines. The `split` step of a format finds where a session begins
//! and ends; what it cannot separate ends the document ([`problem::DocumentError`]). The `parse` step,
//! `check` and `limits` then make a [`record::Record`] of that session, or reject it
//! ([`problem::Rejection`]), and the next session follows. All of that blocks and is meant for a
//! thread of its own. The [`writer`] then merges batches of records into what is stored.
//!
//! Not supported: UTF-32, and entities that a DTD defines.

mod check;
mod compression;
mod draft;
mod encoding;
mod envelope;
mod json;
pub mod limits;
mod merge;
pub mod pipeline;
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
