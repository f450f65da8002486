//! The retention of accounts: sessions that started earlier are deleted.

use super::removal::{Removal, RemovalCounts, RemovalKind};
use crate::{
    domain::{
        audit::AuditSource,
        filter::{Comparison, Filter, SessionCondition, SessionTime},
        time::{Clock, duration::CalendarDuration},
        viewer::AccountId,
    },
    error::Result,
    store::{Store, scrub::Scrub},
};

/// Deletes the sessions of all accounts with a retention that started before it, except those that are held.
/// Returns the number of deleted sessions.
///
/// # Errors
/// When the database fails. What was deleted before stays deleted.
pub async fn apply_retention(store: &Store, clock: Clock) -> Result<u64> {
    let mut deleted = 0;
    for account in store.accounts().await? {
        let months = account.retention_months.and_then(CalendarDuration::of_months);
        let Some(retention) = months else { continue };
        let start = clock.now().back_by(retention);
        let filter =
            Filter::Is(SessionCondition::Time(SessionTime::StartedAt, Comparison::Lt, start));
        let removal = Removal {
            store: store.clone(),
            account: AccountId(account.id),
            kind: RemovalKind::Delete,
            source: AuditSource::Retention,
            clock,
        };
        // A day without expired sessions is no event.
        if removal.count(&filter).await?.removed > 0 {
            let RemovalCounts { removed, .. } = removal.run(&filter, |_| ()).await?;
            deleted += removed;
        }
    }
    if deleted > 0 {
        store.scrub(Scrub::Quick).await?;
    }
    Ok(deleted)
}
