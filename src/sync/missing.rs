//! Sessions that a source does not have any more.
//!
//! A session that is stored and is not in the whole answer of its range may have another start now. So the source is asked
//! for it by its number, and only a session that it does not know then is missing.

use std::collections::{BTreeMap, BTreeSet};

use super::window::WholeAnswer;
use crate::{
    domain::{
        audit::AuditSource,
        filter::{Filter, SessionCondition},
        session::StartMethod,
        sync::TimeRange,
        time::Timestamp,
    },
    error::Result,
    history::{
        removal::{Removal, RemovalCounts, RemovalKind},
        writer::Writer,
    },
    store::sync::{SourceId, started_in},
};

/// How many sessions are read at once.
const PAGE: u32 = 1_000;
/// How many sessions are removed at once.
const REMOVED_AT_ONCE: usize = 500;

/// The sessions that were not found, and whether the source was asked for each since the start.
pub(super) struct MissingSessions {
    of: SourceId,
    asked: BTreeMap<i64, bool>,
}

impl MissingSessions {
    /// What is stored. With `all`, the source is asked for all of them again.
    pub(super) async fn load(writer: &Writer, of: SourceId, all: bool) -> Result<Self> {
        let stored = writer.store.missing_sessions(of).await?;
        let asked = stored.into_iter().map(|it| (it.id, it.is_confirmed && !all)).collect();
        Ok(Self { of, asked })
    }

    /// Compares the whole answer of a range with what is stored of it.
    pub(super) async fn compare(
        &mut self,
        writer: &Writer,
        method: StartMethod,
        range: TimeRange,
        answer: &WholeAnswer,
        now: Timestamp,
    ) -> Result<()> {
        let present: Vec<_> =
            self.asked.keys().filter(|id| answer.ids.contains(id)).copied().collect();
        let mut missing = BTreeSet::new();
        // A rejected record may be of any session.
        if answer.rejected == 0 {
            let filter = Filter::All(started_in(method, range));
            let mut after = None;
            loop {
                let reads = writer.store.primary_reads();
                let page = reads.matching_sessions(writer.account, &filter, after, PAGE).await?;
                let unknown = |id: &i64| !answer.ids.contains(id) && !self.asked.contains_key(id);
                missing.extend(page.ids.into_iter().filter(unknown));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        if present.is_empty() && missing.is_empty() {
            return Ok(());
        }
        let missing = Vec::from_iter(missing);
        writer.store.save_missing(self.of, &missing, &present, now).await?;
        self.asked.retain(|id, _| !present.contains(id));
        self.asked.extend(missing.into_iter().map(|id| (id, false)));
        Ok(())
    }

    /// A session for which the source is to be asked.
    pub(super) fn next(&self) -> Option<i64> {
        self.asked.iter().find(|(_, asked)| !**asked).map(|(id, _)| *id)
    }

    /// Notes what the source answered to the question for a session: whether it has it.
    pub(super) async fn confirm(
        &mut self,
        writer: &Writer,
        id: i64,
        is_present: bool,
        now: Timestamp,
    ) -> Result<()> {
        if is_present {
            self.asked.remove(&id);
            return writer.store.save_missing(self.of, &[], &[id], now).await;
        }
        self.asked.insert(id, true);
        writer.store.confirm_missing(self.of, id, now).await
    }

    /// Removes the sessions that the source does not have, except those that are held.
    pub(super) async fn remove(&mut self, writer: &Writer) -> Result<RemovalCounts> {
        let confirmed = self.asked.iter().filter(|(_, asked)| **asked).map(|(id, _)| *id);
        let confirmed: Vec<_> = confirmed.collect();
        let mut counts = RemovalCounts::default();
        let removal = Removal {
            store: writer.store.clone(),
            account: writer.account,
            kind: RemovalKind::Delete,
            source: AuditSource::Sync,
            clock: writer.clock,
        };
        for ids in confirmed.chunks(REMOVED_AT_ONCE) {
            let filter = Filter::Is(SessionCondition::Id(ids.to_vec()));
            if removal.count(&filter).await?.removed > 0 {
                let RemovalCounts { matched, removed, held } = removal.run(&filter, |_| ()).await?;
                counts.matched += matched;
                counts.removed += removed;
                counts.held += held;
            }
            // Those that are held are found again.
            writer.store.save_missing(self.of, &[], ids, writer.clock.now()).await?;
        }
        self.asked.retain(|_, asked| !*asked);
        Ok(counts)
    }
}
