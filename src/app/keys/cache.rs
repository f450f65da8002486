//! A cache of valid keys, so that the key of a busy caller is not read for each request.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{app::caller::Caller, store::api_key::Digest};

/// The callers with valid keys, by the digests of their secrets.
#[derive(Debug)]
pub(super) struct KeyCache {
    time: Duration,
    entries: Mutex<HashMap<Digest, (Instant, Arc<Caller>)>>,
}

impl KeyCache {
    /// An empty cache, each entry of which is valid for `time`.
    pub(super) fn new(time: Duration) -> Self {
        Self { time, entries: Mutex::default() }
    }

    pub(super) fn get(&self, key: &Digest) -> Option<Arc<Caller>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, caller) = entries.get(key)?;
        (read_at.elapsed() < self.time).then(|| caller.clone())
    }

    /// Adds a key that was read from the database at this moment, and removes expired entries.
    pub(super) fn put(&self, key: Digest, read_at: Instant, caller: Arc<Caller>) {
        if self.time.is_zero() {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|_, (read_at, _)| read_at.elapsed() < self.time);
        entries.insert(key, (read_at, caller));
    }
}
