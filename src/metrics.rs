//! The catalogue of metrics, in the text format of Prometheus.
//!
//! Each label has a fixed set of values: a route, a class of status codes, an outcome, the position of a host. No label
//! has an account, a key, a name or a text of a caller. Whoever counts something has an `Option` of this catalogue,
//! so without it nothing is counted.

use std::sync::Arc;

use prometheus::{Registry, Result, TextEncoder};

mod callers;
mod catalogue;
mod connections;
mod database;
mod http;
mod jobs;
mod process;

pub use callers::{CallerMetrics, KeyLookup};
pub use catalogue::Raised;
pub use connections::{ConnectionEnd, ConnectionMetrics};
pub use database::DatabaseMetrics;
pub use http::{AnsweredRequest, CountedRequest, HttpMetrics};
pub use jobs::{JobMetrics, MirroredSessions, RunEnd};

use catalogue::Catalogue;
use process::ProcessMetrics;

/// All metrics of a gateway.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Requests and their answers.
    pub http: Arc<HttpMetrics>,
    /// The connections of clients.
    pub connections: ConnectionMetrics,
    /// Statements, hosts and their connections.
    pub database: DatabaseMetrics,
    /// Keys, subscriptions, sockets and the memory of answers.
    pub callers: CallerMetrics,
    /// What runs beside the requests.
    pub jobs: JobMetrics,
    process: ProcessMetrics,
}

impl Metrics {
    /// All metrics, of a process that started at this time, in seconds since 1970.
    ///
    /// # Errors
    /// When two metrics have one name.
    pub fn new(start_seconds: i64) -> Result<Arc<Self>> {
        let new = Catalogue(Registry::new());
        Ok(Arc::new(Self {
            http: Arc::new(HttpMetrics::new(&new)?),
            connections: ConnectionMetrics::new(&new)?,
            database: DatabaseMetrics::new(&new)?,
            callers: CallerMetrics::new(&new)?,
            jobs: JobMetrics::new(&new)?,
            process: ProcessMetrics::new(&new, start_seconds)?,
            registry: new.0,
        }))
    }

    /// All metrics as a text.
    ///
    /// # Errors
    /// When a metric has no value that can be written.
    pub fn text(&self) -> Result<String> {
        self.process.read();
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
