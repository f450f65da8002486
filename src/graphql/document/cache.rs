//! Documents that were found valid, so that a repeated query is not parsed and validated again.

use std::sync::Arc;

use quick_cache::{Weighter, sync::Cache};

use super::Document;

/// How many bytes the documents take together, at most, about.
const MAX_BYTES: u64 = 32 << 20;
/// How many documents there may be, about; more with many short ones.
const DOCUMENTS: usize = 1_000;
/// About how many bytes a parsed document takes for each byte of its text.
const BYTES_A_BYTE: u64 = 100;

/// The documents, by their texts.
pub(in crate::graphql) struct DocumentCache(Cache<Arc<str>, Arc<Document>, ByText>);

#[derive(Clone)]
struct ByText;

impl Weighter<Arc<str>, Arc<Document>> for ByText {
    fn weight(&self, text: &Arc<str>, _: &Arc<Document>) -> u64 {
        1_024 + text.len() as u64 * BYTES_A_BYTE
    }
}

impl DocumentCache {
    pub(in crate::graphql) fn new() -> Self {
        Self(Cache::with_weighter(DOCUMENTS, MAX_BYTES, ByText))
    }

    /// The document with this text, if it was found valid before.
    pub(in crate::graphql) fn get(&self, text: &str) -> Option<Arc<Document>> {
        self.0.get(text)
    }

    /// Remembers a document that is valid.
    pub(in crate::graphql) fn put(&self, text: &str, document: Arc<Document>) {
        self.0.insert(text.into(), document);
    }
}
