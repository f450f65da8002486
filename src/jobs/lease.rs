//! Work that one gateway at a time does.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    domain::time::{Clock, Timestamp},
    error::{Error, Result},
    store::{JobEnd, Store, job::Lease},
};

/// The number of renewals in the duration of a lease. One that fails is not the end of it.
const RENEWALS: u32 = 5;

/// Does work, if no other gateway does it, and it was not done since a time. Returns its result, or none if there was
/// nothing to do, the work was interrupted, or another gateway took it over.
///
/// # Errors
/// When the work or the database fails.
pub async fn run_leased<T>(
    store: &Store,
    lease: &Lease,
    since: Timestamp,
    clock: Clock,
    work: impl Future<Output = Result<Option<T>>>,
) -> Result<Option<T>> {
    if !store.lease_job(lease, clock.now(), since).await? {
        return Ok(None);
    }
    let done = hold(store, lease, clock, work).await;
    let end = match &done {
        Ok(Some(_)) => JobEnd::Done(clock.now()),
        Ok(None) => JobEnd::Interrupted,
        Err(_) => JobEnd::Failed,
    };
    store.end_lease(lease, end).await?;
    done
}

/// Does work for which a lease was taken. Returns its result, or none if another process took the job over.
///
/// # Errors
/// When the work or the database fails.
pub async fn hold<T>(
    store: &Store,
    lease: &Lease,
    clock: Clock,
    work: impl Future<Output = Result<Option<T>>>,
) -> Result<Option<T>> {
    tokio::select! {
        done = work => done,
        lost = keep(store, lease, clock) => lost.map(|()| None),
    }
}

/// Renews a lease until another process has it.
async fn keep(store: &Store, lease: &Lease, clock: Clock) -> Result<()> {
    loop {
        sleep(lease.duration / RENEWALS).await;
        if !store.renew_lease(lease, clock.now()).await? {
            tracing::info!(job = lease.job, "another process took the job over");
            return Ok(());
        }
    }
}

/// A name for this process that no other has.
///
/// # Errors
/// When the system gives no random numbers.
pub fn new_holder() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::internal("the system gives no random numbers"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The time that lies back by a duration.
pub(super) fn before(now: Timestamp, duration: Duration) -> Timestamp {
    let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(now.micros().saturating_sub(micros)).unwrap_or(Timestamp::MIN)
}
