//! The log: one line for each event, on standard error.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::{
    Layer,
    filter::{Targets, filter_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Starts the log. `json` writes each line as JSON.
pub fn start(filter: Targets, json: bool) {
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let lines = if json { lines.json().boxed() } else { lines.boxed() };
    // The filters decide once for each place in the code that logs.
    let subscriber =
        tracing_subscriber::registry().with(filter).with(filter_fn(is_allowed)).with(lines);
    // Tests can start the log twice. The first start counts.
    let _already_started = subscriber.try_init();
}

/// At verbose levels, libraries log what they receive, keys and personal data included. So only the
/// gateway logs at these levels, and the database driver, which logs statements without values.
/// Spans of libraries are never recorded: they are entered for each row.
fn is_allowed(metadata: &Metadata<'_>) -> bool {
    let verbose = ["session_history", "sqlx::query"];
    metadata.is_event() && *metadata.level() <= Level::INFO
        || verbose.iter().any(|target| metadata.target().starts_with(target))
}
