//! The answers of HTTP/2. Each has a task of its own, which ends when the client reads nothing of it
//! for too long; the stream is then reset, and the connection lives on.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use hyper::rt::Executor;
use tokio::{
    task::futures::TaskLocalFuture,
    task_local,
    time::{Instant, sleep},
};

task_local! {
    /// The progress of the stream whose task runs.
    static PROGRESS: Arc<StreamProgress>;
}

/// Since when a stream has a part of an answer that the client does not take.
#[derive(Debug)]
pub(super) struct StreamProgress {
    start: Instant,
    /// Milliseconds from the start, or 0 while no part waits.
    waiting_since: AtomicU64,
}

impl StreamProgress {
    /// The progress of the current stream. HTTP/1 has none.
    pub(super) fn current() -> Option<Arc<Self>> {
        PROGRESS.try_with(Arc::clone).ok()
    }

    /// A part of the answer waits for the client from now on, or none.
    pub(super) fn set_waiting(&self, is_waiting: bool) {
        let now = if is_waiting { self.start.elapsed().as_millis() as u64 + 1 } else { 0 };
        self.waiting_since.store(now, Relaxed);
    }

    /// The rest of the time that the client has, if it is not over.
    fn rest(&self, limit: Duration) -> Option<Duration> {
        let since = match self.waiting_since.load(Relaxed) {
            0 => return Some(limit),
            since => self.start + Duration::from_millis(since),
        };
        limit.checked_sub(since.elapsed()).filter(|rest| !rest.is_zero())
    }
}

/// Starts the tasks of streams.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamExecutor {
    pub(super) stall_timeout: Duration,
}

impl<F> Executor<F> for StreamExecutor
where
    F: Future + Send + 'static,
{
    fn execute(&self, stream: F) {
        let progress =
            Arc::new(StreamProgress { start: Instant::now(), waiting_since: AtomicU64::new(0) });
        let limit = self.stall_timeout;
        let stream: TaskLocalFuture<_, F> = PROGRESS.scope(progress.clone(), stream);
        tokio::spawn(async move {
            let mut stream = pin!(stream);
            while let Some(rest) = progress.rest(limit) {
                tokio::select! {
                    biased;
                    _ = stream.as_mut() => return,
                    () = sleep(rest) => {}
                }
            }
            tracing::warn!("an answer was cut short: the caller stalled");
        });
    }
}
