//! The order of the batches of an import, some of which begin early.
//!
//! An early batch never waits for a transaction that could wait for a batch after it: it is written again only after the one
//! after it has given up.

use std::collections::BTreeSet;

use tokio::sync::watch;

use super::{
    prepared::BatchRecord,
    writer::{Writer, Written},
};
use crate::{
    domain::time::Timestamp,
    error::{Error, Result},
    store::write_batch::changes::Positions,
};

/// After a conflict, this number of batches is not written early; after further ones twice as many each time.
const FIRST_PAUSE: u32 = 2;
const LONGEST_PAUSE: u32 = 64;

/// Decides which batch may begin early.
#[derive(Debug)]
pub struct Turns {
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
pub struct Turn {
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

impl Default for Turns {
    fn default() -> Self {
        let (_, last) = watch::channel(Progress::Stored(None));
        Self { last, sessions: BTreeSet::new(), pause: 0, next_pause: FIRST_PAUSE }
    }
}

impl Turns {
    /// Whether a batch may begin beside the one that began last.
    pub fn may_begin_next(&self) -> bool {
        matches!(*self.last.borrow(), Progress::Early)
    }

    /// The turn of a batch of these sessions, which begins now. It begins early if `may_be_early` and nothing is against it.
    pub fn next(
        &mut self,
        sessions: BTreeSet<i64>,
        may_be_early: bool,
        began_at: Timestamp,
    ) -> Turn {
        let is_alone = self.pause > 0
            || matches!(*self.last.borrow(), Progress::Alone)
            || !self.sessions.is_disjoint(&sessions);
        self.pause = self.pause.saturating_sub(1);
        let is_early = may_be_early && !is_alone;
        let progress = if is_early { Progress::Early } else { Progress::Alone };
        let (progress, last) = watch::channel(progress);
        let before = std::mem::replace(&mut self.last, last);
        self.sessions = sessions;
        Turn { before, progress, is_early, began_at }
    }

    /// Notes the end of a batch.
    pub fn note(&mut self, end: &TurnEnd) {
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

impl Turn {
    /// Writes a batch: all of it, or parts of it one after the other. Its records are stored after those of the batch before.
    ///
    /// # Errors
    /// When the database fails, or it failed for the batch before.
    pub async fn write(mut self, writer: &Writer, records: &[BatchRecord<'_>]) -> Result<TurnEnd> {
        if self.is_early
            && let Some((written, positions)) = self.write_early(writer, records).await
        {
            self.progress.send_replace(Progress::Stored(Some(positions)));
            return Ok(TurnEnd { written, early: Some(true) });
        }
        self.progress.send_replace(Progress::Alone);
        let is_stored = |progress: &Progress| matches!(progress, Progress::Stored(_));
        let before = self.before.wait_for(is_stored).await.map(drop);
        before.map_err(|_| Error::internal("the batch before was not stored"))?;
        let written = writer.write_in_parts(records).await?;
        self.progress.send_replace(Progress::Stored(None));
        Ok(TurnEnd { written, early: self.is_early.then_some(false) })
    }

    /// Writes a batch early. None if that is not possible; then nothing of it is stored.
    async fn write_early(
        &mut self,
        writer: &Writer,
        records: &[BatchRecord<'_>],
    ) -> Option<(Vec<Written>, Positions)> {
        let early = possible(writer.write_early(records, self.began_at).await)??;
        let is_decided = |progress: &Progress| !matches!(progress, Progress::Early);
        let before = *self.before.wait_for(is_decided).await.ok()?;
        // Otherwise the one before may wait for a transaction that waits for this one.
        let Progress::Stored(before) = before else { return None };
        possible(writer.finish(early, before).await)
    }
}

/// A fault that lasts is found again when the batch is written alone.
fn possible<T>(done: Result<T>) -> Option<T> {
    done.inspect_err(|failure| tracing::debug!(%failure, "a batch cannot be written early")).ok()
}
