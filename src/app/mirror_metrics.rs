//! Counts the requests of a mirror.

use std::{sync::Arc, time::Duration};

use crate::metrics::{Metrics, MirroredSessions, Raised};

/// The requests of a mirror, and whether the last one failed.
#[derive(Debug)]
pub struct MirrorMetrics {
    metrics: Option<Arc<Metrics>>,
    failing: Option<Raised>,
}

impl MirrorMetrics {
    pub(super) fn new(metrics: Option<Arc<Metrics>>) -> Self {
        Self { metrics, failing: None }
    }

    /// A range was read whole: so many sessions were new, changed and unchanged.
    pub fn read(&mut self, duration: Duration, [new, changed, unchanged]: [u64; 3]) {
        self.failing = None;
        if let Some(metrics) = &self.metrics {
            let sessions = MirroredSessions { new, changed, unchanged };
            metrics.jobs.end_sync_request(duration, Some(sessions));
        }
    }

    /// A request failed: after this time, if it was for a range.
    pub fn failed(&mut self, duration: Option<Duration>) {
        let Some(metrics) = &self.metrics else { return };
        let failing = &metrics.jobs.sync_sources_failing;
        self.failing.get_or_insert_with(|| Raised::new(failing));
        if let Some(duration) = duration {
            metrics.jobs.end_sync_request(duration, None);
        }
    }
}
