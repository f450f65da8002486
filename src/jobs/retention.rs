//! Applies the retention of accounts once a day.

use std::time::Duration;

use tracing::Instrument;

use super::{
    lease::{before, run_leased},
    runner::{Job, JobRunner},
};
use crate::{
    domain::time::Clock,
    error::Result,
    history::retention::apply_retention,
    store::{Store, job::Lease},
};

/// The name of the job in the database.
pub const JOB: &str = "retention";
/// The time between two attempts to get the job.
const ATTEMPT_INTERVAL: Duration = Duration::from_secs(10 * 60);
/// The time between two runs. A little less than a day, so that it does not get later each day.
const RUN_INTERVAL: Duration = Duration::from_secs((24 * 60 - 15) * 60);
/// How long the job of a gateway that is killed is not done by another.
const LEASE: Duration = Duration::from_secs(5 * 60);

/// Applies the retention each day, as long as the runner runs.
pub fn spawn_daily(runner: &JobRunner, store: Store, clock: Clock) {
    let job = Job {
        name: JOB.to_owned(),
        attempt_interval: ATTEMPT_INTERVAL,
        run_interval: RUN_INTERVAL,
        lease: LEASE,
    };
    runner.spawn(job, move || {
        let store = store.clone();
        async move { apply(&store, clock).await.map(drop) }
    });
}

/// Applies the retention, if it was not applied in the last day and no other gateway applies it. Returns the number of
/// deleted sessions, or none if there was nothing to do, or another gateway took the job over.
///
/// # Errors
/// When the database fails.
pub async fn run_once(store: &Store, holder: &str, clock: Clock) -> Result<Option<u64>> {
    let lease = Lease { job: JOB.to_owned(), holder: holder.to_owned(), duration: LEASE };
    let since = before(clock.now(), RUN_INTERVAL);
    let work = async { apply(store, clock).await.map(Some) };
    run_leased(store, &lease, since, clock, work).await
}

async fn apply(store: &Store, clock: Clock) -> Result<u64> {
    let span = tracing::info_span!("job.run", job = JOB);
    let deleted = apply_retention(store, clock).instrument(span).await?;
    if deleted > 0 {
        tracing::info!(deleted, "expired sessions were deleted");
    }
    Ok(deleted)
}
