//! A batch of new sessions that is inserted while the batch before is still written.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    prepared::BatchRecord,
    writer::{Merged, Writer, Written},
};
use crate::{
    domain::time::Timestamp,
    error::Result,
    store::write_batch::{StoredSession, changes::Positions, early::EarlyBatch},
};

/// A batch whose sessions are inserted, but neither logged nor committed.
pub(super) struct EarlyWrite {
    batch: EarlyBatch,
    changed_at: i64,
    /// The numbers of the sessions, and the times of their changes.
    changes: Vec<(i64, i64)>,
    written: Vec<Written>,
}

impl Writer {
    /// Inserts the sessions of records, if they are all new and their technicians are stored. Otherwise another batch could
    /// wait for this one.
    ///
    /// # Errors
    /// When the database fails, or another transaction inserts one of the sessions.
    pub(super) async fn write_early(
        &self,
        records: &[BatchRecord<'_>],
        began_at: Timestamp,
    ) -> Result<Option<EarlyWrite>> {
        self.store.try_write(|| self.insert_early(records, began_at)).await
    }

    async fn insert_early(
        &self,
        records: &[BatchRecord<'_>],
        began_at: Timestamp,
    ) -> Result<Option<EarlyWrite>> {
        let batch = self.store.early_batch(self.account).await?;
        let ids: BTreeSet<_> = records.iter().map(|it| it.record.id).collect();
        if !batch.load(&Vec::from_iter(ids)).await?.is_empty() {
            return Ok(None);
        }
        // The time now could be after that of the next batch, which may be faster.
        let changed_at = batch.time_of_change(began_at);
        let merged = self.merge_all(&batch, BTreeMap::new(), records, changed_at).await?;
        let Merged { written, sessions, technicians } = merged;
        if technicians.have_changed() {
            return Ok(None);
        }
        let changes = sessions.iter().map(StoredSession::change).collect();
        batch.insert(sessions).await?;
        Ok(Some(EarlyWrite { batch, changed_at, changes, written }))
    }

    /// Logs and commits an early batch, after the one before has ended with these positions.
    ///
    /// # Errors
    /// When the database fails. It is a conflict if another transaction has changed the account.
    pub(super) async fn finish(
        &self,
        early: EarlyWrite,
        before: Option<Positions>,
    ) -> Result<(Vec<Written>, Positions)> {
        self.store.try_write(|| self.commit_early(early, before)).await
    }

    async fn commit_early(
        &self,
        EarlyWrite { batch, changed_at, changes, written }: EarlyWrite,
        before: Option<Positions>,
    ) -> Result<(Vec<Written>, Positions)> {
        let mut batch = batch.lock(before, changed_at).await?;
        batch.log_stored(&changes).await?;
        self.log(&batch, written.len(), changes.len()).await?;
        let positions = batch.positions();
        batch.commit().await?;
        Ok((written, positions))
    }
}
