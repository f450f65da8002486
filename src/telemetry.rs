//! The log: one line for each event, on standard error. And the traces, if there is a collector.

use std::io::IsTerminal;

use tokio::runtime::Handle;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    Layer,
    filter::{Targets, filter_fn},
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::traces::Traces;

/// Starts the log, of which `json` writes each line as JSON, and the traces, which are sent to a URL by tasks of a runtime.
/// Returns what ends the traces.
///
/// # Errors
/// When the URL is not usable.
pub fn start(
    filter: Targets,
    json: bool,
    collector: Option<&str>,
    runtime: &Handle,
) -> Result<Option<Traces>, String> {
    let registry = tracing_subscriber::registry();
    let Some(url) = collector else {
        // The filters decide once for each place in the code that logs.
        let subscriber = registry.with(filter).with(filter_fn(is_allowed)).with(lines(json));
        // Tests can start the log twice. The first start counts.
        let _already_started = subscriber.try_init();
        return Ok(None);
    };
    let traces = Traces::start(url, runtime.clone())?;
    // The log and the traces take different spans.
    let lines = lines(json).with_filter(filter_fn(is_allowed)).with_filter(filter);
    let _already_started = registry.with(lines).with(traces.layer()).try_init();
    Ok(Some(traces))
}

/// The lines of the log.
fn lines<S>(json: bool) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    if json { lines.json().boxed() } else { lines.boxed() }
}

/// At verbose levels, libraries log what they receive, keys and personal data included. So only the
/// gateway logs at these levels, and the database driver, which logs statements without values.
/// Spans of libraries are never recorded: they are entered for each row.
fn is_allowed(metadata: &Metadata<'_>) -> bool {
    let verbose = ["session_history", "sqlx::query"];
    metadata.is_event() && *metadata.level() <= Level::INFO
        || verbose.iter().any(|target| metadata.target().starts_with(target))
}
