//! All records of a list, page by page from one snapshot, in a format.
//!
//! A [`Layout`] says how a format writes the texts around values: XML, JSON, CSV, or NDJSON. From it
//! and from columns comes a [`Document`]: text with placeholders, which are filled from each record.
//! [`stream()`] reads the pages and writes them at the pace of the reader.
//!
//! This module does not know where the columns come from, nor the web server and the database.

mod bulk;
mod document;
mod escape;
mod fill;
mod format;
mod layout;
mod pages;
mod record_count;
mod value;

pub use document::{Column, ColumnContent, Document, ItemColumns, NamedItem};
pub use escape::Escape;
pub use fill::Choice;
pub use format::OutputFormat;
pub use layout::{
    Layout,
    csv::CsvLayout,
    json::{JsonLayout, NdjsonLayout},
    xml::XmlLayout,
};
pub use pages::{single_page, stream};
pub use record_count::RecordCount;
pub use value::{Absent, DateStyle, ValueForm};
