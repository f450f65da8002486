//! Addresses that send wrong keys.
//!
//! After some wrong keys, an address waits before its next key is looked up, longer after each. The table
//! has a fixed number of addresses, and the log one line for each address and minute.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use quick_cache::sync::Cache;
use tokio::time::{Instant, sleep};

use crate::domain::network::client_network;

/// The number of wrong keys of an address before it waits.
const FREE_ATTEMPTS: u32 = 10;
/// The wait after the next one. It doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const MAX_WAIT: Duration = Duration::from_secs(64);
/// After this time without a wrong key, an address begins anew.
const FORGET_AFTER: Duration = Duration::from_secs(600);
/// The number of addresses that are remembered. The ones that are used least are forgotten.
const MAX_ADDRESSES: usize = 10_000;
/// The time between two lines of the log about an address.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);
/// The number of addresses that are logged in that time. The others are logged as one.
const MAX_REPORTED: usize = 100;

/// The addresses that sent wrong keys.
#[derive(Debug)]
pub(super) struct WrongKeys {
    addresses: Cache<IpAddr, Arc<Mutex<Attempts>>>,
    unreported: Arc<Mutex<Unreported>>,
}

#[derive(Debug)]
struct Attempts {
    count: u32,
    last: Instant,
}

/// The wrong keys since the last report.
#[derive(Debug, Default)]
struct Unreported {
    by_address: HashMap<IpAddr, u64>,
    others: u64,
}

impl WrongKeys {
    pub(super) fn new() -> Self {
        Self { addresses: Cache::new(MAX_ADDRESSES), unreported: Arc::default() }
    }

    /// How long an address must wait before its next key is looked up, if it must.
    pub(super) fn wait(&self, address: IpAddr) -> Option<Duration> {
        let attempts = self.addresses.get(&client_network(address))?;
        let attempts = attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = attempts.wait().checked_sub(attempts.last.elapsed())?;
        (!rest.is_zero()).then_some(rest)
    }

    /// An address sent a wrong key that was looked up.
    pub(super) fn record(&self, address: IpAddr) {
        let new = || Ok::<_, ()>(Arc::new(Mutex::new(Attempts { count: 0, last: Instant::now() })));
        let attempts = self.addresses.get_or_insert_with(&client_network(address), new);
        if let Ok(attempts) = attempts {
            let mut attempts = attempts.lock().unwrap_or_else(PoisonError::into_inner);
            let is_old = attempts.last.elapsed() >= FORGET_AFTER;
            attempts.count = if is_old { 1 } else { attempts.count.saturating_add(1) };
            attempts.last = Instant::now();
        }
        self.report(address);
    }

    /// Adds a wrong key, which may not have been looked up, to the next line of the log.
    pub(super) fn report(&self, address: IpAddr) {
        let is_first = {
            let mut unreported = self.unreported.lock().unwrap_or_else(PoisonError::into_inner);
            let is_first = unreported.by_address.is_empty();
            unreported.add(address);
            is_first
        };
        if is_first {
            let unreported = self.unreported.clone();
            tokio::spawn(async move {
                sleep(REPORT_INTERVAL).await;
                let unreported =
                    std::mem::take(&mut *unreported.lock().unwrap_or_else(PoisonError::into_inner));
                unreported.log();
            });
        }
    }
}

impl Attempts {
    /// The wait after the last attempt.
    fn wait(&self) -> Duration {
        match self.count.checked_sub(FREE_ATTEMPTS + 1) {
            None => Duration::ZERO,
            Some(doublings) => (FIRST_WAIT * 2_u32.saturating_pow(doublings.min(16))).min(MAX_WAIT),
        }
    }
}

impl Unreported {
    fn add(&mut self, address: IpAddr) {
        let has_room = self.by_address.len() < MAX_REPORTED;
        match self.by_address.get_mut(&address) {
            Some(count) => *count += 1,
            None if has_room => drop(self.by_address.insert(address, 1)),
            None => self.others += 1,
        }
    }

    fn log(self) {
        for (address, count) in self.by_address {
            tracing::warn!(client = %address, count, "wrong keys");
        }
        if self.others > 0 {
            tracing::warn!(count = self.others, "wrong keys of other addresses");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, time::Duration};

    use tokio::time::Instant;

    use super::{Attempts, FREE_ATTEMPTS, MAX_ADDRESSES, MAX_REPORTED, Unreported, WrongKeys};

    fn address(number: u32) -> IpAddr {
        IpAddr::from(number.to_be_bytes())
    }

    #[test]
    fn the_wait_doubles_after_the_free_attempts() {
        let wait = |count| Attempts { count, last: Instant::now() }.wait().as_secs();
        let counts = [0, 10, 11, 12, 13, 16, 17, 18, 1_000, u32::MAX];
        assert_eq!(counts.map(wait), [0, 0, 1, 2, 4, 32, 64, 64, 64, 64]);
    }

    #[tokio::test]
    async fn an_address_waits_after_wrong_keys_and_others_do_not() {
        let keys = WrongKeys::new();
        let [attacker, other] = ["2001:db8::1", "2001:db8:0:1::1"].map(|it| it.parse().unwrap());
        for _ in 0..FREE_ATTEMPTS {
            keys.record(attacker);
        }
        assert_eq!(keys.wait(attacker), None);
        keys.record(attacker);
        let same_network = "2001:db8::ffff".parse().unwrap();
        for address in [attacker, same_network] {
            let wait = keys.wait(address).expect("a wait");
            assert!(
                wait > Duration::from_millis(500) && wait <= Duration::from_secs(1),
                "{wait:?}"
            );
        }
        assert_eq!(keys.wait(other), None);
    }

    #[tokio::test]
    async fn the_tables_have_a_fixed_size() {
        let keys = WrongKeys::new();
        for number in 0..50_000 {
            keys.record(address(number));
        }
        assert!(keys.addresses.len() <= MAX_ADDRESSES);
        let unreported = keys.unreported.lock().unwrap();
        assert_eq!(unreported.by_address.len(), MAX_REPORTED);
        assert_eq!(unreported.others, 50_000 - MAX_REPORTED as u64);
    }

    #[test]
    fn an_address_is_reported_once_with_its_count() {
        let mut unreported = Unreported::default();
        for number in [1, 2, 1, 1] {
            unreported.add(address(number));
        }
        let counts = [1, 2].map(|number| unreported.by_address[&address(number)]);
        assert_eq!((counts, unreported.others), ([3, 1], 0));
    }
}
