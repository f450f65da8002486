//! The loop of a mirror: ask, import, store how far it is, wait.

use std::{sync::Arc, time::Duration};

use thiserror::Error;
use tokio::time::{Instant, sleep};

use super::{
    failure::RequestFailure,
    missing::MissingSessions,
    observer::SyncObserver,
    passes::Passes,
    plan::{FIRST, Rules},
    source::{Question, Source},
    window::{ReadError, WholeAnswer, read},
};
use crate::{
    domain::{session::StartMethod, sync::TimeRange, time::Timestamp},
    error::Error,
    history::writer::Writer,
    ingest::{style::DocumentStyle, tally::Tally},
    store::sync::SourceId,
};

/// The pause after the first failure. It doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// The shortest pause after a failure that only a change at the source or of the settings can end.
const FINAL_PAUSE: Duration = Duration::from_secs(30);

/// A mirror of a source in an account.
#[derive(Clone, Debug)]
pub struct Mirror {
    /// The source.
    pub source: Source,
    /// Writes into the account.
    pub writer: Writer,
    /// The style of the answers.
    pub style: Arc<DocumentStyle>,
    /// How the source is mirrored.
    pub settings: MirrorSettings,
}

/// How a source is mirrored.
#[derive(Clone, Copy, Debug)]
pub struct MirrorSettings {
    /// The first start of sessions that are mirrored; none for all.
    pub since: Option<Timestamp>,
    /// The time between two reads of what is new; none for a mirror that ends when it has everything.
    pub every: Option<Duration>,
    /// The age up to which sessions are read again each time.
    pub overlap: Duration,
    /// How long a mirror that ends when it has everything waits for a source that fails.
    pub patience: Duration,
    /// How many sessions an answer should have.
    pub target: u64,
    /// Whether sessions that the source does not have any more are removed.
    pub remove_missing: bool,
    /// The start method of all sessions, if the source does not filter by it.
    pub start_method: Option<StartMethod>,
}

/// What a mirror did until it ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct MirrorReport {
    /// What became of the records.
    pub tally: Tally,
    /// Whether ranges could not be read.
    pub is_incomplete: bool,
}

/// Why a mirror ended.
#[derive(Debug, Error)]
pub enum MirrorError {
    /// The source.
    #[error(transparent)]
    Source(RequestFailure),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
    /// The file of the database was replaced: the number of the account may mean another one now.
    #[error("the file of the database was replaced")]
    Replaced,
}

/// A mirror that runs.
struct Run<'m, O> {
    mirror: &'m Mirror,
    observer: &'m mut O,
    of: SourceId,
    passes: Passes,
    missing: MissingSessions,
    started: i64,
    generation: u64,
    /// The requests that failed since the last whole answer, or since the ranges became shorter.
    failures: u32,
    /// When the first of them failed.
    failing_since: Instant,
    report: MirrorReport,
}

impl Mirror {
    /// Mirrors the source until everything is read, or for ever if the settings say so.
    ///
    /// # Errors
    /// When the source cannot be read, or the database fails. What was read stays, and the next run goes on.
    pub async fn run(&self, observer: &mut impl SyncObserver) -> Result<MirrorReport, MirrorError> {
        let Self { writer, source, settings, .. } = self;
        let generation = writer.store.generation();
        let now = writer.clock.now();
        let row = writer.store.sync_source(writer.account, source.address(), now).await?;
        let of = SourceId { account: writer.account, source: row.id };
        let (only, target) = (settings.start_method, settings.target);
        let passes = Passes::load(writer, &row, only, &self.style, target).await?;
        let missing = MissingSessions::load(writer, of, settings.remove_missing).await?;
        let (started, report) = (seconds(now), MirrorReport::default());
        let run = Run {
            mirror: self,
            observer,
            of,
            passes,
            missing,
            started,
            generation,
            failures: 0,
            failing_since: Instant::now(),
            report,
        };
        run.until_done().await
    }
}

