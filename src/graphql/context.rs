//! What the fields of a request may use.

use std::sync::Arc;

use super::limits::Limits;
use crate::{
    domain::{
        account_size::AccountSize,
        time::{Clock, Timestamp},
        viewer::{Scope, Viewer},
    },
    error::{Code, Error, Result},
    store::{Reads, account_size::AccountSizes},
};

/// One request: its caller, the reads that answer it, and its limits.
pub struct RequestContext {
    viewer: Option<Arc<Viewer>>,
    reads: Reads,
    limits: Arc<Limits>,
    budget: Budget,
    account_sizes: AccountSizes,
    clock: Clock,
}

/// What a caller may spend. None is no limit.
pub type Budget = Option<Arc<dyn CostBudget>>;

/// A limit of the cost of a caller's requests.
pub trait CostBudget: Send + Sync {
    /// Spends the cost of a request.
    ///
    /// # Errors
    /// When the caller has spent too much.
    fn spend(&self, cost: u64) -> Result<()>;
}

impl RequestContext {
    /// A request of this caller.
    pub fn new(
        viewer: Option<Arc<Viewer>>,
        reads: Reads,
        limits: Arc<Limits>,
        budget: Budget,
        account_sizes: AccountSizes,
        clock: Clock,
    ) -> Self {
        Self { viewer, reads, limits, budget, account_sizes, clock }
    }

    /// The time now.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Checks that the caller has a scope beside that of reading.
    ///
    /// # Errors
    /// When it does not.
    pub(super) fn check_admin(&self) -> Result<()> {
        match self.reader()?.may(Scope::Admin) {
            true => Ok(()),
            false => {
                Err(Error::client(Code::Forbidden, "This key does not have the scope 'admin'."))
            }
        }
    }

    /// The size of the caller's account, as it was a while ago, if it is known.
    pub(super) async fn account_size(&self) -> Option<AccountSize> {
        self.account_sizes.size(self.viewer.as_ref()?.account).await
    }

    /// The caller, who may read.
    ///
    /// # Errors
    /// When there is no valid key, or it does not allow reading.
    pub fn reader(&self) -> Result<&Viewer> {
        let viewer = self.viewer()?;
        if viewer.may(Scope::Read) {
            Ok(viewer)
        } else {
            Err(Error::client(Code::Forbidden, "This key does not have the scope 'read'."))
        }
    }

    /// The caller, with any scopes.
    ///
    /// # Errors
    /// When there is no valid key.
    pub fn viewer(&self) -> Result<&Viewer> {
        self.viewer.as_deref().ok_or_else(Error::no_key)
    }

    /// Reads of the history.
    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// What the caller may spend.
    pub(super) fn budget(&self) -> Option<&dyn CostBudget> {
        self.budget.as_deref()
    }

    /// The limits of the request.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}
