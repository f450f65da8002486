//! Keys that were found valid a moment ago, so that a busy caller's is not looked up each time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{domain::viewer::Viewer, store::api_key::Digest};

/// The callers whose keys were valid a moment ago, by the digests of their secrets.
#[derive(Debug)]
pub(super) struct KnownKeys {
    moment: Duration,
    known: Mutex<HashMap<Digest, (Instant, Arc<Viewer>)>>,
}

impl KnownKeys {
    /// None yet; each is to be known for this long.
    pub(super) fn new(moment: Duration) -> Self {
        Self { moment, known: Mutex::default() }
    }

    /// Whose key this was a moment ago.
    pub(super) fn get(&self, key: &Digest) -> Option<Arc<Viewer>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, viewer) = known.get(key)?;
        (since.elapsed() < self.moment).then(|| viewer.clone())
    }

    /// Remembers whose key this was when the look at it began, and forgets those who were longer ago.
    pub(super) fn put(&self, key: Digest, since: Instant, viewer: Arc<Viewer>) {
        if self.moment.is_zero() {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (since, _)| since.elapsed() < self.moment);
        known.insert(key, (since, viewer));
    }
}
