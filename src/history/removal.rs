//! Removes the sessions that match a filter, in batches.
//!
//! Each batch is one transaction: the sessions, all that belongs to them, their words, and the change log. So
//! a removal that is interrupted leaves whole batches, and goes on when it is run again: what is removed does
//! not match any more. Readers do not wait, and other writers wait for a batch at most.

use crate::{
    domain::{
        audit::{AuditAction, AuditSource, NewAuditEvent},
        filter::{Filter, SessionCondition, SessionFilter},
        time::Clock,
        viewer::AccountId,
    },
    error::{Error, Outage, Result},
    store::Store,
};

/// The maximum number of sessions of a batch.
const BATCH: u32 = 500;

/// What is done with sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovalKind {
    /// They are deleted. Only their numbers stay, so that no import stores them again.
    Delete,
    /// Their texts, links and custom fields are cleared. Times, counts and the technician stay.
    Anonymize,
}

/// A removal of sessions of an account.
#[derive(Clone, Debug)]
pub struct Removal {
    /// The database.
    pub store: Store,
    /// The account.
    pub account: AccountId,
    /// What is done.
    pub kind: RemovalKind,
    /// Who removes them, for the audit.
    pub source: AuditSource,
    /// The source of the time of a change.
    pub clock: Clock,
}

/// The result of a removal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RemovalCounts {
    /// The number of sessions that match. Sessions that are anonymized already do not match an anonymization.
    pub matched: u64,
    /// The number of sessions that were removed, or would be.
    pub removed: u64,
    /// The number of sessions that match and are held. They are not removed.
    pub held: u64,
}

impl Removal {
    /// Counts what the removal would do.
    ///
    /// # Errors
    /// When the filter does not restrict the sessions, or the database fails.
    pub async fn count(&self, filter: &SessionFilter) -> Result<RemovalCounts> {
        if filter.has_search() {
            self.store.check_search(self.account).await?;
        }
        let filter = self.filter(filter)?;
        let reads = self.store.primary_reads();
        let matched = reads.session_count(self.account, &filter).await?;
        let held = Filter::All(vec![filter, Filter::Is(SessionCondition::Held)]);
        let held = reads.session_count(self.account, &held).await?;
        Ok(RemovalCounts { matched, removed: matched.saturating_sub(held), held })
    }

    /// Removes the sessions, and writes an event of the audit. `progress` gets the number of removed sessions after
    /// each batch. What was removed before a failure stays removed.
    ///
    /// # Errors
    /// When the filter does not restrict the sessions, or the database fails.
    pub async fn run(
        &self,
        filter: &SessionFilter,
        mut progress: impl FnMut(u64),
    ) -> Result<RemovalCounts> {
        let generation = self.store.generation();
        let RemovalCounts { matched, held, .. } = self.count(filter).await?;
        let action = match self.kind {
            RemovalKind::Delete => AuditAction::Delete,
            RemovalKind::Anonymize => AuditAction::Anonymize,
        };
        let fields = filter.field_names();
        let event =
            NewAuditEvent { fields, matched, held, ..NewAuditEvent::new(self.source, action) };
        let event = self.store.begin_event(self.account, &event, self.clock.now()).await?;
        let not_held = Filter::Is(SessionCondition::Held).negate();
        let filter = Filter::All(vec![self.filter(filter)?, not_held]);
        let mut after = None;
        loop {
            if self.store.generation() != generation {
                // The number of the account may mean another account there.
                let replaced = "the file of the database was replaced during a removal";
                return Err(Error::unavailable(Outage::Unreachable, replaced));
            }
            let reads = self.store.primary_reads();
            let found = reads.matching_sessions(self.account, &filter, after, BATCH).await?;
            let is_last = found.next.is_none();
            let (filter, ids) = (&filter, &found.ids);
            let remove = move || self.remove(filter, ids, event, is_last);
            let removed = self.store.retry_write(remove).await?;
            progress(removed);
            if is_last {
                return Ok(RemovalCounts { matched, removed, held });
            }
            after = found.next;
        }
    }

    /// Removes those of these sessions that match: one may have changed since it was found. Returns how many the
    /// removal has removed in all.
    async fn remove(
        &self,
        filter: &SessionFilter,
        ids: &[i64],
        event: i64,
        is_last: bool,
    ) -> Result<u64> {
        let mut batch = self.store.batch(self.account).await?;
        let ids = batch.matching(ids, filter).await?;
        let now = self.clock.now();
        let changed_at = batch.time_of_change(now);
        match self.kind {
            RemovalKind::Delete => batch.delete(&ids, changed_at).await?,
            RemovalKind::Anonymize => batch.anonymize(&ids, changed_at).await?,
        }
        batch.count_changes(event, ids.len() as u64).await?;
        if is_last {
            batch.end_event(event, None, now).await?;
        }
        let removed = batch.changes_of(event).await?;
        batch.commit().await?;
        Ok(removed)
    }

    /// The sessions to remove: those that match, without those that are anonymized already.
    fn filter(&self, filter: &SessionFilter) -> Result<SessionFilter> {
        if !filter.is_restricted() {
            return Err(Error::input(
                "The filter matches all sessions. A removal needs a filter that restricts them.",
            ));
        }
        let anonymized = Filter::Is(SessionCondition::Anonymized);
        Ok(match self.kind {
            RemovalKind::Delete => filter.clone(),
            RemovalKind::Anonymize => Filter::All(vec![filter.clone(), anonymized.negate()]),
        })
    }
}
