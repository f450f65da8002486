//! Sends changes to webhooks, on one gateway at a time.

use std::time::Duration;

use super::runner::{Job, JobRunner};
use crate::{app::App, webhook::deliver::send_changes};

/// Sends changes until the runner stops.
pub fn start(runner: &JobRunner, app: App, lease: Duration) {
    let job = Job::without_end("webhooks".to_owned(), lease);
    runner.spawn(job, move || {
        let app = app.clone();
        async move { send_changes(&app).await }
    });
}
