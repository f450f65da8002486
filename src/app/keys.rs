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
    metrics::{KeyLookup, Metrics},
    store::{
        Store,
        api_key::{Digest, digest},
    },
};

mod cache;

use cache::KeyCache;

/// The number of used keys from which those without callers are removed, at each doubling.
const PRUNE_AT: usize = 1_024;

/// The keys of all callers.
#[derive(Debug)]
pub struct Keys {
    store: Store,
    clock: Clock,
    cache: KeyCache,
    limits: config::Callers,
    used: Mutex<Used>,
    wrong: WrongKeys,
    metrics: Option<Arc<Metrics>>,
}

/// What a later check of a key found.
#[derive(Debug)]
pub enum KeyState {
    /// The caller, as the key says now.
    Valid(Arc<Caller>),
    /// The key was revoked, has expired, or is unknown.
    Invalid,
    /// The file of the database was replaced: the account may be another one.
    OtherFile,
}

/// What the keys and accounts of callers have used.
#[derive(Debug, Default)]
struct Used {
    /// The database file that has these keys and accounts.
    generation: u64,
    keys: HashMap<i64, Arc<KeyUsage>>,
    accounts: HashMap<AccountId, Arc<AccountSlots>>,
}

impl Used {
    /// Removes what is as new: no caller has it, and its limits are unused.
    fn prune(&mut self) {
        self.keys.retain(|_, usage| Arc::strong_count(usage) > 1 || usage.is_limited());
        self.accounts.retain(|_, slots| Arc::strong_count(slots) > 1);
    }
}

impl Keys {
    /// The keys in a database. A valid key is cached for `cache_time`.
    pub(super) fn new(
        store: Store,
        clock: Clock,
        cache_time: Duration,
        limits: config::Callers,
        metrics: Option<Arc<Metrics>>,
    ) -> Self {
        let (cache, wrong) = (KeyCache::new(cache_time), WrongKeys::new());
        Self { store, clock, cache, limits, used: Mutex::default(), wrong, metrics }
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
                self.count(KeyLookup::Cached);
                return Ok(Some(caller));
            }
            if !self.cache.was_valid(&digest)
                && let Some(time) = address.and_then(|address| self.wrong.wait(address))
            {
                self.count(KeyLookup::Delayed);
                wait = Some(time);
                continue;
            }
            let found = self.find(digest).await?;
            self.count(if found.is_some() { KeyLookup::Valid } else { KeyLookup::Invalid });
            if found.is_some() {
                return Ok(found);
            }
        }
        let Some(wait) = wait else { return Ok(None) };
        if let Some(address) = address {
            self.wrong.report(address);
        }
        Err(rate_limited("This address sent too many wrong keys.".into(), wait))
    }

    /// Checks the key of a caller again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check(&self, caller: &Caller) -> Result<KeyState> {
        let (digest, generation) = (caller.digest(), caller.viewer.generation);
        let _turn = caller.check_turn().await;
        if self.store.generation() != generation {
            return Ok(KeyState::OtherFile);
        }
        let cached = self.cache.get(&digest).filter(|it| it.viewer.generation == generation);
        let found = match cached {
            Some(caller) => Some(caller),
            None => self.find(digest).await?,
        };
        Ok(match found {
            Some(caller) if caller.viewer.generation != generation => KeyState::OtherFile,
            Some(caller) => KeyState::Valid(caller),
            None => KeyState::Invalid,
        })
    }

    /// An address sent wrong keys only, which were looked up.
    pub fn record_wrong_key(&self, address: IpAddr) {
        self.wrong.record(address);
    }

    fn count(&self, found: KeyLookup) {
        self.metrics.iter().for_each(|metrics| metrics.callers.look_up_key(found));
    }

    async fn find(&self, digest: Digest) -> Result<Option<Arc<Caller>>> {
        let (read_at, now) = (Instant::now(), self.clock.now());
        let Some(viewer) = Box::pin(self.store.viewer(&digest, now)).await? else {
            self.cache.remove(&digest);
            return Ok(None);
        };
        let (usage, slots) = self.used(&viewer);
        if usage.is_last_use_old(now.micros()) {
            self.write_last_use(&viewer, now);
        }
        let caller = Arc::new(Caller::new(viewer, digest, usage, slots));
        self.cache.put(digest, read_at, caller.clone());
        Ok(Some(caller))
    }

    fn used(&self, viewer: &Viewer) -> (Arc<KeyUsage>, Arc<AccountSlots>) {
        let (limits, key, account) = (&self.limits, viewer.key_id, viewer.account);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.generation != viewer.generation {
            *used = Used { generation: viewer.generation, ..Used::default() };
        }
        if used.keys.len() >= PRUNE_AT && used.keys.len().is_power_of_two() {
            used.prune();
        }
        let new_key = || Arc::new(KeyUsage::new(limits));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_caller_has_is_removed_unless_its_rate_is_limited_now() {
        let mut used = Used::default();
        let limits = config::Callers {
            rate_limit: None,
            rate_limit_cost: None,
            max_account_requests: 1,
            max_key_subscriptions: 1,
            max_key_sockets: 1,
            max_socket_operations: 1,
            export_wait: 1,
            trusted_proxies: Vec::new(),
        };
        let key =
            |rate_limit| Arc::new(KeyUsage::new(&config::Callers { rate_limit, ..limits.clone() }));
        let (held, spent) = (key(None), key(Some(1)));
        spent.count_request().unwrap();
        used.keys.extend([(1, held.clone()), (2, spent), (3, key(None)), (4, key(Some(1)))]);
        let slots = Arc::new(AccountSlots::new(1));
        used.accounts.insert(AccountId(1), slots.clone());
        used.accounts.insert(AccountId(2), Arc::new(AccountSlots::new(1)));
        used.prune();
        let mut keys: Vec<_> = used.keys.into_keys().collect();
        keys.sort_unstable();
        assert_eq!(keys, [1, 2]);
        assert_eq!(Vec::from_iter(used.accounts.into_keys()), [AccountId(1)]);
        drop((held, slots));
    }
}
