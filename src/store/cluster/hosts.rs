//! The hosts of the database: replicas first, which are only read, then primaries, which are equal.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use sea_orm::DbBackend;

use super::{
    failure::none_up,
    fair_queue::PoolUsage,
    host::Host,
    observer::{Event, Observers},
    watched_file::WatchedFile,
};
use crate::error::Result;

/// The state of a host.
#[derive(Clone, Copy, Debug)]
pub struct HostUsage {
    /// Whether it is only read.
    pub is_replica: bool,
    /// Whether it is not known to be down.
    pub is_up: bool,
    /// The use of its pools, each with its name.
    pub pools: [(&'static str, PoolUsage); 2],
}

/// The hosts, in the order in which they are tried.
#[derive(Debug)]
pub(in crate::store) struct Hosts {
    backend: DbBackend,
    hosts: Box<[Arc<Host>]>,
    replicas: usize,
    next_replica: AtomicUsize,
    /// How many files were open before this one. Account numbers of one generation mean nothing in
    /// another.
    generation: u64,
    pub(in crate::store) observers: Observers,
}

impl Hosts {
    /// Replicas, and at least one primary.
    pub(super) fn new(
        backend: DbBackend,
        replicas: Vec<Host>,
        primaries: Vec<Host>,
        observers: Observers,
    ) -> Self {
        let count = replicas.len();
        let hosts = replicas.into_iter().chain(primaries).map(Arc::new).collect();
        let next_replica = AtomicUsize::new(0);
        Self { backend, hosts, replicas: count, next_replica, generation: 0, observers }
    }

    /// The hosts as those that come after others.
    pub(super) fn after(self, earlier: &Self) -> Self {
        Self { generation: earlier.generation + 1, ..self }
    }

    /// How many files were open before this one.
    pub(in crate::store) fn generation(&self) -> u64 {
        self.generation
    }

    /// The file of an embedded database.
    pub(in crate::store) fn file(&self) -> Option<&Arc<WatchedFile>> {
        self.hosts.first()?.file.as_ref()
    }

    /// The kind of database of all hosts.
    pub(in crate::store) fn backend(&self) -> DbBackend {
        self.backend
    }

    /// All hosts.
    pub(in crate::store) fn all(&self) -> &[Arc<Host>] {
        &self.hosts
    }

    /// The number of replicas, which is the position of the first primary.
    pub(in crate::store) fn replicas(&self) -> usize {
        self.replicas
    }

    /// The replica that the next read tries first. Each is the first in turn.
    pub(in crate::store) fn next_replica(&self) -> usize {
        if self.replicas > 1 { self.next_replica.fetch_add(1, Relaxed) } else { 0 }
    }

    /// The primary that is used now.
    ///
    /// # Errors
    /// When no primary is up.
    pub(in crate::store) fn primary(&self) -> Result<&Arc<Host>> {
        self.first_up(0, self.replicas).map(|(_, host)| host).ok_or_else(none_up)
    }

    /// The first host that is up from a position on, and its position.
    pub(super) fn first_up(
        &self,
        first_replica: usize,
        position: usize,
    ) -> Option<(usize, &Arc<Host>)> {
        (position..self.hosts.len()).find_map(|position| {
            let index = if position < self.replicas {
                first_replica.wrapping_add(position) % self.replicas
            } else {
                position
            };
            self.hosts.get(index).filter(|host| host.is_up()).map(|host| (position, host))
        })
    }

    /// Whether any host answers, within about a second.
    ///
    /// # Errors
    /// When no host does.
    pub(in crate::store) async fn ping(&self) -> Result<()> {
        let up = self.hosts.iter().filter(|host| host.is_up());
        let answers = futures_util::future::join_all(up.map(|host| host.probe())).await;
        if answers.contains(&true) { Ok(()) } else { Err(none_up()) }
    }

    /// The state of each host, in their order.
    pub(in crate::store) fn usage(&self) -> Vec<HostUsage> {
        let hosts = self.hosts.iter().enumerate();
        let usage = |(position, host): (usize, &Arc<Host>)| HostUsage {
            is_replica: position < self.replicas,
            is_up: host.is_up(),
            pools: [("reads", host.reads.usage()), ("exports", host.exports.usage())],
        };
        hosts.map(usage).collect()
    }

    /// Closes all connections that are not in use, and refuses new ones.
    pub(in crate::store) async fn close(&self) {
        for host in &self.hosts {
            host.close().await;
        }
    }

    /// Reports that something is tried again.
    pub(in crate::store) fn report_retry(&self, reason: &str) {
        self.observers.report(&Event::Retried { reason });
    }
}
