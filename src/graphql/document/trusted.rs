//! The trusted documents: the only ones that are answered, if there is a manifest of them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    hash::{PREFIX, hash_in, hash_of},
    manifest::ManifestEntry,
};

/// The texts of the trusted documents.
#[derive(Debug, Default)]
pub(in crate::graphql) struct TrustedDocuments {
    by_id: HashMap<String, Arc<str>>,
    texts: HashSet<Arc<str>>,
}

impl TrustedDocuments {
    /// The documents of a manifest. Each has its hash as a second id.
    ///
    /// # Errors
    /// What is wrong with the ids.
    pub(in crate::graphql) fn new(entries: Vec<ManifestEntry>) -> Result<Self, Vec<String>> {
        let (mut trusted, mut problems) = (Self::default(), Vec::new());
        for ManifestEntry { place, id, text } in entries {
            let (hash, text) = (hash_of(&text), Arc::<str>::from(text));
            if hash_in(&id).is_some_and(|it| it != hash) {
                problems.push(format!(
                    "{place}: the id is not the SHA-256 of the text, which is {hash}"
                ));
            }
            if trusted.by_id.insert(id, text.clone()).is_some() {
                problems.push(format!("{place}: a document before it has the same id"));
            }
            trusted.texts.insert(text);
        }
        for text in &trusted.texts {
            let hash = hash_of(text);
            trusted.by_id.insert(format!("{PREFIX}{hash}"), text.clone());
            trusted.by_id.insert(hash, text.clone());
        }
        if problems.is_empty() { Ok(trusted) } else { Err(problems) }
    }

    /// The text of the document with this id or hash.
    pub(in crate::graphql) fn text(&self, id: &str) -> Option<&str> {
        self.by_id.get(id).map(|text| &**text)
    }

    /// Whether a document with exactly this text is trusted.
    pub(in crate::graphql) fn has(&self, text: &str) -> bool {
        self.texts.contains(text)
    }

    /// The number of documents.
    pub(in crate::graphql) fn len(&self) -> usize {
        self.texts.len()
    }
}
