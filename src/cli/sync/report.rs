//! The report of a mirror on standard error.

use std::{
    io::Read,
    path::PathBuf,
    time::{Duration, Instant},
};

use crate::{
    cli::{
        output::{Failure, notice},
        progress::Progress,
    },
    domain::{session::StartMethod, sync::TimeRange, time::Timestamp},
    ingest::{
        format::Format, pipeline::Warning, problem::Rejection, rejects::Rejects, tally::Tally,
    },
    sync::{failure::RequestFailure, observer::SyncObserver, plan::FIRST},
};

/// How often the progress is reported where no terminal shows it.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// The report of one run.
pub(super) struct Report {
    progress: Progress,
    rejects_path: Option<PathBuf>,
    rejects: Option<Rejects>,
    reported: Instant,
    read: u64,
}

impl Report {
    pub(super) fn new(rejects_path: Option<PathBuf>) -> Result<Self, Failure> {
        let (progress, reported) = (Progress::new(None)?, Instant::now());
        Ok(Self { progress, rejects_path, rejects: None, reported, read: 0 })
    }

    pub(super) fn finish(self) {
        self.progress.finish();
        if let Some(path) = self.rejects.as_ref().and_then(Rejects::path) {
            notice(&format!("rejected sessions are in {}", path.display()));
        }
    }

    fn notice(&self, text: &str) {
        self.progress.suspend(|| notice(text));
    }
}

impl SyncObserver for Report {
    fn requested(&mut self, _method: StartMethod, _range: TimeRange) {}

    fn wrap(&mut self, input: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(self.progress.wrap(input))
    }

    fn opened(&mut self, format: Format) {
        if self.rejects.is_none() {
            self.rejects = self.rejects_path.take().map(|path| Rejects::new(vec![path], format));
        }
    }

    fn rejected(&mut self, rejection: &Rejection) {
        self.notice(&format!("a session was rejected: {}", rejection.reason.without_content()));
        if let Some(rejects) = &mut self.rejects {
            for (path, error) in rejects.push(rejection).unwritable {
                let path = path.display();
                self.notice(&format!("warning: cannot write the rejects file {path}: {error}"));
            }
        }
    }

    fn warned(&mut self, _warning: &Warning) {}

    fn running(&mut self, tally: &Tally) {
        let Some(read) = self.progress.line() else { return };
        let sessions = self.read + tally.new + tally.changed + tally.unchanged;
        notice(&format!("{read}; so far {sessions} sessions"));
    }

    fn read(&mut self, method: StartMethod, range: TimeRange, tally: &Tally) {
        self.read += tally.new + tally.changed + tally.unchanged;
        let Some(read) = self.progress.line() else { return };
        if self.reported.elapsed() >= REPORT_INTERVAL {
            self.reported = Instant::now();
            let (sessions, range) = (self.read, shown(method, range));
            notice(&format!("{read}; so far {sessions} sessions; last {range}"));
        }
    }

    fn failed(
        &mut self,
        of: Option<(StartMethod, TimeRange)>,
        failure: &RequestFailure,
        pause: Duration,
    ) {
        let of =
            of.map_or_else(|| "one session".to_owned(), |(method, range)| shown(method, range));
        let seconds = pause.as_secs_f32();
        self.notice(&format!("{of}: {failure}; the next request is in {seconds:.1} s"));
    }

    fn missing(&mut self, id: i64) {
        self.notice(&format!("warning: session {id} is missing at the source"));
    }

    fn removed(&mut self, removed: u64, held: u64) {
        self.notice(&format!(
            "deleted {removed} sessions that are missing at the source; {held} others are held"
        ));
    }
}

/// A range as its user reads it.
pub(in crate::cli) fn shown(method: StartMethod, range: TimeRange) -> String {
    let method = method.as_str();
    format!("{method} sessions from {} to {}", time(range.start), time(range.end))
}

/// A time of a range; the lowest is the beginning of all times.
pub(super) fn time(second: i64) -> String {
    let time = Timestamp::from_micros(second.saturating_mul(1_000_000));
    match time {
        Some(time) if second > FIRST => time.rfc3339(),
        _ => "the beginning".to_owned(),
    }
}
