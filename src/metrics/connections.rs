//! The connections of clients.

use prometheus::{IntCounter, IntCounterVec, IntGauge, Result};

use super::catalogue::Catalogue;

/// The connections of clients.
#[derive(Debug)]
pub struct ConnectionMetrics {
    /// Those that are open.
    pub open: IntGauge,
    /// Their maximum number.
    pub limit: IntGauge,
    /// Those that were accepted.
    pub accepted: IntCounter,
    /// Those for which there was no room.
    pub refused: IntCounter,
    /// Failures of the system to accept one.
    pub accept_failures: IntCounter,
    /// Handshakes of TLS that failed.
    pub tls_handshake_failures: IntCounter,
    closed: IntCounterVec,
    certificate_reads: IntCounterVec,
}

/// Why the server closed a connection.
#[derive(Clone, Copy, Debug)]
pub enum ConnectionEnd {
    /// The head of a request, or the handshake of TLS, was not complete in time.
    HeadTimeout,
    /// No request began for too long.
    IdleTimeout,
    /// The client read nothing of an answer for too long.
    Stalled,
    /// A new connection needed the room.
    Replaced,
    /// The server stops.
    Stopped,
}

impl ConnectionEnd {
    const ALL: [Self; 5] =
        [Self::HeadTimeout, Self::IdleTimeout, Self::Stalled, Self::Replaced, Self::Stopped];

    fn as_str(self) -> &'static str {
        match self {
            Self::HeadTimeout => "head_timeout",
            Self::IdleTimeout => "idle_timeout",
            Self::Stalled => "stalled",
            Self::Replaced => "replaced",
            Self::Stopped => "stopped",
        }
    }
}

impl ConnectionMetrics {
    pub(super) fn new(new: &Catalogue) -> Result<Self> {
        let closed = new.counters(
            "connections_closed_total",
            "Connections that the server closed, by reason.",
            &["reason"],
        )?;
        for end in ConnectionEnd::ALL {
            closed.with_label_values(&[end.as_str()]);
        }
        let certificate_reads = new.counters(
            "tls_certificate_reads_total",
            "Attempts to exchange the certificate for TLS, by outcome.",
            &["outcome"],
        )?;
        for is_exchanged in [true, false] {
            certificate_reads.with_label_values(&[read_outcome(is_exchanged)]);
        }
        Ok(Self {
            open: new.gauge("connections_open", "Open connections of clients.")?,
            limit: new.gauge("connections_limit", "Maximum number of connections of clients.")?,
            accepted: new
                .counter("connections_accepted_total", "Connections that were accepted.")?,
            refused: new.counter(
                "connections_refused_total",
                "Connections that were refused, because requests were in progress on all others.",
            )?,
            accept_failures: new.counter(
                "connection_accept_failures_total",
                "Failures of the system to accept a connection, such as the limit of open files.",
            )?,
            tls_handshake_failures: new
                .counter("tls_handshake_failures_total", "Handshakes of TLS that failed.")?,
            closed,
            certificate_reads,
        })
    }

    /// The server closed a connection.
    pub fn close(&self, end: ConnectionEnd) {
        self.closed.with_label_values(&[end.as_str()]).inc();
    }

    /// The certificate was to be exchanged.
    pub fn read_certificate(&self, is_exchanged: bool) {
        self.certificate_reads.with_label_values(&[read_outcome(is_exchanged)]).inc();
    }
}

fn read_outcome(is_exchanged: bool) -> &'static str {
    if is_exchanged { "exchanged" } else { "failed" }
}
