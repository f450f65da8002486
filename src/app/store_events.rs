//! Counts and traces what happens in the database.

use std::sync::Arc;

use crate::{
    metrics::{Metrics, RunEnd},
    store::{Event, JobEnd, Store},
    traces,
};

/// Counts what happens in a store.
pub(super) fn count(store: &Store, metrics: &Arc<Metrics>) {
    let metrics = metrics.clone();
    store.observe_without_values(Arc::new(move |event| match event {
        Event::Statement { duration, rows, failed, .. } => {
            metrics.database.end_statement(*duration, *rows, *failed);
        }
        Event::Retried { .. } => metrics.database.retries.inc(),
        Event::JobEnded { job, end } => {
            let end = match end {
                JobEnd::Done(at) => RunEnd::Ok { at_seconds: at.micros().div_euclid(1_000_000) },
                JobEnd::Failed => RunEnd::Failed,
                JobEnd::Interrupted => RunEnd::Interrupted,
            };
            metrics.jobs.end_run(job, end);
        }
        // The state of each host is read when the metrics are asked for.
        Event::HostDown { .. } | Event::HostUp { .. } => {}
    }));
}

/// Makes spans of the statements of a store.
pub(super) fn trace(store: &Store) {
    store.observe_without_values(Arc::new(|event| {
        if let Event::Statement { statement, duration, rows, failed } = event {
            traces::end_statement(&statement.sql, *duration, *rows, *failed);
        }
    }));
}
