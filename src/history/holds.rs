//! Holds: sessions that no removal and no retention removes.

use entity::hold;

use crate::{
    domain::{
        audit::{AuditAction, AuditSource, NewAuditEvent},
        filter::SessionFilter,
        name::parse_name,
        time::Clock,
        viewer::AccountId,
    },
    error::Result,
    store::Store,
};

/// The holds of an account.
#[derive(Clone, Debug)]
pub struct Holds {
    /// The database.
    pub store: Store,
    /// The account.
    pub account: AccountId,
    /// Who holds and releases, for the audit.
    pub source: AuditSource,
    /// The source of the time.
    pub clock: Clock,
}

impl Holds {
    /// Holds the sessions that match a filter now, all of them or, on an error, none. Sessions that match later are
    /// not held. A session can have several holds.
    ///
    /// # Errors
    /// When the reason is no name (see [`parse_name`]), or the database fails.
    pub async fn add(&self, filter: &SessionFilter, reason: &str) -> Result<hold::Model> {
        let reason = parse_name("The reason of a hold", reason)?;
        if filter.has_search() {
            self.store.check_search(self.account).await?;
        }
        self.store.retry_write(move || self.add_once(filter, reason)).await
    }

    async fn add_once(&self, filter: &SessionFilter, reason: &str) -> Result<hold::Model> {
        let (batch, now) = (self.store.batch(self.account).await?, self.clock.now());
        let hold = batch.hold(filter, reason, now).await?;
        let held = hold.sessions.unsigned_abs();
        let event = NewAuditEvent {
            fields: filter.field_names(),
            subject: Some(hold.id),
            matched: held,
            held,
            ..NewAuditEvent::new(self.source, AuditAction::Hold)
        };
        batch.log_event(&event, now).await?;
        batch.commit().await?;
        Ok(hold)
    }

    /// Releases a hold. Returns it, or none if there is no such hold, or it was released before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release(&self, id: i64) -> Result<Option<hold::Model>> {
        self.store.retry_write(move || self.release_once(id)).await
    }

    async fn release_once(&self, id: i64) -> Result<Option<hold::Model>> {
        let (batch, now) = (self.store.batch(self.account).await?, self.clock.now());
        let Some(hold) = batch.release_hold(id, now).await? else { return Ok(None) };
        let event = NewAuditEvent {
            subject: Some(id),
            matched: hold.sessions.unsigned_abs(),
            ..NewAuditEvent::new(self.source, AuditAction::ReleaseHold)
        };
        batch.log_event(&event, now).await?;
        batch.commit().await?;
        Ok(Some(hold))
    }
}
