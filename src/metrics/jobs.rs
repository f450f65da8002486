//! What runs beside the requests, on one gateway at a time.

use prometheus::{IntCounterVec, IntGaugeVec, Result};

use super::catalogue::Catalogue;

/// What runs beside the requests.
#[derive(Debug)]
pub struct JobMetrics {
    runs: IntCounterVec,
    last_success: IntGaugeVec,
    webhook_attempts: IntCounterVec,
}

impl JobMetrics {
    pub(super) fn new(new: &Catalogue) -> Result<Self> {
        let webhook_attempts = new.counters(
            "webhook_attempts_total",
            "Attempts to send a change to a webhook, by outcome.",
            &["outcome"],
        )?;
        for outcome in ["taken", "failed"] {
            webhook_attempts.with_label_values(&[outcome]);
        }
        Ok(Self {
            webhook_attempts,
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

    /// An attempt to send a change to a webhook ended.
    pub fn end_webhook_attempt(&self, is_taken: bool) {
        let outcome = if is_taken { "taken" } else { "failed" };
        self.webhook_attempts.with_label_values(&[outcome]).inc();
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
