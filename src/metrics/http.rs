//! Requests and their answers.

use std::{sync::Arc, time::Duration};

use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec, IntGauge, Result};

use super::catalogue::{Catalogue, Raised};

/// In seconds. An export takes minutes.
const DURATIONS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 300.0];
/// In seconds.
const WAITS: [f64; 9] = [0.001, 0.01, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0];

/// Requests and their answers.
#[derive(Debug)]
pub struct HttpMetrics {
    requests: IntCounterVec,
    durations: HistogramVec,
    bytes: IntCounterVec,
    in_progress: IntGauge,
    refused: IntCounterVec,
    cut: IntCounter,
    export_wait: Histogram,
    exported: IntCounterVec,
}

/// A request whose answer is not sent yet.
#[derive(Debug)]
pub struct CountedRequest {
    metrics: Arc<HttpMetrics>,
    route: Box<str>,
    _in_progress: Raised,
}

/// What is counted of a request when its answer is sent.
#[derive(Clone, Copy, Debug)]
pub struct AnsweredRequest {
    /// The status code.
    pub status: u16,
    /// The time until the answer was sent. None for a stream of events, which lasts as long as its client likes.
    pub duration: Option<Duration>,
    /// The size of the body.
    pub bytes: u64,
    /// Whether the whole answer was sent.
    pub is_complete: bool,
    /// The code of the error with which the request was refused.
    pub refusal: Option<&'static str>,
    /// How long a long answer waited for others.
    pub export_wait: Option<Duration>,
    /// The format of an export, and the number of its records.
    pub exported: Option<(&'static str, u64)>,
}

impl HttpMetrics {
    pub(super) fn new(new: &Catalogue) -> Result<Self> {
        Ok(Self {
            requests: new.counters(
                "http_requests_total",
                "Requests that were answered, by route and class of status code.",
                &["route", "status"],
            )?,
            durations: new.histograms(
                "http_request_duration_seconds",
                "Time until an answer was sent, without streams of events, by route.",
                &DURATIONS,
                &["route"],
            )?,
            bytes: new.counters(
                "http_response_bytes_total",
                "Bytes of the bodies of answers, after compression, by route.",
                &["route"],
            )?,
            in_progress: new.gauge(
                "http_requests_in_progress",
                "Requests whose answers are not sent yet, streams of events included.",
            )?,
            refused: new.counters(
                "http_refused_requests_total",
                "Requests that were refused, by the code of the error.",
                &["code"],
            )?,
            cut: new.counter(
                "http_cut_responses_total",
                "Long answers and streams that were not sent to their end, because the client left or was too \
                 slow, or the answer failed.",
            )?,
            export_wait: new.histogram(
                "export_wait_seconds",
                "Time that a long answer waited for others to end.",
                &WAITS,
            )?,
            exported: new.counters(
                "exported_records_total",
                "Records of the answers of the legacy URL and of bulk requests, by format.",
                &["format"],
            )?,
        })
    }

    /// A request of this route begins.
    pub fn begin(self: &Arc<Self>, route: &str) -> CountedRequest {
        let in_progress = Raised::new(&self.in_progress);
        CountedRequest { metrics: self.clone(), route: route.into(), _in_progress: in_progress }
    }
}

impl CountedRequest {
    /// Counts the answer.
    pub fn count(&self, answered: &AnsweredRequest) {
        let (http, route) = (&self.metrics, &*self.route);
        let status = match answered.status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        http.requests.with_label_values(&[route, status]).inc();
        http.bytes.with_label_values(&[route]).inc_by(answered.bytes);
        if let Some(duration) = answered.duration {
            http.durations.with_label_values(&[route]).observe(duration.as_secs_f64());
        }
        if let Some(code) = answered.refusal {
            http.refused.with_label_values(&[code]).inc();
        }
        if !answered.is_complete {
            http.cut.inc();
        }
        if let Some(wait) = answered.export_wait {
            http.export_wait.observe(wait.as_secs_f64());
        }
        if let Some((format, records)) = answered.exported {
            http.exported.with_label_values(&[format]).inc_by(records);
        }
    }
}
