//! Admission: the secret of a key goes in, the caller comes out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    domain::{
        time::{Clock, Timestamp},
        viewer::Viewer,
    },
    error::Result,
    store::{Store, api_key::digest},
};

mod cache;

use cache::KeyCache;

/// How often the last use of a key is written to the database, in microseconds.
const WRITE_LAST_USE_EVERY: i64 = 60_000_000;

/// The keys of all callers.
#[derive(Debug)]
pub struct Keys {
    store: Store,
    clock: Clock,
    cache: KeyCache,
    /// When the last use of a key was written, by the key's id.
    last_use: Mutex<HashMap<i64, i64>>,
}

impl Keys {
    /// The keys in a database. A valid key is cached for `cache_time`.
    pub(super) fn new(store: Store, clock: Clock, cache_time: Duration) -> Self {
        Self { store, clock, cache: KeyCache::new(cache_time), last_use: Mutex::default() }
    }

    /// The caller whose key has one of these secrets. The first secret of a valid key counts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn admit(&self, secrets: &[&str]) -> Result<Option<Arc<Viewer>>> {
        for secret in secrets {
            if let Some(viewer) = self.find(secret).await? {
                return Ok(Some(viewer));
            }
        }
        Ok(None)
    }

    async fn find(&self, secret: &str) -> Result<Option<Arc<Viewer>>> {
        let Some(digest) = digest(secret) else { return Ok(None) };
        if let Some(viewer) = self.cache.get(&digest) {
            return Ok(Some(viewer));
        }
        let (read_at, now) = (Instant::now(), self.clock.now());
        let Some(viewer) = Box::pin(self.store.viewer(&digest, now)).await?.map(Arc::new) else {
            return Ok(None);
        };
        self.cache.put(digest, read_at, viewer.clone());
        self.record_use(viewer.key_id, now);
        Ok(Some(viewer))
    }

    /// Writes the last use of a key in the background, unless it was written a moment ago.
    fn record_use(&self, key: i64, now: Timestamp) {
        {
            let mut last_use = self.last_use.lock().unwrap_or_else(PoisonError::into_inner);
            let last = last_use.entry(key).or_insert(i64::MIN);
            if now.micros().saturating_sub(*last) < WRITE_LAST_USE_EVERY {
                return;
            }
            *last = now.micros();
        }
        let store = self.store.clone();
        tokio::spawn(async move {
            if let Err(error) = store.touch_key(key, now).await {
                tracing::warn!(cause = ?error.cause(), "the last use of a key was not written");
            }
        });
    }
}
