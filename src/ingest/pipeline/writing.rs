//! Writes the batches of a document, and notes what became of each record.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesOrdered};

use super::reading::Batch;
use crate::{
    error::Result,
    history::{
        prepared::BatchRecord,
        turns::{TurnEnd, Turns},
        writer::{Outcome, Writer},
    },
    ingest::{
        problem::{Reason, RecordPosition, Rejection},
        tally::Tally,
    },
};

/// How many batches are written at the same time.
const MAX_BATCHES: usize = 2;

/// The batches that are written now.
pub(super) struct Writing<'a> {
    writer: &'a Writer,
    batches: FuturesOrdered<BoxFuture<'a, Result<Written>>>,
    turns: Turns<'a>,
    /// Whether most records of the batch that ended last were of new sessions.
    are_most_new: Arc<AtomicBool>,
}

/// A batch that ended.
pub(super) struct Written {
    batch: Batch,
    end: TurnEnd,
}

/// The result of one written batch.
pub(super) struct BatchReport {
    /// The records that were rejected, in order.
    pub(super) rejections: Vec<Rejection>,
    /// The records whose sessions were made open ones.
    pub(super) opened: Vec<RecordPosition>,
}

impl<'a> Writing<'a> {
    pub(super) fn new(writer: &'a Writer) -> Self {
        Self {
            writer,
            batches: FuturesOrdered::new(),
            turns: Turns::new(writer),
            are_most_new: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Whether most records of the batch that ended last were of new sessions; true before the first.
    pub(super) fn are_most_new(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.are_most_new)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Whether a batch may begin now.
    pub(super) fn may_begin(&self) -> bool {
        self.is_empty() || self.batches.len() < MAX_BATCHES && self.turns.may_begin_next()
    }

    /// Begins to write a batch, which goes on in `next`.
    pub(super) fn begin(&mut self, batch: Batch, tally: &Tally) {
        // The tables have statistics after the first new sessions.
        let are_new = tally.new > 0 && self.are_most_new.load(Relaxed);
        let turn = self.turns.next(batch.ids().collect(), are_new);
        let write = async move {
            let records = batch.accepted.iter();
            let records: Vec<_> = records
                .map(|(accepted, prepared)| BatchRecord::new(&accepted.record, prepared.as_ref()))
                .collect();
            let end = turn.write(&records).await?;
            drop(records);
            Ok(Written { batch, end })
        };
        self.batches.push_back(write.boxed());
    }

    /// Waits for the end of the batch that began first. None if there is none.
    pub(super) async fn next(&mut self) -> Option<Result<Written>> {
        self.batches.next().await
    }

    /// Adds a batch that ended to `tally`.
    pub(super) async fn report(
        &mut self,
        Written { batch: Batch { accepted, mut rejections }, end }: Written,
        tally: &mut Tally,
    ) -> Result<BatchReport> {
        self.turns.note(&end);
        let (new_before, size) = (tally.new, accepted.len() as u64);
        let mut opened = Vec::new();
        for ((accepted, _), written) in accepted.into_iter().zip(end.written) {
            if written.opened {
                opened.push(accepted.position);
            }
            match written.outcome {
                Outcome::New => tally.new += 1,
                Outcome::Changed => tally.changed += 1,
                Outcome::Unchanged => tally.unchanged += 1,
                Outcome::Rejected(reason) => {
                    rejections.push(accepted.reject(Reason::Invalid(reason)));
                }
            }
        }
        tally.rejected += rejections.len() as u64;
        self.are_most_new.store(2 * (tally.new - new_before) >= size, Relaxed);
        // Once: what follows is like the first sessions that were stored.
        if new_before == 0 && tally.new > 0 {
            self.writer.store.analyze().await?;
        }
        rejections.sort_by_key(|rejection| rejection.position.number);
        Ok(BatchReport { rejections, opened })
    }
}
