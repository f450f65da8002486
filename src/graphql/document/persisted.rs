//! The texts of documents that callers have stored by their hashes, so that later requests need only the hash.
//!
//! Each account has its own documents, so no answer shows what another account has stored. An account that
//! stores too much loses its own documents. If all accounts together store too much, documents of the
//! one with the largest number of bytes are removed. An account with less than its equal share loses none.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::domain::viewer::{AccountId, Viewer};

/// The bounds of what is stored.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// Documents of an account.
    documents: usize,
    /// Bytes of an account.
    account_bytes: usize,
    /// Bytes of all accounts.
    bytes: usize,
}

/// As docs/GRAPHQL.md has them.
const BOUNDS: Bounds = Bounds { documents: 500, account_bytes: 1 << 20, bytes: 64 << 20 };
/// About how many bytes a document takes beside its text.
const OVERHEAD: usize = 256;

/// The stored documents of all accounts.
pub(in crate::graphql) struct PersistedDocuments {
    bounds: Bounds,
    stored: Mutex<Stored>,
}

#[derive(Default)]
struct Stored {
    /// The database file that has these accounts.
    generation: u64,
    accounts: HashMap<AccountId, AccountDocuments>,
    bytes: usize,
    /// The number of uses of all documents.
    uses: u64,
}

#[derive(Default)]
struct AccountDocuments {
    bytes: usize,
    by_hash: HashMap<String, StoredDocument>,
}

struct StoredDocument {
    text: Arc<str>,
    last_use: u64,
}

impl PersistedDocuments {
    pub(in crate::graphql) fn new() -> Self {
        Self { bounds: BOUNDS, stored: Mutex::default() }
    }

    /// The text that the account of the caller has stored by this hash.
    pub(in crate::graphql) fn get(&self, viewer: &Viewer, hash: &str) -> Option<Arc<str>> {
        let mut stored = self.of_generation(viewer);
        stored.uses += 1;
        let last_use = stored.uses;
        let document = stored.accounts.get_mut(&viewer.account)?.by_hash.get_mut(hash)?;
        document.last_use = last_use;
        Some(document.text.clone())
    }

    /// Stores a text by its hash for the account of the caller. A text that is too long for an account is not
    /// stored.
    pub(in crate::graphql) fn put(&self, viewer: &Viewer, hash: &str, text: &str) {
        let bounds = self.bounds;
        if text.len() + OVERHEAD > bounds.account_bytes {
            return;
        }
        let mut stored = self.of_generation(viewer);
        stored.add(viewer.account, hash, text);
        let is_too_large = |it: &AccountDocuments| {
            it.bytes > bounds.account_bytes || it.by_hash.len() > bounds.documents
        };
        while stored.accounts.get(&viewer.account).is_some_and(is_too_large) {
            stored.remove_oldest(viewer.account);
        }
        while stored.bytes > bounds.bytes {
            let largest = stored.accounts.iter().max_by_key(|(_, documents)| documents.bytes);
            let Some(largest) = largest.map(|(account, _)| *account) else { return };
            stored.remove_oldest(largest);
        }
    }

    /// What is stored, without the documents of accounts of another file.
    fn of_generation(&self, viewer: &Viewer) -> MutexGuard<'_, Stored> {
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        if stored.generation != viewer.generation {
            *stored = Stored { generation: viewer.generation, ..Stored::default() };
        }
        stored
    }
}

impl Stored {
    fn add(&mut self, account: AccountId, hash: &str, text: &str) {
        self.uses += 1;
        let documents = self.accounts.entry(account).or_default();
        let document = StoredDocument { text: text.into(), last_use: self.uses };
        if documents.by_hash.insert(hash.to_owned(), document).is_none() {
            documents.bytes += text.len() + OVERHEAD;
            self.bytes += text.len() + OVERHEAD;
        }
    }

