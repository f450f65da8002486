//! Traces, which are sent to a collector of OpenTelemetry (OTLP over HTTP): requests, statements without their values,
//! and jobs. Without a collector, nothing is traced.

use std::{
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use opentelemetry::{
    KeyValue,
    trace::{Span as _, SpanKind, Status, TraceContextExt, Tracer, TracerProvider},
};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracer, SdkTracerProvider},
};
use tokio::runtime::Handle;
use tracing::{Level, Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

mod collector;

use collector::CollectorClient;

/// The name of the gateway in traces.
const SERVICE: &str = "session-history";
/// The maximum number of characters of a statement in a trace.
const MAX_STATEMENT_CHARS: usize = 1_000;
/// The maximum time in which the last spans are sent.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

/// What makes spans of statements, while traces are sent.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// The traces of a process.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends spans to a URL from now on, with tasks of this runtime.
    ///
    /// # Errors
    /// When the URL is not usable.
    pub fn start(url: &str, runtime: Handle) -> Result<Self, String> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(CollectorClient::new(runtime))
            .with_endpoint(url)
            .with_protocol(Protocol::HttpBinary)
            .build()
            .map_err(|error| format!("{url}: {error}"))?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name(SERVICE).with_attribute(version);
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        // A second start, as in tests, goes on with the first tracer.
        let _ = TRACER.set(provider.tracer(SERVICE));
        Ok(Self(provider))
    }

    /// A layer that makes spans of those of the gateway. It takes no events, since the log has the client of a request.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.0.tracer(SERVICE));
        let plain = layer.with_location(false).with_threads(false).with_tracked_inactivity(false);
        plain.with_filter(filter_fn(is_traced))
    }

    /// Sends the last spans.
    pub fn end(&self) {
        if let Err(error) = self.0.shutdown_with_timeout(FLUSH_TIMEOUT) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

fn is_traced(metadata: &Metadata<'_>) -> bool {
    metadata.is_span()
        && *metadata.level() <= Level::INFO
        && metadata.target().starts_with("session_history")
}

/// Notes the status of a request in the current span, which is that of the request.
pub fn set_status(status: u16) {
    if TRACER.get().is_some() {
        Span::current().set_attribute("http.response.status_code", i64::from(status));
    }
}

/// A statement of the current span has ended. Its text has no values.
pub fn end_statement(text: &str, duration: Duration, rows: Option<usize>, failed: bool) {
    let Some(tracer) = TRACER.get() else { return };
    let parent = Span::current().context();
    if !parent.span().span_context().is_valid() {
        return;
    }
    let text: String = text.chars().take(MAX_STATEMENT_CHARS).collect();
    let mut attributes = vec![KeyValue::new("db.query.text", text)];
    let rows = rows.and_then(|rows| i64::try_from(rows).ok());
    attributes.extend(rows.map(|rows| KeyValue::new("db.response.returned_rows", rows)));
    #[expect(
        clippy::disallowed_methods,
        reason = "spans have the time of the machine, in tests too"
    )]
    let end = SystemTime::now();
    let span = tracer.span_builder("db.statement").with_kind(SpanKind::Client);
    let span = span.with_start_time(end.checked_sub(duration).unwrap_or(end));
    let mut span = span.with_attributes(attributes).start_with_context(tracer, &parent);
    if failed {
        span.set_status(Status::error("the statement failed"));
    }
    span.end_with_timestamp(end);
}
