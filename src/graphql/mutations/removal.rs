//! Removals and holds.

use crate::{
    domain::{audit::AuditSource, filter::SessionFilter, time::Clock, viewer::AccountId},
    error::{Error, Result},
    history::{
        holds::Holds,
        removal::{Removal, RemovalCounts, RemovalKind},
    },
    store::{
        Store,
        scrub::Scrub,
        table::{HoldResult, RemovalResult},
    },
};

/// A removal of sessions.
#[derive(Debug)]
pub(in crate::graphql) struct RemovalRequest {
    pub(in crate::graphql) kind: RemovalKind,
    pub(in crate::graphql) filter: SessionFilter,
    /// The sessions are only counted.
    pub(in crate::graphql) dry_run: bool,
}

/// A change of holds.
#[derive(Debug)]
pub(in crate::graphql) enum HoldRequest {
    /// Holds the sessions that match, for a reason.
    Add(SessionFilter, String),
    /// Releases the hold with this number.
    Release(i64),
}

/// The account that is changed, and what it is changed with.
pub(super) struct Target {
    pub(super) store: Store,
    pub(super) account: AccountId,
    pub(super) source: AuditSource,
    pub(super) clock: Clock,
}

pub(super) async fn remove(target: Target, request: &RemovalRequest) -> Result<RemovalResult> {
    let Target { store, account, source, clock } = target;
    let RemovalRequest { kind, filter, dry_run } = request;
    let removal = Removal { store, account, kind: *kind, source, clock };
    let counts = match dry_run {
        true => removal.count(filter).await?,
        false => {
            let counts = removal.run(filter, |_| ()).await?;
            // What an earlier request removed may remain too.
            removal.store.scrub(Scrub::Quick).await?;
            counts
        }
    };
    let RemovalCounts { matched, removed, held } = counts;
    Ok(RemovalResult { matched, removed, held, dry_run: *dry_run })
}

pub(super) async fn hold(target: Target, request: &HoldRequest) -> Result<HoldResult> {
    let Target { store, account, source, clock } = target;
    let holds = Holds { store, account, source, clock };
    let hold = match request {
        HoldRequest::Add(filter, reason) => holds.add(filter, reason).await?,
        HoldRequest::Release(id) => {
            let hold = holds.release(*id).await?;
            hold.ok_or_else(|| Error::input(format!("There is no hold {id} in force.")))?
        }
    };
    Ok(HoldResult {
        id: hold.id,
        reason: hold.reason,
        sessions: hold.sessions,
        created_at: hold.created_at,
        released_at: hold.released_at,
    })
}
