//! Readers of outside documents, and the pipeline that imports one.
//!
//! A document is read in steps, each of which has one session at a time. `compression` and `source`
//! turn bytes into UTF-8 and count lines. The `split` step of a format finds where a session begins
//! and ends; what it cannot separate ends the document ([`problem::DocumentError`]). The `parse`
//! step, `check` and [`crate::history::limits`] then make a record of that session, or reject it
//! ([`problem::Rejection`]), and the next session follows. All of that blocks. The [`pipeline`] runs
//! it on a thread of its own and hands batches of records to the history's writer.
//!
//! Not supported: UTF-32, and entities that a DTD defines.

mod check;
pub mod compression;
mod draft;
mod encoding;
mod envelope;
pub mod format;
mod json;
pub mod pipeline;
pub mod problem;
pub mod reader;
pub mod rejects;
mod source;
pub mod style;
pub mod tally;
mod xml;

#[cfg(test)]
mod tests;
