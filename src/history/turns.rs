//! The order of the batches of an import, some of which begin early.
//!
//! A batch that is written alone may wait for another transaction, which may wait for an early batch after it. So an early
//! batch gives up when the one before is written alone. An early batch waits for a lock for half a second at most.

use std::collections::BTreeSet;

use tokio::sync::watch;

use super::{
    prepared::BatchRecord,
    writer::{Writer, Written},
};
use crate::{
    domain::time::Timestamp,
    error::{Error, Result},
    store::write_batch::{changes::Positions, word_merge::WordMerge},
};

/// After a conflict, this number of batches is not written early; after further ones twice as many each time.
const FIRST_PAUSE: u32 = 2;
const LONGEST_PAUSE: u32 = 64;

/// Decides which batch may begin early.
#[derive(Debug)]
pub struct Turns<'a> {
    writer: &'a Writer,
    word_merge: WordMerge,
    /// The batch that began last.
    last: watch::Receiver<Progress>,
    /// Its sessions.
    sessions: BTreeSet<i64>,
    /// How many batches are still written one after the other.
    pause: u32,
    next_pause: u32,
}

/// The turn of a batch.
#[derive(Debug)]
pub struct Turn<'a> {
    writer: &'a Writer,
    before: watch::Receiver<Progress>,
    progress: watch::Sender<Progress>,
    is_early: bool,
    /// When it began, which is not before the batch before.
    began_at: Timestamp,
}

/// What became of a batch.
#[derive(Debug)]
pub struct TurnEnd {
    /// A result for each record, in order.
    pub written: Vec<Written>,
    /// Whether it began early; if so, whether it was stored that way.
    early: Option<bool>,
}

/// How far a batch is.
#[derive(Clone, Copy, Debug)]
enum Progress {
    /// It is written early.
    Early,
    /// It is written alone.
    Alone,
    /// It is stored. An early one has these positions.
    Stored(Option<Positions>),
}

impl<'a> Turns<'a> {
    /// For the batches of a writer.
    pub fn new(writer: &'a Writer) -> Self {
        let (word_merge, sessions) = (writer.store.word_merge(), BTreeSet::new());
        let (_, last) = watch::channel(Progress::Stored(None));
        Self { writer, word_merge, last, sessions, pause: 0, next_pause: FIRST_PAUSE }
    }

    /// Whether a batch may begin beside the one that began last.
    pub fn may_begin_next(&self) -> bool {
        matches!(*self.last.borrow(), Progress::Early)
    }

    /// The turn of a batch of these sessions, which begins now. It begins early if they are probably new, the tables have
    /// statistics, and nothing is against it.
    pub fn next(&mut self, sessions: BTreeSet<i64>, are_new: bool) -> Turn<'a> {
        let writer = self.writer;
        let is_alone = self.pause > 0
            || matches!(*self.last.borrow(), Progress::Alone)
            || !self.sessions.is_disjoint(&sessions);
        self.pause = self.pause.saturating_sub(1);
        let is_early = are_new && !is_alone && writer.store.has_early_batches();
        let progress = if is_early { Progress::Early } else { Progress::Alone };
        let (progress, last) = watch::channel(progress);
        let before = std::mem::replace(&mut self.last, last);
        self.sessions = sessions;
        Turn { writer, before, progress, is_early, began_at: writer.clock.now() }
    }

    /// Notes the end of a batch.
    pub fn note(&mut self, end: &TurnEnd) {
        self.word_merge.begin();
        match end.early {
            Some(true) => self.next_pause = FIRST_PAUSE,
            Some(false) => {
                self.pause = self.next_pause;
                self.next_pause = (2 * self.next_pause).min(LONGEST_PAUSE);
            }
            None => {}
        }
    }
}

impl Turn<'_> {
    /// Writes a batch: all of it, or parts of it one after the other. Its records are stored after those of the batch before.
    ///
    /// # Errors
    /// When the database fails, or it failed for the batch before.
    pub async fn write(mut self, records: &[BatchRecord<'_>]) -> Result<TurnEnd> {
        if self.is_early
            && let Some((written, positions)) = self.write_early(records).await
        {
            self.progress.send_replace(Progress::Stored(Some(positions)));
            return Ok(TurnEnd { written, early: Some(true) });
        }
        self.progress.send_replace(Progress::Alone);
        let is_stored = |progress: &Progress| matches!(progress, Progress::Stored(_));
        let before = self.before.wait_for(is_stored).await.map(drop);
        before.map_err(|_| Error::internal("the batch before was not stored"))?;
        let written = self.writer.write_in_parts(records).await?;
        self.progress.send_replace(Progress::Stored(None));
        Ok(TurnEnd { written, early: self.is_early.then_some(false) })
    }

    /// Writes a batch early. None if that is not possible; then nothing of it is stored.
    async fn write_early(
        &mut self,
        records: &[BatchRecord<'_>],
    ) -> Option<(Vec<Written>, Positions)> {
        let early = possible(self.writer.write_early(records, self.began_at).await)??;
        let is_decided = |progress: &Progress| !matches!(progress, Progress::Early);
        let before = *self.before.wait_for(is_decided).await.ok()?;
        let Progress::Stored(before) = before else { return None };
        possible(self.writer.finish(early, before).await)
    }
}

/// A fault that lasts is found again when the batch is written alone.
fn possible<T>(done: Result<T>) -> Option<T> {
    done.inspect_err(|failure| tracing::debug!(%failure, "a batch cannot be written early")).ok()
}
