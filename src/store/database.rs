//! The opened database.

use std::sync::{Arc, PoisonError, RwLock};

use super::{
    change_watch::ChangeWatch,
    cluster::{self, HostUsage, Hosts, Observer, Options},
    search_plans::SearchPlans,
};
use crate::error::Result;

/// The opened database: one host or several, each with connections for reads, for exports and for
/// writes. Clones share them.
#[derive(Clone, Debug)]
pub struct Store {
    /// They change when the file of an embedded database is opened again.
    pub(super) current: Arc<RwLock<Arc<Hosts>>>,
    /// Who follows the change feed.
    pub(super) changes: ChangeWatch,
    /// How the latest searches are done.
    pub(super) search_plans: SearchPlans,
}

impl Store {
    /// Opens the database. Makes the file of an SQLite database, and waits for a server.
    ///
    /// # Errors
    /// When the URLs are wrong, or the database cannot be used.
    pub async fn connect(options: &Options) -> Result<Self> {
        Ok(Self::of(cluster::connect(options).await?))
    }

    pub(super) fn of(hosts: Hosts) -> Self {
        let current = Arc::new(RwLock::new(hosts.into()));
        Self { current, changes: ChangeWatch::default(), search_plans: SearchPlans::default() }
    }

    /// The hosts that are in use now.
    pub(super) fn hosts(&self) -> Arc<Hosts> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often the file of the database was opened again. What is remembered of one generation, such
    /// as the number of an account, means nothing in another.
    pub fn generation(&self) -> u64 {
        self.hosts().generation()
    }

    /// Whether any host of the database answers.
    ///
    /// # Errors
    /// When no host does.
    pub async fn ping(&self) -> Result<()> {
        self.hosts().ping().await
    }

    /// Adds an observer, which gets all later events.
    pub fn observe(&self, observer: Observer) {
        self.hosts().observers.add(observer, true);
    }

    /// Adds an observer that does not take the values of statements, which are then not copied.
    pub fn observe_without_values(&self, observer: Observer) {
        self.hosts().observers.add(observer, false);
    }

    /// The state of each host of the database: replicas first, each in the order of the settings.
    pub fn host_usage(&self) -> Vec<HostUsage> {
        self.hosts().usage()
    }

    /// Closes all connections that are not in use, and refuses new ones. The last connection to an
    /// SQLite file writes the write-ahead log into the file.
    pub async fn close(&self) {
        self.hosts().close().await;
    }
}
