//! Admission: the secret of a key goes in, the caller comes out.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    caller::{AccountSlots, Caller, KeyUsage, rate_limited},
    wrong_keys::WrongKeys,
};
use crate::{
    config,
    domain::{
        time::{Clock, Timestamp},
        viewer::{AccountId, Viewer},
    },
    error::Result,
    store::{
        Store,
        api_key::{Digest, digest},
    },
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
    wrong: WrongKeys,
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
        let (cache, wrong) = (KeyCache::new(cache_time), WrongKeys::new());
        Self { store, clock, cache, limits, used: Mutex::default(), wrong }
    }

    /// The caller whose key has one of these secrets. The first secret of a valid key counts. An address
    /// that sent wrong keys may have to wait, unless its key was valid a short time ago.
    ///
    /// # Errors
    /// When the address has to wait, or the database fails.
    pub async fn admit(
        &self,
        secrets: &[impl AsRef<str>],
        address: Option<IpAddr>,
    ) -> Result<Option<Arc<Caller>>> {
        let mut wait = None;
        for secret in secrets {
            let Some(digest) = digest(secret.as_ref()) else { continue };
            let cached = self.cache.get(&digest);
            if let Some(caller) =
                cached.filter(|it| it.viewer.generation == self.store.generation())
            {
                return Ok(Some(caller));
            }
            if !self.cache.was_valid(&digest)
                && let Some(time) = address.and_then(|address| self.wrong.wait(address))
            {
                wait = Some(time);
                continue;
            }
            if let Some(caller) = self.find(digest).await? {
                return Ok(Some(caller));
            }
        }
        let Some(wait) = wait else { return Ok(None) };
        if let Some(address) = address {
            self.wrong.report(address);
        }
        Err(rate_limited("This address sent too many wrong keys.".into(), wait))
    }

    /// An address sent wrong keys only, which were looked up.
    pub fn record_wrong_key(&self, address: IpAddr) {
        self.wrong.record(address);
    }

    async fn find(&self, digest: Digest) -> Result<Option<Arc<Caller>>> {
        let (read_at, now) = (Instant::now(), self.clock.now());
        let Some(viewer) = Box::pin(self.store.viewer(&digest, now)).await? else {
            self.cache.remove(&digest);
            return Ok(None);
        };
        let (usage, slots) = self.used(viewer.key_id, viewer.account);
        if usage.is_last_use_old(now.micros()) {
            self.write_last_use(&viewer, now);
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
    fn write_last_use(&self, viewer: &Viewer, now: Timestamp) {
        let (key, generation) = (viewer.key_id, viewer.generation);
        let store = self.store.clone();
        tokio::spawn(async move {
            if store.generation() == generation
                && let Err(error) = store.touch_key(key, now).await
            {
                tracing::warn!(cause = ?error.cause(), "the last use of a key was not written");
            }
        });
    }
}
