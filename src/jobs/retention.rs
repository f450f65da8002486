//! Applies the retention of accounts once a day.

use std::time::Duration;

use tokio::time::{interval, sleep};
use tracing::Instrument;

use crate::{
    domain::time::{Clock, Timestamp},
    error::{Error, Result},
    history::retention::apply_retention,
    store::{Store, job::Lease},
};

/// The name of the job in the database.
pub const JOB: &str = "retention";
/// The time between two attempts to get the job.
const ATTEMPT_INTERVAL: Duration = Duration::from_secs(10 * 60);
/// The time between two runs, in microseconds. A little less than a day, so that it does not get later each day.
const RUN_INTERVAL: i64 = (24 * 60 - 15) * 60 * 1_000_000;
/// How long the job of a gateway that is killed is not done by another.
const LEASE: Duration = Duration::from_secs(5 * 60);
/// The time between two renewals of the lease.
const RENEW_INTERVAL: Duration = Duration::from_secs(60);

/// Applies the retention each day, as long as the process runs.
pub async fn run_daily(store: Store, clock: Clock) -> Result<()> {
    let holder = new_holder()?;
    let mut attempts = interval(ATTEMPT_INTERVAL);
    loop {
        attempts.tick().await;
        match run_once(&store, &holder, clock).await {
            Ok(Some(0) | None) => {}
            Ok(Some(deleted)) => tracing::info!(deleted, "expired sessions were deleted"),
            Err(error) => {
                tracing::warn!(cause = ?error.cause(), "the retention was not applied: {error}");
            }
        }
    }
}

/// Applies the retention, if it was not applied in the last day and no other gateway applies it. Returns the number of
/// deleted sessions, or none if there was nothing to do.
///
/// # Errors
/// When the database fails, or another gateway took the job over.
pub async fn run_once(store: &Store, holder: &str, clock: Clock) -> Result<Option<u64>> {
    let lease = Lease { job: JOB, holder: holder.to_owned(), duration: LEASE };
    let now = clock.now();
    let since = Timestamp::from_micros(now.micros() - RUN_INTERVAL).unwrap_or(Timestamp::MIN);
    if !store.lease_job(&lease, now, since).await? {
        return Ok(None);
    }
    let span = tracing::info_span!("job.run", job = JOB);
    let applied = tokio::select! {
        applied = apply_retention(store, clock).instrument(span) => applied,
        lost = keep_lease(store, &lease, clock) => Err(lost),
    };
    let done = applied.is_ok().then(|| clock.now());
    store.end_lease(&lease, done).await?;
    applied.map(Some)
}

/// Renews a lease until that fails. Returns why.
async fn keep_lease(store: &Store, lease: &Lease, clock: Clock) -> Error {
    loop {
        sleep(RENEW_INTERVAL).await;
        match store.renew_lease(lease, clock.now()).await {
            Ok(true) => {}
            Ok(false) => return Error::internal("another gateway took the job over"),
            Err(error) => return error,
        }
    }
}

/// A name for this process that no other has.
fn new_holder() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::internal("the system gives no random numbers"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
