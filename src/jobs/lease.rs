//! Work that one gateway at a time does.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    domain::time::{Clock, Timestamp},
    error::{Error, Result},
    store::{Store, job::Lease},
};

/// The number of renewals in the duration of a lease. One that fails is not the end of it.
const RENEWALS: u32 = 5;

/// Does work, if no other gateway does it, and it was not done since a time. Returns its result, or none if there was
/// nothing to do. The work ends when another gateway takes it over.
///
/// # Errors
/// When the work or the database fails, or another gateway took the job over.
pub async fn run_leased<T>(
    store: &Store,
    lease: &Lease,
    since: Timestamp,
    clock: Clock,
    work: impl Future<Output = Result<T>>,
) -> Result<Option<T>> {
    if !store.lease_job(lease, clock.now(), since).await? {
        return Ok(None);
    }
    let done = hold(store, lease, clock, work).await;
    store.end_lease(lease, done.is_ok().then(|| clock.now())).await?;
    done.map(Some)
}

/// Does work for which a lease was taken, and ends when it is lost.
///
/// # Errors
/// When the work or the database fails, or another process took the job over.
pub async fn hold<T>(
    store: &Store,
    lease: &Lease,
    clock: Clock,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    tokio::select! {
        done = work => done,
        lost = keep(store, lease, clock) => Err(lost),
    }
}

/// Renews a lease until that fails. Returns why.
async fn keep(store: &Store, lease: &Lease, clock: Clock) -> Error {
    loop {
        sleep(lease.duration / RENEWALS).await;
        match store.renew_lease(lease, clock.now()).await {
            Ok(true) => {}
            Ok(false) => return Error::internal("another process took the job over"),
            Err(error) => return error,
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
