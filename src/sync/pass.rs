//! The mirror of the sessions of one start method: what was read, and how long the next range is.
//!
//! The answers do not say how a session started, so each method is requested by itself.

use std::sync::Arc;

use entity::sync_source;

use super::{
    plan::{Coverage, Rules},
    span::Span,
};
use crate::{
    domain::{session::StartMethod, sync::TimeRange, time::Timestamp},
    error::Result,
    history::writer::Writer,
    ingest::style::DocumentStyle,
    store::sync::{SourceId, SyncStep},
};

/// Open sessions that started earlier are not read again at each interval, in seconds: many sessions never get an end.
const OPEN_AGE: i64 = 30 * 86_400;
/// How many open sessions are read again at each interval.
const MAX_OPEN: u32 = 50;

/// The mirror of one start method.
pub(super) struct Pass {
    of: SourceId,
    pub(super) method: StartMethod,
    pub(super) style: Arc<DocumentStyle>,
    coverage: Coverage,
    span: Span,
    /// The starts of open sessions, and when they were found.
    open: (Vec<i64>, i64),
}

impl Pass {
    /// Loads what was read before.
    pub(super) async fn load(
        writer: &Writer,
        source: &sync_source::Model,
        method: StartMethod,
        style: &DocumentStyle,
        target: u64,
    ) -> Result<Self> {
        let of = SourceId { account: writer.account, source: source.id };
        let span = match method {
            StartMethod::Applet => source.applet_span,
            StartMethod::Agent => source.agent_span,
        };
        let mut style = style.clone();
        style.start_method = Some(method);
        Ok(Self {
            of,
            method,
            style: Arc::new(style),
            coverage: Coverage::new(writer.store.sync_windows(of, method).await?),
            span: Span::new(span, target),
            open: (Vec::new(), i64::MIN),
        })
    }

    /// The range to request next.
    pub(super) async fn next(
        &mut self,
        writer: &Writer,
        rules: &Rules,
        now: i64,
    ) -> Result<Option<TimeRange>> {
        if self.open.1 < rules.stale_before {
            let range = TimeRange { start: now - OPEN_AGE, end: now - rules.overlap };
            let account = writer.account;
            let open = writer.store.open_starts(account, self.method, range, MAX_OPEN).await?;
            self.open = (open, now);
        }
        Ok(self.coverage.next(rules, now, self.span, &self.open.0))
    }

    /// Whether a range goes up to the newest sessions, and has no upper bound.
    pub(super) fn is_newest(&self, range: TimeRange, now: i64) -> bool {
        range.end >= self.coverage.top(now)
    }

    /// When the first of the ranges that failed may be requested again, if there is one.
    pub(super) fn next_retry(&self, rules: &Rules, now: i64) -> Option<i64> {
        self.coverage.next_retry(rules, now)
    }

    /// Notes and stores that a range was read whole.
    pub(super) async fn read(
        &mut self,
        writer: &Writer,
        range: TimeRange,
        at: Timestamp,
        sessions: u64,
    ) -> Result<()> {
        self.span.read(range.seconds(), sessions, self.coverage.failures(range) > 0);
        let replaced = self.touched(range);
        self.coverage.read(range, seconds(at));
        self.save(writer, replaced, at, None).await
    }

    /// Notes and stores that a range could not be read, and whether its length is the evident reason. Returns whether the
    /// next range is shorter.
    pub(super) async fn failed(
        &mut self,
        writer: &Writer,
        range: TimeRange,
        at: Timestamp,
        error: &str,
        is_long: bool,
    ) -> Result<bool> {
        let replaced = self.touched(range);
        let attempts = self.coverage.failed(range, seconds(at), error, is_long);
        let is_too_long = attempts >= self.span.tries();
        if is_too_long {
            self.span.too_long(range.seconds());
        }
        self.save(writer, replaced, at, Some(error)).await?;
        Ok(is_too_long && range.seconds() > 1)
    }

    /// The range of all windows that have a part in a range.
    fn touched(&self, mut range: TimeRange) -> TimeRange {
        for window in self.coverage.touching(range) {
            range.start = range.start.min(window.range.start);
            range.end = range.end.max(window.range.end);
        }
        range
    }

    async fn save(
        &self,
        writer: &Writer,
        replaced: TimeRange,
        at: Timestamp,
        error: Option<&str>,
    ) -> Result<()> {
        let windows: Vec<_> = self.coverage.touching(replaced).cloned().collect();
        let (method, span) = (self.method, self.span.seconds());
        let step = SyncStep { method, replaced, windows: &windows, span, at, error };
        writer.store.save_sync_step(self.of, &step).await
    }
}

fn seconds(time: Timestamp) -> i64 {
    time.micros().div_euclid(1_000_000)
}
