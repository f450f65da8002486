//! Writes records into the store, one transaction a batch.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    limits::{Invalid, ValidRecord},
    merge::{merge, open_impossible_end},
    record::Record,
    roles::derive_roles,
    technicians::Technicians,
};
use crate::{
    domain::{session::StartMethod, time::Clock, viewer::AccountId},
    error::Result,
    store::{Store, write_batch::SessionAggregate},
};

/// Writes records into an account.
#[derive(Clone, Debug)]
pub struct Writer {
    /// The database.
    pub store: Store,
    /// The account.
    pub account: AccountId,
    /// The start method of sessions whose record has none.
    pub start_method: StartMethod,
    /// The source of the time of a change.
    pub clock: Clock,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The session is new.
    New,
    /// The session is now different.
    Changed,
    /// The session was the same already.
    Unchanged,
    /// The record was rejected, and why.
    Rejected(Invalid),
}

/// What a record led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What was done with it.
    pub outcome: Outcome,
    /// The session is stored as open, because its end was impossible: before its start, or a date that
    /// means "open".
    pub opened: bool,
}

impl Writer {
    /// Stores a batch: all of it or, on an error, nothing. A later record of the same session is
    /// merged into the result of the earlier one. Returns one result for each record, in order.
    ///
    /// If the database goes away, the batch is written again. What is already stored does not change
    /// by that.
    pub async fn write(&self, records: &[&ValidRecord]) -> Result<Vec<Written>> {
        self.store.retry_write(async || self.write_once(records).await).await
    }

    async fn write_once(&self, records: &[&ValidRecord]) -> Result<Vec<Written>> {
        let batch = self.store.batch(self.account).await?;
        let ids: BTreeSet<_> = records.iter().map(|record| record.id).collect();
        let mut sessions = batch.load(&Vec::from_iter(ids)).await?;
        let stored: BTreeSet<i64> = sessions.keys().copied().collect();
        let mut technicians =
            Technicians::load(&batch, records.iter().map(|record| &***record), sessions.values())
                .await?;

        let mut touched = BTreeSet::new();
        let outcomes = records
            .iter()
            .map(|record| {
                let written = self.apply(record, &mut sessions, &mut technicians);
                if matches!(written.outcome, Outcome::New | Outcome::Changed) {
                    touched.insert(record.id);
                }
                written
            })
            .collect();

        technicians.store(&batch).await?;
        let replaced: Vec<_> = touched.intersection(&stored).copied().collect();
        let written = touched.iter().filter_map(|id| sessions.remove(id)).collect();
        batch.replace(&replaced, written).await?;
        batch.commit().await?;
        Ok(outcomes)
    }

    fn apply(
        &self,
        record: &Record,
        sessions: &mut BTreeMap<i64, SessionAggregate>,
        technicians: &mut Technicians,
    ) -> Written {
        let before = sessions.get(&record.id);
        let technician_before = before.and_then(|aggregate| aggregate.session.technician_id);
        let mut merged = match merge(self.account, before, record, self.start_method) {
            Ok(merged) => merged,
            Err(reason) => return Written { outcome: Outcome::Rejected(reason), opened: false },
        };
        let opened = open_impossible_end(&mut merged.session);
        // Only a record that is not rejected makes a technician.
        let technician = technicians.resolve(record, technician_before);
        merged.session.technician_id = technician;
        derive_roles(&mut merged, before, record, technicians.by_id(technician));
        if before == Some(&merged) {
            return Written { outcome: Outcome::Unchanged, opened };
        }
        let outcome = if before.is_some() { Outcome::Changed } else { Outcome::New };
        merged.session.updated_at = self.clock.now().micros();
        sessions.insert(record.id, merged);
        Written { outcome, opened }
    }
}
