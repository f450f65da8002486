//! The mirrors of other servers beside `serve`, each on one gateway at a time.

use std::{io::Read, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    lease::{hold, new_holder},
    runner::{Job, JobRunner},
};
use crate::{
    app::{App, mirror_metrics::MirrorMetrics},
    domain::{session::StartMethod, sync::TimeRange, time::Clock, viewer::AccountId},
    error::{Error, Result},
    ingest::{format::Format, pipeline::Warning, problem::Rejection, tally::Tally},
    store::{JobEnd, Store, job::Lease, sync::SourceId},
    sync::{
        failure::RequestFailure,
        mirror::{Mirror, MirrorError, MirrorReport},
        observer::SyncObserver,
    },
};

/// How long the job of a command that is killed is not done by another process. A process that loses its job ends within a
/// fifth of this time.
const LEASE: Duration = Duration::from_secs(30);

/// Mirrors a source as long as the runner runs.
///
/// # Errors
/// When the database fails.
pub async fn spawn_mirror(
    runner: &JobRunner,
    mirror: Mirror,
    lease: Duration,
    app: App,
) -> Result<()> {
    let job = Job::without_end(job_name(&mirror).await?, lease);
    let mirror = Arc::new(mirror);
    runner.spawn(job, move || {
        let (mirror, metrics) = (Arc::clone(&mirror), app.mirror_metrics());
        async move {
            let account = mirror.writer.account;
            tracing::info!(
                account = account.0,
                source = mirror.source.address(),
                "the mirror begins"
            );
            let mut log = Log {
                account,
                source: mirror.source.address(),
                failures: 0,
                metrics,
                requested: None,
            };
            match mirror.run(&mut log).await {
                Ok(_) => Ok(()),
                Err(MirrorError::Store(error)) => Err(error),
                Err(error) => Err(Error::internal(error)),
            }
        }
    });
    Ok(())
}

/// Runs a mirror in this process, and ends one of another process.
///
/// # Errors
/// When the mirror ends early, or a third process takes it over.
pub async fn run_here(
    mirror: &Mirror,
    observer: &mut (impl SyncObserver + Send),
) -> Result<MirrorReport, MirrorError> {
    let (store, clock) = (&mirror.writer.store, mirror.writer.clock);
    let lease = Lease { job: job_name(mirror).await?, holder: new_holder()?, duration: LEASE };
    store.create_job(&lease.job).await?;
    store.take_job(&lease, clock.now()).await?;
    // The inner result is that of the mirror.
    let run = hold(store, &lease, clock, async { Ok(Some(mirror.run(observer).await)) }).await;
    store.end_lease(&lease, JobEnd::Interrupted).await?;
    run?.ok_or_else(|| Error::internal("another process took the job over"))?
}

/// Removes the state of a source, and its job. Returns false if a process mirrors it.
///
/// # Errors
/// When the database fails.
pub async fn forget_source(store: &Store, source: SourceId, clock: Clock) -> Result<bool> {
    let lease = Lease { job: name_of_job(source), holder: new_holder()?, duration: LEASE };
    store.create_job(&lease.job).await?;
    let now = clock.now();
    if !store.lease_job(&lease, now, now).await? {
        return Ok(false);
    }
    store.forget_sync_source(source, &lease.job).await?;
    Ok(true)
}

async fn job_name(mirror: &Mirror) -> Result<String> {
    let (store, account) = (&mirror.writer.store, mirror.writer.account);
    let now = mirror.writer.clock.now();
    let source = store.sync_source(account, mirror.source.address(), now).await?;
    Ok(name_of_job(SourceId { account, source: source.id }))
}

fn name_of_job(of: SourceId) -> String {
    format!("sync {} {}", of.account.0, of.source)
}

/// Writes into the log what needs attention, and counts.
struct Log<'m> {
    account: AccountId,
    source: &'m str,
    failures: u32,
    metrics: MirrorMetrics,
    /// When the range was requested whose answer is awaited.
    requested: Option<Instant>,
}

impl SyncObserver for Log<'_> {
    fn requested(&mut self, method: StartMethod, range: TimeRange) {
        self.requested = Some(Instant::now());
        let (account, source, method) = (self.account.0, self.source, method.as_str());
        tracing::debug!(
            account,
            source,
            method,
            start = range.start,
            end = range.end,
            "sessions are requested"
        );
    }

    fn wrap(&mut self, input: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        input
    }

    fn opened(&mut self, _format: Format) {}

    fn rejected(&mut self, rejection: &Rejection) {
        let (account, source) = (self.account.0, self.source);
        let reason = rejection.reason.without_content();
        tracing::warn!(account, source, reason, "a session of the source was rejected");
    }

    fn warned(&mut self, warning: &Warning) {
        let (account, source) = (self.account.0, self.source);
        tracing::debug!(account, source, "{warning}");
    }

    fn running(&mut self, _tally: &Tally) {}

    fn read(&mut self, method: StartMethod, range: TimeRange, tally: &Tally) {
        self.failures = 0;
        let (account, source, method) = (self.account.0, self.source, method.as_str());
        let Tally { new, changed, unchanged, .. } = *tally;
        let duration = self.requested.take().map(|start| start.elapsed()).unwrap_or_default();
        self.metrics.read(duration, [new, changed, unchanged]);
        if new + changed > 0 {
            tracing::info!(account, source, method, new, changed, "sessions were mirrored");
        } else {
            tracing::debug!(
                account,
                source,
                method,
                start = range.start,
                end = range.end,
                "nothing is new"
            );
        }
    }

    fn failed(
        &mut self,
        _of: Option<(StartMethod, TimeRange)>,
        failure: &RequestFailure,
        pause: Duration,
    ) {
        self.failures += 1;
        self.metrics.failed(self.requested.take().map(|start| start.elapsed()));
        // A source that is down for long does not fill the log.
        if self.failures.is_power_of_two() {
            let (account, source, failures) = (self.account.0, self.source, self.failures);
            let seconds = pause.as_secs_f32();
            tracing::warn!(
                account,
                source,
                failures,
                "{failure}; the next request is in {seconds:.1} s"
            );
        }
    }

    fn missing(&mut self, id: i64) {
        let (account, source) = (self.account.0, self.source);
        tracing::warn!(account, source, id, "a session is missing at the source");
    }

    fn removed(&mut self, removed: u64, held: u64) {
        let (account, source) = (self.account.0, self.source);
        tracing::info!(
            account,
            source,
            removed,
            held,
            "sessions missing at the source were removed"
        );
    }
}
