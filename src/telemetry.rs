//! The log: one line an event, to standard error.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt,
};

/// Starts the log. `filter` is a level or a list of `target=level`; `json` is for programs.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(filter: &str, json: bool) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| format!("--log: {error}"))?;
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let lines = if json { lines.json().boxed() } else { lines.boxed() };
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(filter_fn(may_show)));
    // A second start, as in tests, leaves the first in place.
    let _started_before = subscriber.with(filter).try_init();
    Ok(())
}

/// Libraries below us log what they receive, keys and personal data included, at their verbose
/// levels. Only we and the database driver, which logs statements without values, may.
fn may_show(event: &Metadata<'_>) -> bool {
    *event.level() <= Level::INFO
        || ["session_history", "sqlx::query"].iter().any(|ours| event.target().starts_with(ours))
}
