//! Writes records into the store, one transaction a batch.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    limits::{Invalid, ValidRecord},
    merge::{merge, open_impossible_end},
    numbers::set_numbers,
    prepared::{BatchRecord, Preparation, PreparedSession},
    roles::derive_roles,
    technicians::Technicians,
};
use crate::{
    domain::{
        audit::{AuditAction, AuditSource, NewAuditEvent},
        indexed::Indexed,
        session::StartMethod,
        session_change::Removed,
        time::Clock,
        viewer::AccountId,
    },
    error::Result,
    store::{
        Store,
        write_batch::{
            ChangeBatch, SessionAggregate, StoredSession, WriteBatch, words::SessionWords,
        },
    },
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
    /// Whether sessions that were deleted or anonymized are stored again. Otherwise their records are rejected.
    pub restore_removed: bool,
    /// What the audit has of the changes.
    pub audit: WriterAudit,
    /// The source of the time of a change.
    pub clock: Clock,
}

/// What the audit has of the changes of a writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriterAudit {
    /// Nothing: the sessions are made up.
    Nothing,
    /// The event with this number, which goes on, counts the changes.
    Event(i64),
    /// Each batch that changes something is an event.
    EachBatch(AuditSource),
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

/// Records that are merged into the stored sessions.
pub(super) struct Merged {
    /// A result for each record, in order.
    pub(super) written: Vec<Written>,
    /// The sessions that are new or differ.
    pub(super) sessions: Vec<StoredSession>,
    pub(super) technicians: Technicians,
}

