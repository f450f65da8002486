//! A caller with a valid key, and what its key and its account may use.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    sync::{Mutex, MutexGuard, OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

use crate::{
    config::Callers,
    domain::{
        rate::{BucketLevel, RateBucket},
        viewer::Viewer,
    },
    error::{Code, Error, Result},
    graphql::context::CostBudget,
    store::api_key::Digest,
};

/// How often the last use of a key is written to the database, in microseconds.
const WRITE_LAST_USE_EVERY: i64 = 60_000_000;
/// The maximum time that a request waits for another one of its account to end.
const MAX_SLOT_WAIT: Duration = Duration::from_secs(10);

/// A caller with a valid key.
#[derive(Debug)]
pub struct Caller {
    /// The key and its account.
    pub viewer: Arc<Viewer>,
    digest: Digest,
    usage: Arc<KeyUsage>,
    slots: Arc<AccountSlots>,
}

/// What a key has used.
#[derive(Debug)]
pub(super) struct KeyUsage {
    /// The moment from which times are counted.
    start: Instant,
    requests: Option<RateBucket>,
    cost: Option<RateBucket>,
    subscriptions: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
    /// The key is checked for one subscription at a time: the others find it in the cache.
    check: Mutex<()>,
    /// When the last use was written, in microseconds.
    last_use: AtomicI64,
}

/// A limit of a rate, and what is left of it.
#[derive(Clone, Copy, Debug)]
pub struct RateLevel {
    /// The unit: requests or cost.
    pub unit: &'static str,
    /// What a full bucket has.
    pub size: u64,
    /// What the bucket has now.
    pub level: BucketLevel,
}

/// The requests of an account that are in progress or wait.
#[derive(Debug)]
pub(super) struct AccountSlots {
    max: usize,
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
    writing: Arc<Semaphore>,
    removing: Arc<Semaphore>,
}

/// A request in progress, until the value is dropped.
#[derive(Debug)]
pub struct RequestSlot {
    _admitted: OwnedSemaphorePermit,
    _running: OwnedSemaphorePermit,
}

impl Caller {
    pub(super) fn new(
        viewer: Viewer,
        digest: Digest,
        usage: Arc<KeyUsage>,
        slots: Arc<AccountSlots>,
    ) -> Self {
        Self { viewer: Arc::new(viewer), digest, usage, slots }
    }

    /// The digest of the secret of the key.
    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    /// Waits until no other check of the key is in progress.
    pub(super) async fn check_turn(&self) -> MutexGuard<'_, ()> {
        self.usage.check.lock().await
    }

    /// Begins a subscription, which ends when the permit is dropped.
    ///
    /// # Errors
    /// When the key has too many.
    pub fn begin_subscription(&self) -> Result<OwnedSemaphorePermit> {
        let message =
            "This key has too many subscriptions at the same time (--max-key-subscriptions).";
        take(&self.usage.subscriptions, message)
    }

    /// Opens a WebSocket, which is closed when the permit is dropped.
    ///
    /// # Errors
    /// When the key has too many.
    pub fn open_socket(&self) -> Result<OwnedSemaphorePermit> {
        let message = "This key has too many WebSockets at the same time (--max-key-sockets).";
        take(&self.usage.sockets, message)
    }

    /// Counts a request of the key.
    ///
    /// # Errors
    /// When the key has sent too many.
    pub fn count_request(&self) -> Result<()> {
        self.usage.count_request()
    }

    /// Begins a request, which may wait for others of the account to end.
    ///
    /// # Errors
    /// When too many requests of the account wait, or this one has waited for too long.
    pub async fn begin_request(&self) -> Result<RequestSlot> {
        let slots = &self.slots;
        let too_many = || {
            let max = slots.max;
            let message = format!(
                "The account has {max} requests in progress, which is the limit, and others wait."
            );
            rate_limited(message, Duration::from_secs(1))
        };
        let admitted = slots.admitted.clone().try_acquire_owned().map_err(|_| too_many())?;
        let running = match slots.running.clone().try_acquire_owned() {
            Ok(running) => running,
            Err(_) => {
                let wait = timeout(MAX_SLOT_WAIT, slots.running.clone().acquire_owned());
                // The semaphore is never closed.
                wait.await.map_err(|_| too_many())?.map_err(|_| too_many())?
            }
        };
        Ok(RequestSlot { _admitted: admitted, _running: running })
    }

    /// What a change of the account waits for: one is made at a time.
    pub fn write_slot(&self) -> &Arc<Semaphore> {
        &self.slots.writing
    }

    /// What a removal of the account waits for: one is made at a time, beside other changes.
    pub fn removal_slot(&self) -> &Arc<Semaphore> {
        &self.slots.removing
    }

    /// What the requests of the key cost is counted here, if that has a limit.
    pub fn cost_budget(&self) -> Option<Arc<dyn CostBudget>> {
        self.usage.cost.is_some().then(|| self.usage.clone() as Arc<dyn CostBudget>)
    }

    /// The limits of the key's rate.
    pub fn rate_levels(&self) -> impl Iterator<Item = RateLevel> {
        let usage = &self.usage;
        let units = [("requests", &usage.requests), ("cost", &usage.cost)];
        units.into_iter().filter_map(|(unit, bucket)| {
            let bucket = bucket.as_ref()?;
            let level = bucket.level(usage.start.elapsed());
            Some(RateLevel { unit, size: bucket.size(), level })
        })
    }
}