    /// Removes the document of an account whose last use is the longest ago.
    fn remove_oldest(&mut self, account: AccountId) {
        let Some(documents) = self.accounts.get_mut(&account) else { return };
        let oldest = documents.by_hash.iter().min_by_key(|(_, document)| document.last_use);
        let oldest = oldest.map(|(hash, _)| hash.clone());
        if let Some(removed) = oldest.and_then(|hash| documents.by_hash.remove(&hash)) {
            documents.bytes -= removed.text.len() + OVERHEAD;
            self.bytes -= removed.text.len() + OVERHEAD;
        }
        if documents.by_hash.is_empty() {
            self.accounts.remove(&account);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of 100 bytes: ten of them fill an account, and 25 the store.
    fn store() -> PersistedDocuments {
        let of = |texts| texts * (100 + OVERHEAD);
        let bounds = Bounds { documents: 20, account_bytes: of(10), bytes: of(25) };
        PersistedDocuments { bounds, stored: Mutex::default() }
    }

    fn viewer(account: i64, generation: u64) -> Viewer {
        Viewer {
            generation,
            account: AccountId(account),
            has_search: true,
            cursor_key: Default::default(),
            account_name: String::new(),
            key_id: 1,
            key_label: String::new(),
            scopes: Vec::new(),
        }
    }

    fn put(store: &PersistedDocuments, account: i64, hashes: std::ops::Range<u32>) {
        for hash in hashes {
            store.put(&viewer(account, 0), &hash.to_string(), &"x".repeat(100));
        }
    }

    /// The hashes of an account that are stored, of the first hundred.
    fn stored(store: &PersistedDocuments, account: i64) -> Vec<u32> {
        let viewer = viewer(account, 0);
        (0..100).filter(|hash| store.get(&viewer, &hash.to_string()).is_some()).collect()
    }

    #[test]
    fn an_account_that_stores_too_much_loses_what_it_used_the_longest_ago() {
        let store = store();
        put(&store, 1, 0..3);
        put(&store, 2, 0..10);
        assert!(store.get(&viewer(2, 0), "0").is_some());
        put(&store, 2, 10..12);
        assert_eq!(stored(&store, 2), [0, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        put(&store, 2, 20..90);
        assert_eq!(stored(&store, 1), [0, 1, 2]);
    }

    #[test]
    fn an_account_has_a_number_of_short_documents() {
        let store = store();
        for hash in 0..30 {
            store.put(&viewer(1, 0), &hash.to_string(), "");
        }
        assert_eq!(stored(&store, 1).len(), 13);
        let wide = Bounds { account_bytes: 1 << 20, ..store.bounds };
        let store = PersistedDocuments { bounds: wide, stored: Mutex::default() };
        for hash in 0..30 {
            store.put(&viewer(1, 0), &hash.to_string(), "");
        }
        assert_eq!(stored(&store, 1), Vec::from_iter(10..30));
    }

    #[test]
    fn the_account_that_stores_the_most_makes_room_for_others() {
        let store = store();
        put(&store, 1, 0..4);
        put(&store, 2, 0..9);
        put(&store, 3, 0..10);
        // 23 are stored. Each account may have 6 of the 25 if there are four.
        put(&store, 4, 0..6);
        assert_eq!(stored(&store, 1).len(), 4);
        assert_eq!(stored(&store, 4).len(), 6);
        assert_eq!(stored(&store, 2).len() + stored(&store, 3).len(), 15);
    }

    #[test]
    fn a_document_that_is_stored_again_or_too_long_takes_no_room() {
        let store = store();
        for _ in 0..50 {
            put(&store, 1, 0..10);
        }
        store.put(&viewer(1, 0), "10", &"x".repeat(10 * (100 + OVERHEAD)));
        assert_eq!(stored(&store, 1), Vec::from_iter(0..10));
    }

    #[test]
    fn the_accounts_of_another_file_have_no_documents_of_this_one() {
        let store = store();
        put(&store, 1, 0..3);
        assert!(store.get(&viewer(1, 1), "0").is_none());
    }
}
