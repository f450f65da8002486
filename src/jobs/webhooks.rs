//! Sends changes to webhooks, on one gateway at a time.

use std::time::Duration;

use super::runner::{Job, JobRunner};
use crate::{app::App, webhook::deliver::send_changes};

/// Sends changes until the runner stops.
pub fn start(runner: &JobRunner, app: App) {
    let job = Job {
        name: "webhooks".to_owned(),
        attempt_interval: Duration::from_secs(10),
        run_interval: Duration::ZERO,
        lease: Duration::from_secs(20),
    };
    runner.spawn(job, move || {
        let app = app.clone();
        async move { send_changes(&app).await }
    });
}