impl KeyUsage {
    /// Of a key that was not used yet.
    pub(super) fn new(limits: &Callers) -> Self {
        Self {
            start: Instant::now(),
            requests: limits.rate_limit.map(RateBucket::new),
            cost: limits.rate_limit_cost.map(RateBucket::new),
            subscriptions: Arc::new(Semaphore::new(limits.max_key_subscriptions)),
            sockets: Arc::new(Semaphore::new(limits.max_key_sockets)),
            check: Mutex::default(),
            last_use: AtomicI64::new(i64::MIN),
        }
    }

    /// Counts a request of the key.
    pub(super) fn count_request(&self) -> Result<()> {
        let Some(bucket) = &self.requests else { return Ok(()) };
        bucket.take(1, self.start.elapsed()).map_err(|wait| {
            let limit = bucket.size() / RateBucket::WINDOW.as_secs();
            let message =
                format!("This key sends too many requests; the limit is {limit} a second.");
            rate_limited(message, wait)
        })
    }

    /// Whether a limit of the key is partly used now.
    pub(super) fn is_limited(&self) -> bool {
        let now = self.start.elapsed();
        let mut buckets = self.requests.iter().chain(&self.cost);
        buckets.any(|bucket| !bucket.level(now).full_in.is_zero())
    }

    /// Whether the last use of the key is to be written, at a moment in microseconds.
    pub(super) fn is_last_use_old(&self, now: i64) -> bool {
        let written = self.last_use.fetch_update(Relaxed, Relaxed, |last| {
            (now.saturating_sub(last) >= WRITE_LAST_USE_EVERY).then_some(now)
        });
        written.is_ok()
    }
}

impl CostBudget for KeyUsage {
    fn spend(&self, cost: u64) -> Result<()> {
        let Some(bucket) = &self.cost else { return Ok(()) };
        bucket.take(cost, self.start.elapsed()).map_err(|wait| {
            let limit = bucket.size() / RateBucket::WINDOW.as_secs();
            let message = format!(
                "The request costs {cost}, and the key has used too much; its limit is a cost of \
                 {limit} a second."
            );
            rate_limited(message, wait)
        })
    }
}

impl AccountSlots {
    /// At most `max` requests in progress, and as many that wait.
    pub(super) fn new(max: usize) -> Self {
        let (admitted, running) = (Semaphore::new(max.saturating_mul(2)), Semaphore::new(max));
        let one = || Arc::new(Semaphore::new(1));
        let (admitted, running) = (Arc::new(admitted), Arc::new(running));
        Self { max, admitted, running, writing: one(), removing: one() }
    }
}

fn take(semaphore: &Arc<Semaphore>, message: &'static str) -> Result<OwnedSemaphorePermit> {
    let permit = semaphore.clone().try_acquire_owned();
    permit.map_err(|_| rate_limited(message.into(), Duration::from_secs(1)))
}

/// The error of a caller that may try again after this time.
pub(super) fn rate_limited(message: String, wait: Duration) -> Error {
    Error::client(Code::RateLimited, message).with_retry_after(wait)
}
