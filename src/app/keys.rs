//! Admission: the secret of a key goes in, the caller comes out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::caller::{AccountSlots, Caller, KeyUsage};
use crate::{
    config,
    domain::{time::Clock, viewer::AccountId},
    error::Result,
    store::{Store, api_key::digest},
};

mod cache;

use cache::KeyCache;

/// The keys of all callers.
#[derive(Debug)]
pub struct Keys {
    store: Store,
    clock: Clock,
    cache: KeyCache,
    limits: config::Callers,
    used: Mutex<Used>,
}

/// What the keys and accounts of callers have used. Each valid key that was used has an entry.
#[derive(Debug, Default)]
struct Used {
    keys: HashMap<i64, Arc<KeyUsage>>,
    accounts: HashMap<AccountId, Arc<AccountSlots>>,
}

impl Keys {
    /// The keys in a database. A valid key is cached for `cache_time`.
    pub(super) fn new(
        store: Store,
        clock: Clock,
        cache_time: Duration,
        limits: config::Callers,
    ) -> Self {
        Self { store, clock, cache: KeyCache::new(cache_time), limits, used: Mutex::default() }
    }

    /// The caller whose key has one of these secrets. The first secret of a valid key counts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn admit(&self, secrets: &[&str]) -> Result<Option<Arc<Caller>>> {
        for secret in secrets {
            if let Some(caller) = self.find(secret).await? {
                return Ok(Some(caller));
            }
        }
        Ok(None)
    }

    async fn find(&self, secret: &str) -> Result<Option<Arc<Caller>>> {
        let Some(digest) = digest(secret) else { return Ok(None) };
        if let Some(caller) = self.cache.get(&digest) {
            return Ok(Some(caller));
        }
        let (read_at, now) = (Instant::now(), self.clock.now());
        let Some(viewer) = Box::pin(self.store.viewer(&digest, now)).await? else {
            return Ok(None);
        };
        let (usage, slots) = self.used(viewer.key_id, viewer.account);
        if usage.is_last_use_old(now.micros()) {
            self.write_last_use(viewer.key_id);
        }
        let caller = Arc::new(Caller::new(viewer, usage, slots));
        self.cache.put(digest, read_at, caller.clone());
        Ok(Some(caller))
    }

    fn used(&self, key: i64, account: AccountId) -> (Arc<KeyUsage>, Arc<AccountSlots>) {
        let limits = &self.limits;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let new_key = || Arc::new(KeyUsage::new(limits.rate_limit, limits.rate_limit_cost));
        let new_account = || Arc::new(AccountSlots::new(limits.max_account_requests));
        let usage = used.keys.entry(key).or_insert_with(new_key).clone();
        (usage, used.accounts.entry(account).or_insert_with(new_account).clone())
    }

    /// Writes the last use of a key in the background.
    fn write_last_use(&self, key: i64) {
        let (store, now) = (self.store.clone(), self.clock.now());
        tokio::spawn(async move {
            if let Err(error) = store.touch_key(key, now).await {
                tracing::warn!(cause = ?error.cause(), "the last use of a key was not written");
            }
        });
    }
}