impl<O: SyncObserver> Run<'_, O> {
    async fn until_done(mut self) -> Result<MirrorReport, MirrorError> {
        loop {
            if self.mirror.writer.store.generation() != self.generation {
                return Err(MirrorError::Replaced);
            }
            let now = self.now();
            let rules = self.rules(now);
            let next = self.passes.next(&self.mirror.writer, &rules, now).await?;
            if let Some((pass, range)) = next {
                self.read_range(pass, range, now).await?;
            }
            if self.failures > 0 {
                continue;
            }
            if let Some(id) = self.missing.next() {
                self.confirm(id).await?;
                continue;
            }
            if next.is_some() {
                continue;
            }
            self.remove_missing().await?;
            match self.rest(now) {
                Some(pause) => sleep(pause).await,
                None => break,
            }
        }
        self.report.is_incomplete = self.next_retry(self.now()).is_some();
        Ok(self.report)
    }

    fn now(&self) -> i64 {
        seconds(self.mirror.writer.clock.now())
    }

    fn rules(&self, now: i64) -> Rules {
        let MirrorSettings { since, every, overlap, .. } = self.mirror.settings;
        let whole =
            |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX).max(1);
        Rules {
            since: since.map_or(FIRST, seconds),
            stale_before: every.map_or(self.started, |every| now - whole(every) + 1),
            overlap: whole(overlap.max(every.unwrap_or_default())),
        }
    }

    async fn read_range(
        &mut self,
        index: usize,
        range: TimeRange,
        now: i64,
    ) -> Result<(), MirrorError> {
        let writer = &self.mirror.writer;
        let pass = &self.passes[index];
        let (method, style) = (pass.method, Arc::clone(&pass.style));
        let asked = self.mirror.settings.start_method.is_none().then_some(method);
        let question = Question::Range(asked, range, pass.is_newest(range, now));
        self.observer.requested(method, range);
        let at = writer.clock.now();
        let answer = read(&self.mirror.source, writer, &style, question, self.observer).await;
        match answer.and_then(|answer| self.passes.check_method(index, answer)) {
            Ok(answer) => {
                let sessions = answer.ids.len() as u64 + answer.rejected;
                self.passes[index].read(writer, range, at, sessions).await?;
                self.missing.compare(writer, method, range, &answer, at).await?;
                self.observer.read(method, range, &answer.tally);
                self.add(&answer);
                Ok(())
            }
            Err(ReadError::Store(error)) => Err(error.into()),
            Err(ReadError::Request(failure)) => {
                let error = failure.to_string();
                if failure.may_be_the_range() {
                    let is_long = failure.is_of_the_length();
                    if self.passes[index].failed(writer, range, at, &error, is_long).await? {
                        // Another request is made, which may succeed at once.
                        self.failures = 0;
                    }
                } else {
                    writer.store.save_sync_error(self.of, &error, at).await?;
                }
                self.pause(Some((method, range)), failure).await
            }
        }
    }

    /// Asks for a session that was not in the answer of its range.
    async fn confirm(&mut self, id: i64) -> Result<(), MirrorError> {
        let Mirror { source, writer, style, .. } = self.mirror;
        match read(source, writer, style, Question::Id(id), self.observer).await {
            Ok(answer) => {
                let is_present = answer.ids.contains(&id) || answer.rejected > 0;
                self.missing.confirm(writer, id, is_present, writer.clock.now()).await?;
                if !is_present {
                    self.observer.missing(id);
                }
                self.add(&answer);
                Ok(())
            }
            Err(ReadError::Store(error)) => Err(error.into()),
            Err(ReadError::Request(failure)) => {
                let now = writer.clock.now();
                writer.store.save_sync_error(self.of, &failure.to_string(), now).await?;
                self.pause(None, failure).await
            }
        }
    }

    fn add(&mut self, answer: &WholeAnswer) {
        self.failures = 0;
        let (sum, tally) = (&mut self.report.tally, &answer.tally);
        sum.new += tally.new;
        sum.changed += tally.changed;
        sum.unchanged += tally.unchanged;
        sum.rejected += answer.rejected;
    }

    /// Waits after a failure, longer after each.
    async fn pause(
        &mut self,
        of: Option<(StartMethod, TimeRange)>,
        failure: RequestFailure,
    ) -> Result<(), MirrorError> {
        let mut pause = FIRST_PAUSE.saturating_mul(1 << self.failures.min(16)).min(LONGEST_PAUSE);
        if self.failures == 0 {
            self.failing_since = Instant::now();
        }
        self.failures += 1;
        let requested = match failure {
            RequestFailure::Busy { wait, .. } => wait,
            _ => None,
        };
        if self.mirror.settings.every.is_none() {
            // A source that says when to come back is waited for.
            let until_next = self.failing_since.elapsed() + pause;
            let gives_up = failure.is_final() || until_next > self.mirror.settings.patience;
            if gives_up && requested.is_none() {
                return Err(MirrorError::Source(failure));
            }
        } else if failure.is_final() {
            pause = pause.max(FINAL_PAUSE);
        }
        let pause = with_jitter(requested.map_or(pause, |wait| wait.max(FIRST_PAUSE)));
        self.observer.failed(of, &failure, pause);
        sleep(pause).await;
        Ok(())
    }

    async fn remove_missing(&mut self) -> Result<(), MirrorError> {
        if self.mirror.settings.remove_missing {
            let counts = self.missing.remove(&self.mirror.writer).await?;
            if counts.matched > 0 {
                self.observer.removed(counts.removed, counts.held);
            }
        }
        Ok(())
    }

    /// How long to wait when nothing is to be requested; none if the mirror is done.
    fn rest(&self, now: i64) -> Option<Duration> {
        if let Some(every) = self.mirror.settings.every {
            return Some((every / 10).clamp(Duration::from_millis(100), Duration::from_secs(30)));
        }
        let wait =
            Duration::from_secs(u64::try_from(self.next_retry(now)? - now).unwrap_or(0).max(1));
        (wait <= self.mirror.settings.patience).then_some(wait)
    }

    fn next_retry(&self, now: i64) -> Option<i64> {
        self.passes.next_retry(&self.rules(now), now)
    }
}

/// A pause that is up to an eighth longer, so that mirrors do not come back all at once.
fn with_jitter(pause: Duration) -> Duration {
    let mut byte = [0; 1];
    // Without random numbers, there is no jitter.
    let _ = getrandom::fill(&mut byte);
    pause + pause.saturating_mul(u32::from(byte[0])) / 2_048
}

fn seconds(time: Timestamp) -> i64 {
    time.micros().div_euclid(1_000_000)
}
