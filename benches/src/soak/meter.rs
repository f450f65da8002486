//! What is counted while the load runs.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Result;
use hdrhistogram::Histogram;

/// The longest time that the histogram records, in microseconds.
const SLOWEST: u64 = 120_000_000;

/// The counters of a period.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) requests: u64,
    /// The times of the answers of one page, in microseconds.
    pub(crate) latency: Histogram<u64>,
    /// By workload and kind.
    pub(crate) errors: BTreeMap<String, u64>,
    /// Refused requests and hang-ups that were meant to be.
    pub(crate) provoked: u64,
}

/// Counters that all tasks share.
#[derive(Debug)]
pub(crate) struct Meter(Mutex<Counts>);

impl Meter {
    pub(crate) fn new() -> Result<Self> {
        let latency = Histogram::new_with_max(SLOWEST, 2)?;
        let counts = Counts { requests: 0, latency, errors: BTreeMap::new(), provoked: 0 };
        Ok(Self(Mutex::new(counts)))
    }

    /// Counts an answer, with its time if it is one page.
    pub(crate) fn answered(&self, time: Option<Duration>) {
        let mut counts = self.counts();
        counts.requests += 1;
        if let Some(time) = time {
            let micros = u64::try_from(time.as_micros()).unwrap_or(SLOWEST);
            counts.latency.saturating_record(micros);
        }
    }

    /// Counts a refused request or a hang-up that was meant to be.
    pub(crate) fn provoked(&self) {
        self.counts().provoked += 1;
    }

    /// Counts an error that nothing of the load should cause.
    pub(crate) fn failed(&self, workload: &str, error: &anyhow::Error) {
        let text: String = format!("{error:#}").chars().take(200).collect();
        *self.counts().errors.entry(format!("{workload}: {text}")).or_default() += 1;
    }

    /// The counts since the last call.
    pub(crate) fn take(&self) -> Counts {
        let mut counts = self.counts();
        let mut latency = counts.latency.clone();
        latency.clear();
        let next = Counts { requests: 0, latency, errors: BTreeMap::new(), provoked: 0 };
        std::mem::replace(&mut counts, next)
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// A percentile of the times, in milliseconds.
    pub(crate) fn milliseconds(&self, percentile: f64) -> f64 {
        self.latency.value_at_percentile(percentile) as f64 / 1_000.0
    }
}
