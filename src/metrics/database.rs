//! Statements, hosts of the database and their connections.

use std::time::Duration;

use prometheus::{Histogram, IntCounter, IntCounterVec, IntGaugeVec, Result};

use super::catalogue::Catalogue;

/// In seconds. The statement timeout is 30 seconds by default.
const DURATIONS: [f64; 14] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0];

/// Statements, hosts of the database and their connections.
#[derive(Debug)]
pub struct DatabaseMetrics {
    statements: IntCounterVec,
    durations: Histogram,
    rows: IntCounter,
    /// Statements and writes that were tried again.
    pub retries: IntCounter,
    host_up: IntGaugeVec,
    connections_in_use: IntGaugeVec,
    connections_limit: IntGaugeVec,
    waiting: IntGaugeVec,
}

impl DatabaseMetrics {
    pub(super) fn new(new: &Catalogue) -> Result<Self> {
        let statements = new.counters(
            "database_statements_total",
            "Statements that ended, by outcome.",
            &["outcome"],
        )?;
        for failed in [true, false] {
            statements.with_label_values(&[outcome(failed)]);
        }
        let host_pool = &["host", "pool"];
        Ok(Self {
            statements,
            durations: new.histogram(
                "database_statement_duration_seconds",
                "Time of a statement, until all of its rows were read.",
                &DURATIONS,
            )?,
            rows: new.counter("database_rows_total", "Rows that statements returned.")?,
            retries: new.counter(
                "database_retries_total",
                "Statements and writes that were tried again after a failure.",
            )?,
            host_up: new.gauges(
                "database_host_up",
                "Whether a host of the database answers (1) or not (0), by its position in the settings.",
                &["host", "role"],
            )?,
            connections_in_use: new.gauges(
                "database_connections_in_use",
                "Connections for reads that are in use, by host and pool.",
                host_pool,
            )?,
            connections_limit: new.gauges(
                "database_connections_limit",
                "Maximum number of connections for reads, by host and pool.",
                host_pool,
            )?,
            waiting: new.gauges(
                "database_connections_waiting",
                "Requests that wait for a connection for reads, by host and pool.",
                host_pool,
            )?,
        })
    }

    /// A statement ended. The number of rows is known if it returned any.
    pub fn end_statement(&self, duration: Duration, rows: Option<usize>, failed: bool) {
        self.statements.with_label_values(&[outcome(failed)]).inc();
        self.durations.observe(duration.as_secs_f64());
        self.rows.inc_by(rows.unwrap_or(0) as u64);
    }

    /// The state of a host, which has a position, and a role.
    pub fn set_host(&self, position: usize, role: &str, is_up: bool) {
        self.host_up.with_label_values(&[&*position.to_string(), role]).set(is_up.into());
    }

    /// The use of a pool of a host: the connections in use, their maximum number, and the requests that wait for one.
    pub fn set_pool(
        &self,
        position: usize,
        pool: &str,
        in_use: usize,
        limit: usize,
        waiting: usize,
    ) {
        let labels = [&*position.to_string(), pool];
        for (gauge, value) in [
            (&self.connections_in_use, in_use),
            (&self.connections_limit, limit),
            (&self.waiting, waiting),
        ] {
            gauge.with_label_values(&labels).set(i64::try_from(value).unwrap_or(i64::MAX));
        }
    }
}

fn outcome(failed: bool) -> &'static str {
    if failed { "failed" } else { "ok" }
}
