//! What runs beside the requests, on one gateway at a time.

use prometheus::{IntCounterVec, IntGaugeVec, Result};

use super::catalogue::Catalogue;

/// What runs beside the requests.
#[derive(Debug)]
pub struct JobMetrics {
    runs: IntCounterVec,
    last_success: IntGaugeVec,
}

impl JobMetrics {
    pub(super) fn new(new: &Catalogue) -> Result<Self> {
        Ok(Self {
            runs: new.counters(
                "job_runs_total",
                "Runs of a job on this gateway, by job and outcome.",
                &["job", "outcome"],
            )?,
            last_success: new.gauges(
                "job_last_success_timestamp_seconds",
                "Time of the last run of a job on this gateway that succeeded, in seconds since 1970.",
                &["job"],
            )?,
        })
    }

    /// A run of a job ended: at this time, in seconds since 1970, if it succeeded.
    pub fn end_run(&self, job: &str, done_seconds: Option<i64>) {
        let outcome = if done_seconds.is_some() { "ok" } else { "failed" };
        self.runs.with_label_values(&[job, outcome]).inc();
        if let Some(seconds) = done_seconds {
            self.last_success.with_label_values(&[job]).set(seconds);
        }
    }
}
