//! Single reads and read transactions, and their failover to another host.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use sea_orm::{
    DbBackend, Statement,
    sea_query::{Asterisk, Expr, Func, SelectStatement},
};

use tokio::time::Instant;

use super::{
    cluster::{
        Account, Failover, Host, Hosts, ReadPool, ReadStatement, ReadTransaction, Row, Rows,
    },
    database::Store,
    memory::Reservation,
    search_plans::SearchPlans,
};
use crate::{domain::viewer::AccountId, error::Result};

/// Where reads go: each to a free connection of the first host that is up, or all to one snapshot.
#[derive(Clone, Debug)]
pub struct Reads {
    source: Source,
    memory: Option<Reservation>,
    /// How the latest searches are done.
    pub(super) search_plans: SearchPlans,
}

#[derive(Clone, Debug)]
enum Source {
    Pool {
        hosts: Arc<Hosts>,
        /// The replica to try first.
        first_replica: usize,
        /// The position in the order of the hosts to begin at.
        position: usize,
    },
    Host {
        hosts: Arc<Hosts>,
        host: Arc<Host>,
    },
    Snapshot(Arc<Snapshot>),
}

/// Builds a statement, once for each attempt to run it.
pub(super) type BuildStatement<'a> = &'a (dyn Fn(DbBackend) -> ReadStatement + Sync);

/// A read transaction on one host.
struct Snapshot {
    hosts: Arc<Hosts>,
    host: Arc<Host>,
    transaction: ReadTransaction,
}

impl Store {
    /// Reads that each see the state of their own moment. Replicas are read first, and may lag.
    pub fn reads(&self) -> Reads {
        self.reads_from(0)
    }

    /// Reads that see all earlier writes, because they use no replica.
    pub fn primary_reads(&self) -> Reads {
        self.reads_from(self.hosts().replicas())
    }

    /// Whether reads may lag behind writes.
    pub(super) fn has_replicas(&self) -> bool {
        self.hosts().replicas() > 0
    }

    fn reads_from(&self, position: usize) -> Reads {
        let hosts = self.hosts();
        let first_replica = hosts.next_replica();
        let source = Source::Pool { hosts, first_replica, position };
        Reads { source, memory: None, search_plans: self.search_plans.clone() }
    }

    /// Reads that all see one state, that of the first of them, however long they take. They block
    /// no writer. They use the connections for exports, for one of which they wait for at most this
    /// time, and fail when their host goes down.
    ///
    /// # Errors
    /// When the time is over, or the database cannot be reached.
    pub async fn snapshot(&self, account: AccountId, longest: Duration) -> Result<Reads> {
        self.begin_snapshot(account, Some(longest), |host| &host.exports).await
    }

    /// Reads that all see one state, for an answer that is made at once. They use the connections for
    /// single reads.
    ///
    /// # Errors
    /// When no connection is free for a long time, or the database cannot be reached.
    pub async fn short_snapshot(&self, account: AccountId) -> Result<Reads> {
        self.begin_snapshot(account, None, |host| &host.reads).await
    }

    async fn begin_snapshot(
        &self,
        account: AccountId,
        longest: Option<Duration>,
        pool: fn(&Host) -> &ReadPool,
    ) -> Result<Reads> {
        let hosts = self.hosts();
        let failover = Failover::new(&hosts, hosts.next_replica(), 0);
        let source = begin_snapshot(&hosts, failover, account, longest, pool).await?;
        Ok(Reads { source, memory: None, search_plans: self.search_plans.clone() })
    }
}

/// Begins a read transaction on the first host that answers.
async fn begin_snapshot(
    hosts: &Arc<Hosts>,
    mut failover: Failover<'_>,
    account: AccountId,
    longest: Option<Duration>,
    pool: fn(&Host) -> &ReadPool,
) -> Result<Source> {
    let start = Instant::now();
    loop {
        let host = failover.host()?;
        let begin = async {
            let rest = longest.map(|longest| longest.saturating_sub(start.elapsed()));
            let permit = host.permit(pool(host), Some(account), rest).await?;
            host.while_up(pool(host).begin(permit)).await
        };
        match begin.await {
            Ok(transaction) => {
                let (hosts, host) = (hosts.clone(), host.clone());
                let snapshot = Snapshot { hosts, host, transaction };
                return Ok(Source::Snapshot(Arc::new(snapshot)));
            }
            Err(failure) => failover.try_next(host, failure).await?,
        }
    }
}

impl Reads {
    /// The same reads, which all see one state.
    ///
    /// # Errors
    /// When no connection is free for a long time, or the database cannot be reached.
    pub async fn short_snapshot(&self, account: AccountId) -> Result<Self> {
        let Source::Pool { hosts, first_replica, position } = &self.source else {
            return Ok(self.clone());
        };
        let failover = Failover::new(hosts, *first_replica, *position);
        let source = begin_snapshot(hosts, failover, account, None, |host| &host.reads).await?;
        Ok(Self { source, ..self.clone() })
    }

    /// Runs reads that each see the state of their own moment, all of them on the first host that answers: a later
    /// one sees whatever an earlier one saw. They fail over together.
    ///
    /// # Errors
    /// When they fail, or the database cannot be reached.
    pub(super) async fn on_one_host<T, F: Future<Output = Result<T>>>(
        &self,
        run: impl Fn(Self) -> F,
    ) -> Result<T> {
        let Source::Pool { hosts, first_replica, position } = &self.source else {
            return run(self.clone()).await;
        };
        let mut failover = Failover::new(hosts, *first_replica, *position);
        loop {
            let host = failover.host()?;
            let source = Source::Host { hosts: hosts.clone(), host: host.clone() };
            match run(Self { source, ..self.clone() }).await {
                Ok(value) => return Ok(value),
                Err(failure) => failover.try_next(host, failure).await?,
            }
        }
    }

