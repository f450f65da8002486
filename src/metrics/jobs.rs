//! What runs beside the requests, on one gateway at a time.

use std::time::Duration;

use prometheus::{Histogram, IntCounterVec, IntGauge, IntGaugeVec, Result};

use super::catalogue::{Catalogue, Raised};

/// What runs beside the requests.
#[derive(Debug)]
pub struct JobMetrics {
    runs: IntCounterVec,
    last_success: IntGaugeVec,
    webhook_attempts: IntCounterVec,
    webhooks_failing: IntGauge,
    sync_requests: IntCounterVec,
    sync_duration: Histogram,
    sync_sessions: IntCounterVec,
    /// Sources whose last request failed.
    pub sync_sources_failing: IntGauge,
}

/// What became of the sessions of an answer of a source.
#[derive(Clone, Copy, Debug)]
pub struct MirroredSessions {
    /// Sessions that were not stored before.
    pub new: u64,
    /// Sessions that were stored with other values.
    pub changed: u64,
    /// Sessions that are stored as they are.
    pub unchanged: u64,
}

/// How a run of a job ended.
#[derive(Clone, Copy, Debug)]
pub enum RunEnd {
    /// It was done.
    Ok {
        /// When, in seconds since 1970.
        at_seconds: i64,
    },
    /// It failed.
    Failed,
    /// This process stops, or another process took the job over.
    Interrupted,
}

/// The limits of the buckets of the time of a request to a source, in seconds.
const SYNC_SECONDS: [f64; 10] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];

impl JobMetrics {
    pub(super) fn new(new: &Catalogue) -> Result<Self> {
        let webhook_attempts = new.counters(
            "webhook_attempts_total",
            "Attempts to send a change to a webhook, by outcome.",
            &["outcome"],
        )?;
        let sync_requests = new.counters(
            "sync_requests_total",
            "Requests to mirrored sources for a range of time, by outcome.",
            &["outcome"],
        )?;
        let sync_sessions = new.counters(
            "sync_sessions_total",
            "Sessions in whole answers of mirrored sources, by outcome.",
            &["outcome"],
        )?;
        let runs = new.counters(
            "job_runs_total",
            "Runs of a job on this gateway, by job and outcome.",
            &["job", "outcome"],
        )?;
        // The increase from nothing to the first failure would not be seen.
        for job in ["retention", "sync", "webhooks"] {
            for outcome in ["ok", "failed", "interrupted"] {
                drop(runs.with_label_values(&[job, outcome]));
            }
        }
        let series = [
            (&webhook_attempts, &["taken", "failed"][..]),
            (&sync_requests, &["read", "failed"]),
            (&sync_sessions, &["new", "changed", "unchanged"]),
        ];
        for (counters, outcomes) in series {
            outcomes.iter().for_each(|outcome| drop(counters.with_label_values(&[outcome])));
        }
        Ok(Self {
            webhook_attempts,
            webhooks_failing: new.gauge(
                "webhooks_failing",
                "Webhooks of this gateway whose last attempt failed.",
            )?,
            sync_requests,
            sync_duration: new.histogram(
                "sync_request_duration_seconds",
                "Seconds until the answer of a mirrored source was stored, or failed.",
                &SYNC_SECONDS,
            )?,
            sync_sessions,
            sync_sources_failing: new.gauge(
                "sync_sources_failing",
                "Sources mirrored by this gateway whose last request failed.",
            )?,
            runs,
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

    /// The last attempt to send to a webhook failed, until the value is dropped.
    pub fn begin_webhook_failure(&self) -> Raised {
        Raised::new(&self.webhooks_failing)
    }

    /// A request to a source ended, after this time: with a whole answer, or not.
    pub fn end_sync_request(&self, duration: Duration, sessions: Option<MirroredSessions>) {
        let outcome = if sessions.is_some() { "read" } else { "failed" };
        self.sync_requests.with_label_values(&[outcome]).inc();
        self.sync_duration.observe(duration.as_secs_f64());
        let Some(MirroredSessions { new, changed, unchanged }) = sessions else { return };
        for (outcome, count) in [("new", new), ("changed", changed), ("unchanged", unchanged)] {
            self.sync_sessions.with_label_values(&[outcome]).inc_by(count);
        }
    }

    /// A run of a job ended.
    pub fn end_run(&self, job: &str, end: RunEnd) {
        // The job of a mirror is `sync` with the numbers of the account and of the source, which are no labels.
        let kind = job.split(' ').next().unwrap_or(job);
        let outcome = match end {
            RunEnd::Ok { at_seconds } => {
                self.last_success.with_label_values(&[kind]).set(at_seconds);
                "ok"
            }
            RunEnd::Failed => "failed",
            RunEnd::Interrupted => "interrupted",
        };
        self.runs.with_label_values(&[kind, outcome]).inc();
    }
}
