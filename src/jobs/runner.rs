//! The jobs of a process. They are attempted again and again, and end when the server stops.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::lease::{before, new_holder, run_leased};
use crate::{
    domain::time::Clock,
    error::Result,
    store::{Store, job::Lease},
};

/// A job: what it is called, and how often it is done.
#[derive(Clone, Debug)]
pub struct Job {
    /// The name of the job in the database. No other job has it.
    pub name: String,
    /// The time between two attempts to get the job.
    pub attempt_interval: Duration,
    /// The time between two runs. A job without end has none.
    pub run_interval: Duration,
    /// How long the job of a process that is killed is not done by another.
    pub lease: Duration,
}

impl Job {
    /// A job that runs until it fails or the process ends. Another process tries twice in a lease to get it.
    pub fn without_end(name: String, lease: Duration) -> Self {
        Self { name, attempt_interval: lease / 2, run_interval: Duration::ZERO, lease }
    }
}

/// Runs jobs until it is stopped.
#[derive(Clone, Debug)]
pub struct JobRunner {
    store: Store,
    clock: Clock,
    holder: String,
    stopping: CancellationToken,
    running: TaskTracker,
}

impl JobRunner {
    /// A runner without jobs.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn new(store: Store, clock: Clock) -> Result<Self> {
        let (stopping, running) = (CancellationToken::new(), TaskTracker::new());
        Ok(Self { store, clock, holder: new_holder()?, stopping, running })
    }

    /// Attempts a job again and again. `work` does it. It is dropped when the runner stops, so it must leave whole
    /// transactions at any moment.
    pub fn spawn<F>(&self, job: Job, work: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<()>> + Send,
    {
        let runner = self.clone();
        self.running.spawn(async move { runner.attempt(&job, work).await });
    }

    /// Ends the jobs, and waits until they have ended.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.running.close();
        self.running.wait().await;
    }

    async fn attempt<F>(&self, job: &Job, work: impl Fn() -> F)
    where
        F: Future<Output = Result<()>>,
    {
        let mut attempts = interval(job.attempt_interval);
        attempts.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = attempts.tick() => {}
                () = self.stopping.cancelled() => return,
            }
            let done = self.run(job, work()).await;
            if self.stopping.is_cancelled() {
                return;
            }
            if let Err(error) = done {
                tracing::warn!(job = job.name, cause = ?error.cause(), "a job failed: {error}");
            }
        }
    }

    /// Does a job, if no other process does it, until it is done or the runner stops. Then another process can go on at
    /// once.
    async fn run(&self, job: &Job, work: impl Future<Output = Result<()>>) -> Result<()> {
        let stoppable = async {
            tokio::select! {
                done = work => done.map(Some),
                () = self.stopping.cancelled() => Ok(None),
            }
        };
        self.store.create_job(&job.name).await?;
        let since = before(self.clock.now(), job.run_interval);
        run_leased(&self.store, &self.lease(job), since, self.clock, stoppable).await.map(drop)
    }

    fn lease(&self, job: &Job) -> Lease {
        let (job, duration) = (job.name.clone(), job.lease);
        Lease { job, holder: self.holder.clone(), duration }
    }
}
