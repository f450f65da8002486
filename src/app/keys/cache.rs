//! A cache of valid keys, so that the key of a busy caller is not read for each request.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{domain::viewer::Viewer, store::api_key::Digest};

/// The callers with valid keys, by the digests of their secrets.
#[derive(Debug)]
pub(super) struct KeyCache {
    time: Duration,
    entries: Mutex<HashMap<Digest, (Instant, Arc<Viewer>)>>,
}

impl KeyCache {
    /// An empty cache, each entry of which is valid for `time`.
    pub(super) fn new(time: Duration) -> Self {
        Self { time, entries: Mutex::default() }
    }

    pub(super) fn get(&self, key: &Digest) -> Option<Arc<Viewer>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, viewer) = entries.get(key)?;
        (read_at.elapsed() < self.time).then(|| viewer.clone())
    }

    /// Adds a key that was read from the database at this moment, and removes expired entries.
    pub(super) fn put(&self, key: Digest, read_at: Instant, viewer: Arc<Viewer>) {
        if self.time.is_zero() {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|_, (read_at, _)| read_at.elapsed() < self.time);
        entries.insert(key, (read_at, viewer));
    }
}
