//! The log: one line an event, to standard error.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::{
    Layer,
    filter::{Targets, filter_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Starts the log. `filter` is a level or a list of `target=level`; `json` is for programs.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(filter: &str, json: bool) -> Result<(), String> {
    let filter: Targets = filter.parse().map_err(|error| format!("--log: {error}"))?;
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let lines = if json { lines.json().boxed() } else { lines.boxed() };
    // What no filter lets through is decided once a place in the code, and then costs nothing.
    let subscriber =
        tracing_subscriber::registry().with(filter).with(filter_fn(may_show)).with(lines);
    // A second start, as in tests, leaves the first in place.
    let _started_before = subscriber.try_init();
    Ok(())
}

/// Libraries below us log what they receive, keys and personal data included, at their verbose
/// levels. Only we and the database driver, which logs statements without values, may. Of spans,
/// which are entered and left for each row that is read, there are none but ours.
fn may_show(it: &Metadata<'_>) -> bool {
    it.is_event() && *it.level() <= Level::INFO
        || ["session_history", "sqlx::query"].iter().any(|ours| it.target().starts_with(ours))
}
