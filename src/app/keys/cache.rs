//! A cache of valid keys, so that the key of a busy caller is not read for each request.

use std::{sync::Arc, time::Duration};

use quick_cache::sync::Cache;
use tokio::time::Instant;

use crate::{app::caller::Caller, store::api_key::Digest};

/// The number of keys that are cached. The ones that are used least are removed.
const MAX_KEYS: usize = 10_000;

/// The callers with valid keys, by the digests of their secrets.
#[derive(Debug)]
pub(super) struct KeyCache {
    time: Duration,
    keys: Cache<Digest, (Instant, Arc<Caller>)>,
}

impl KeyCache {
    /// An empty cache, each entry of which is valid for `time`.
    pub(super) fn new(time: Duration) -> Self {
        Self { time, keys: Cache::new(MAX_KEYS) }
    }

    /// The caller of a key that was read a moment ago.
    pub(super) fn get(&self, key: &Digest) -> Option<Arc<Caller>> {
        let (read_at, caller) = self.keys.get(key)?;
        (read_at.elapsed() < self.time).then_some(caller)
    }

    /// Whether a key was valid when it was last read, which may be long ago.
    pub(super) fn was_valid(&self, key: &Digest) -> bool {
        self.keys.peek(key).is_some()
    }

    /// Adds a valid key that was read from the database at this moment.
    pub(super) fn put(&self, key: Digest, read_at: Instant, caller: Arc<Caller>) {
        self.keys.insert(key, (read_at, caller));
    }

    /// Removes a key that is not valid.
    pub(super) fn remove(&self, key: &Digest) {
        self.keys.remove(key);
    }
}
