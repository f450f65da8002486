//! Reading outside documents: each reader yields [`record::Record`]s as a stream.

pub mod record;
