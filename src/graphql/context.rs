//! What the fields of a request may use.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::limits::Limits;
use crate::{
    domain::{
        account_size::AccountSize,
        time::{Clock, Timestamp},
        viewer::{Scope, Viewer},
    },
    error::{Code, Error, Result},
    store::{Reads, Store, account_size::AccountSizes},
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

/// What the mutations of a request write with.
#[derive(Clone, Copy, Debug)]
pub struct Writes<'a> {
    /// The database.
    pub store: &'a Store,
    /// The source of the time of a change.
    pub clock: Clock,
    /// The number of the key, for the audit.
    pub key: i64,
    /// The generation of the database file that has the account.
    pub generation: u64,
    /// The account writes once at a time, so that it leaves connections to other accounts.
    pub slot: &'a Arc<Semaphore>,
    /// The account removes sessions once at a time.
    pub removal_slot: &'a Arc<Semaphore>,
    /// The changes in progress.
    pub running: &'a TaskTracker,
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

    /// Checks that the caller has a scope.
    ///
    /// # Errors
    /// When there is no valid key, or it does not have the scope.
    pub(super) fn check_scope(&self, scope: Scope) -> Result<()> {
        match self.viewer()?.may(scope) {
            true => Ok(()),
            false => Err(Error::client(
                Code::Forbidden,
                format!("This key does not have the scope '{}'.", scope.as_str()),
            )),
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
        self.check_scope(Scope::Read)?;
        self.viewer()
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