    /// Whether there is only one host, which has all that was ever committed.
    pub(super) fn has_one_host(&self) -> bool {
        self.hosts().all().len() == 1
    }

    /// The same reads, whose rows take memory of this answer.
    pub fn with_memory(self, memory: Reservation) -> Self {
        Self { memory: Some(memory), ..self }
    }

    /// The memory that the rows take.
    pub fn memory(&self) -> Option<&Reservation> {
        self.memory.as_ref()
    }

    /// How often the file of the database had been opened again when these reads began.
    pub fn generation(&self) -> u64 {
        self.hosts().generation()
    }

    /// These reads, if they are of this generation of the file. Otherwise reads that all fail, as while
    /// no database answers: what the caller knows of accounts is of another file.
    pub fn of_generation(self, generation: u64) -> Self {
        if self.generation() == generation {
            return self;
        }
        let (hosts, position) = (self.hosts().clone(), usize::MAX);
        Self { source: Source::Pool { hosts, first_replica: 0, position }, ..self }
    }

    /// These reads, without replicas: they see all earlier writes.
    pub fn on_primary(&self) -> Self {
        let Source::Pool { hosts, first_replica, position } = &self.source else {
            return self.clone();
        };
        let (hosts, first_replica) = (hosts.clone(), *first_replica);
        let position = (*position).max(hosts.replicas());
        let source = Source::Pool { hosts, first_replica, position };
        Self { source, ..self.clone() }
    }

    fn hosts(&self) -> &Arc<Hosts> {
        match &self.source {
            Source::Pool { hosts, .. } | Source::Host { hosts, .. } => hosts,
            Source::Snapshot(snapshot) => &snapshot.hosts,
        }
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.hosts().backend()
    }

    /// The name of the database.
    pub fn database_name(&self) -> &'static str {
        match self.backend() {
            DbBackend::Postgres => "PostgreSQL",
            DbBackend::MySql => "MariaDB or MySQL",
            _ => "SQLite",
        }
    }

    /// Runs a select of an account's history.
    pub(super) async fn rows(&self, account: AccountId, select: &SelectStatement) -> Result<Rows> {
        self.all(Some(account), &|backend| backend.build(select).into()).await
    }

    /// Runs a statement that reads an account's history.
    pub(super) async fn statement_rows(
        &self,
        account: AccountId,
        build: &(dyn Fn(DbBackend) -> Statement + Sync),
    ) -> Result<Rows> {
        self.all(Some(account), &|backend| build(backend).into()).await
    }

    /// Runs a select of rows that are not of an account's history.
    pub(super) async fn internal_rows(&self, select: &SelectStatement) -> Result<Rows> {
        self.all(None, &|backend| backend.build(select).into()).await
    }

    /// Makes a value of the row of a select that is not of an account's history.
    pub(super) async fn one<T>(
        &self,
        select: &SelectStatement,
        from_row: impl FnOnce(Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        self.internal_rows(select).await?.get(0).map(from_row).transpose()
    }

    /// Runs a select whose one column is a count.
    pub(super) async fn count(
        &self,
        account: Account,
        select: &mut SelectStatement,
    ) -> Result<u64> {
        select.expr(Func::count(Expr::col(Asterisk)));
        let select = &*select;
        let rows = self.all(account, &|backend| backend.build(select).into()).await?;
        Ok(rows.get(0).map_or(Ok(0), |row| row.i64(0))?.unsigned_abs())
    }

    /// Runs a select of a key and a count.
    pub(super) async fn counts(
        &self,
        account: AccountId,
        select: &SelectStatement,
    ) -> Result<BTreeMap<i64, u64>> {
        let rows = self.rows(account, select).await?;
        rows.iter().map(|row| Ok((row.i64(0)?, row.i64(1)?.unsigned_abs()))).collect()
    }

    /// Runs a select, unless the answer that its rows are for was refused.
    pub(super) async fn all(&self, account: Account, build: BuildStatement<'_>) -> Result<Rows> {
        let rows = self.all_rows(account, build).await;
        match self.memory().and_then(Reservation::refusal) {
            Some(refusal) => Err(refusal),
            None => rows,
        }
    }

    /// Runs a select on the first host that answers. An account has its share of the connections.
    async fn all_rows(&self, account: Account, build: BuildStatement<'_>) -> Result<Rows> {
        let (hosts, first_replica, position) = match &self.source {
            Source::Pool { hosts, first_replica, position } => (hosts, *first_replica, *position),
            Source::Host { hosts, host } => {
                let rows = host.reads.all(account, build(hosts.backend()), self.memory());
                return Ok(host.while_up(rows).await?);
            }
            Source::Snapshot(snapshot) => return snapshot.rows(build, self.memory()).await,
        };
        let mut failover = Failover::new(hosts, first_replica, position);
        loop {
            let host = failover.host()?;
            let statement = build(hosts.backend());
            match host.while_up(host.reads.all(account, statement, self.memory())).await {
                Ok(rows) => return Ok(rows),
                Err(failure) => failover.try_next(host, failure).await?,
            }
        }
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Snapshot").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Snapshot {
    async fn rows(&self, build: BuildStatement<'_>, memory: Option<&Reservation>) -> Result<Rows> {
        let statement = build(self.hosts.backend());
        Ok(self.host.while_up(self.transaction.all(statement, memory)).await?)
    }
}