impl Writer {
    /// What makes sessions of the records before they are written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn preparation(&self) -> Result<Preparation> {
        let &Self { account, start_method, .. } = self;
        let has_search = self.store.indexed(account).await? != Indexed::None;
        Ok(Preparation { account, start_method, has_search })
    }

    /// Stores a batch: all of it or, on an error, nothing. A later record of the same session is
    /// merged into the result of the earlier one. Returns one result for each record, in order.
    ///
    /// If the database goes away, the batch is written again. What is already stored does not change
    /// by that.
    pub async fn write(&self, records: &[&ValidRecord]) -> Result<Vec<Written>> {
        let records: Vec<_> = records.iter().map(|record| BatchRecord::new(record, None)).collect();
        self.write_all(&records).await
    }

    async fn write_all(&self, records: &[BatchRecord<'_>]) -> Result<Vec<Written>> {
        self.store.retry_write(move || self.write_once(records)).await
    }

    /// Stores records in one batch, or in smaller ones if concurrent transactions conflict with it. In a Galera cluster a
    /// long transaction on one node may never end beside many short ones on another. Returns one result for each record,
    /// in order.
    ///
    /// # Errors
    /// If the database fails. The batches before stay.
    pub async fn write_in_parts(&self, records: &[BatchRecord<'_>]) -> Result<Vec<Written>> {
        let (mut rest, mut size) = (records, records.len());
        let mut written = Vec::with_capacity(size);
        while !rest.is_empty() {
            let (part, others) = rest.split_at(size.min(rest.len()));
            match self.store.try_write(|| self.write_once(part)).await {
                Ok(results) => written.extend(results),
                Err(error) if error.is_conflict() && part.len() > 1 => {
                    tracing::warn!("a batch conflicted with another transaction, and is halved");
                    size = part.len() / 2;
                    continue;
                }
                Err(_) => written.extend(self.write_all(part).await?),
            }
            rest = others;
        }
        Ok(written)
    }

    async fn write_once(&self, records: &[BatchRecord<'_>]) -> Result<Vec<Written>> {
        let batch = self.store.batch(self.account).await?;
        let ids: BTreeSet<_> = records.iter().map(|it| it.record.id).collect();
        let sessions = batch.load(&Vec::from_iter(ids)).await?;
        self.write_in(batch, sessions, records).await
    }

    /// Merges records into stored sessions, which are those of the records, and commits the batch.
    pub(super) async fn write_in(
        &self,
        mut batch: ChangeBatch,
        sessions: BTreeMap<i64, SessionAggregate>,
        records: &[BatchRecord<'_>],
    ) -> Result<Vec<Written>> {
        let stored: BTreeSet<i64> = sessions.keys().copied().collect();
        let changed_at = batch.time_of_change(self.clock.now());
        let merged = self.merge_all(&batch, sessions, records, changed_at).await?;
        let Merged { written, sessions, technicians } = merged;
        technicians.store(&batch).await?;
        let changed = sessions.iter().map(|session| session.change().0);
        let replaced: Vec<_> = changed.filter(|id| stored.contains(id)).collect();
        let changed = sessions.len();
        batch.replace(&replaced, sessions).await?;
        self.log(&batch, records.len(), changed).await?;
        batch.commit().await?;
        Ok(written)
    }

    /// Merges records into stored sessions, which are those of the records.
    pub(super) async fn merge_all(
        &self,
        batch: &WriteBatch,
        mut sessions: BTreeMap<i64, SessionAggregate>,
        records: &[BatchRecord<'_>],
        changed_at: i64,
    ) -> Result<Merged> {
        let ids: BTreeSet<_> = records.iter().map(|it| it.record.id).collect();
        let removed = match self.restore_removed {
            true => BTreeMap::new(),
            false => batch.removed(&Vec::from_iter(ids)).await?,
        };
        let records_alone = records.iter().map(|it| it.record);
        let mut technicians = Technicians::load(batch, records_alone, sessions.values()).await?;
        let (mut touched, mut words) = (BTreeSet::new(), HashMap::new());
        let written = records
            .iter()
            .map(|one| {
                let id = one.record.id;
                if let Some(removed) = removed.get(&id) {
                    return rejected(refusal(*removed));
                }
                let (written, of_session) =
                    self.apply(*one, &mut sessions, &mut technicians, changed_at);
                if matches!(written.outcome, Outcome::New | Outcome::Changed) {
                    touched.insert(id);
                    words.insert(id, of_session);
                }
                written
            })
            .collect();
        let session = |id: &i64| {
            let words = words.remove(id).flatten();
            Some(StoredSession { aggregate: sessions.remove(id)?, words })
        };
        let sessions = touched.iter().filter_map(session).collect();
        Ok(Merged { written, sessions, technicians })
    }

    /// Writes into the audit how many records were read and how many sessions changed, if one did.
    pub(super) async fn log(
        &self,
        batch: &ChangeBatch,
        records: usize,
        changed: usize,
    ) -> Result<()> {
        let (matched, changed) = (records as u64, changed as u64);
        match self.audit {
            _ if changed == 0 => Ok(()),
            WriterAudit::Nothing => Ok(()),
            WriterAudit::Event(event) => batch.count_changes(event, changed).await,
            WriterAudit::EachBatch(source) => {
                let event = NewAuditEvent::new(source, AuditAction::Record);
                let event = NewAuditEvent { matched, changed, ..event };
                batch.log_event(&event, self.clock.now()).await
            }
        }
    }

    /// Applies a record to the sessions. Returns the words of the new session if they were made before.
    fn apply(
        &self,
        BatchRecord { record, prepared }: BatchRecord<'_>,
        sessions: &mut BTreeMap<i64, SessionAggregate>,
        technicians: &mut Technicians,
        changed_at: i64,
    ) -> (Written, Option<SessionWords>) {
        let before = sessions.get(&record.id);
        let technician_before = before.and_then(|aggregate| aggregate.session.technician_id);
        let prepared = prepared.filter(|_| before.is_none()).and_then(PreparedSession::take);
        let (mut merged, words) = match prepared {
            Some(StoredSession { aggregate, words }) => (aggregate, words),
            None => match merge(self.account, before, record, self.start_method) {
                Ok(merged) => (merged, None),
                Err(reason) => return (rejected(reason), None),
            },
        };
        let opened = open_impossible_end(&mut merged.session);
        // Only a record that is not rejected makes a technician.
        let technician = technicians.resolve(record, technician_before);
        merged.session.technician_id = technician;
        derive_roles(&mut merged, before, record, technicians.by_id(technician));
        set_numbers(&mut merged);
        if before == Some(&merged) {
            return (Written { outcome: Outcome::Unchanged, opened }, None);
        }
        let outcome = if before.is_some() { Outcome::Changed } else { Outcome::New };
        merged.session.updated_at = changed_at;
        sessions.insert(record.id, merged);
        (Written { outcome, opened }, words)
    }
}

fn rejected(reason: Invalid) -> Written {
    Written { outcome: Outcome::Rejected(reason), opened: false }
}

fn refusal(removed: Removed) -> Invalid {
    match removed {
        Removed::Deleted(at) => Invalid::Deleted(at),
        Removed::Anonymized(at) => Invalid::Anonymized(at),
    }
}
