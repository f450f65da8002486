//! Where reads go, and what becomes of one whose host goes away.

use std::{collections::BTreeMap, fmt, sync::Arc};

use sea_orm::{
    DbBackend, FromQueryResult, QueryResult, Statement,
    sea_query::{Asterisk, Expr, Func, SelectStatement},
};

use super::{Rows, Store, host::Host, hosts::Hosts, kept};
use crate::error::{Error, Result};

/// Where reads go: to whichever connection is free, of the first host that is up, or all to one
/// snapshot.
#[derive(Clone, Debug)]
pub struct Reads(Source);

#[derive(Clone, Debug)]
enum Source {
    Pool {
        hosts: Arc<Hosts>,
        /// Which replica is this one's first.
        turn: usize,
        /// The place in the order of the hosts to begin at.
        place: usize,
    },
    Snapshot(Arc<Snapshot>),
}

/// A state of one host.
struct Snapshot {
    hosts: Arc<Hosts>,
    host: Arc<Host>,
    state: kept::Snapshot,
}

impl Store {
    /// Reads that each see the state of their own moment. A replica's may be a moment late.
    pub fn reads(&self) -> Reads {
        self.from(0)
    }

    /// Reads that see all that was written before, since no replica is asked.
    pub fn primary_reads(&self) -> Reads {
        self.from(self.hosts.replicas())
    }

    /// Whether reads may be a moment late.
    pub(super) fn has_replicas(&self) -> bool {
        self.hosts.replicas() > 0
    }

    fn from(&self, place: usize) -> Reads {
        Reads(Source::Pool { turn: self.hosts.turn(), hosts: self.hosts.clone(), place })
    }

    /// Hands every statement that reads to a listener, with its values, which may be personal
    /// data: for tests that look at how the database goes about it.
    pub fn watch_reads(&self, listener: impl Fn(&Statement) + Send + Sync + 'static) {
        self.hosts.watch(Box::new(listener));
    }

    /// Reads that all see one state, that of the first of them, however long they take. They hold
    /// neither a writer up nor other readers, who have connections of their own. Where the host
    /// goes away, they end.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn snapshot(&self) -> Result<Reads> {
        let mut search = self.hosts.search(self.hosts.turn(), 0);
        loop {
            let host = search.host()?;
            match host.watch(host.exports.snapshot()).await {
                Ok(state) => {
                    let (hosts, host) = (self.hosts.clone(), host.clone());
                    return Ok(Reads(Source::Snapshot(Arc::new(Snapshot { hosts, host, state }))));
                }
                Err(failure) => search.pass(failure).await?,
            }
        }
    }
}

impl Reads {
    pub(super) fn backend(&self) -> DbBackend {
        match &self.0 {
            Source::Pool { hosts, .. } => hosts.backend(),
            Source::Snapshot(snapshot) => snapshot.hosts.backend(),
        }
    }

    pub(super) async fn rows(&self, select: &SelectStatement) -> Result<Rows> {
        Ok(Rows(self.all(select).await?))
    }

    pub(super) async fn one<T: FromQueryResult>(
        &self,
        select: &SelectStatement,
    ) -> Result<Option<T>> {
        let row = self.all(select).await?.into_iter().next();
        Ok(row.map(|row| T::from_query_result(&row, "")).transpose()?)
    }

    /// Runs a select whose one column is a count.
    pub(super) async fn count(&self, select: &mut SelectStatement) -> Result<u64> {
        select.expr(Func::count(Expr::col(Asterisk)));
        let rows = self.all(select).await?;
        let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))?;
        Ok(count.unsigned_abs())
    }

    /// Runs a select of a key and a count.
    pub(super) async fn counts(&self, select: &SelectStatement) -> Result<BTreeMap<i64, u64>> {
        let rows = self.all(select).await?;
        let pairs = rows.iter().map(|row| {
            let count: i64 = row.try_get_by_index(1)?;
            Ok((row.try_get_by_index(0)?, count.unsigned_abs()))
        });
        pairs.collect::<Result<_, sea_orm::DbErr>>().map_err(Error::from)
    }

    /// Runs a select on the first host that answers.
    async fn all(&self, select: &SelectStatement) -> Result<Vec<QueryResult>> {
        let (hosts, turn, place) = match &self.0 {
            Source::Pool { hosts, turn, place } => (hosts, *turn, *place),
            Source::Snapshot(snapshot) => return snapshot.all(select).await,
        };
        let mut search = hosts.search(turn, place);
        loop {
            let host = search.host()?;
            let statement = hosts.statement(select);
            match host.watch(host.reads.all(statement)).await {
                Ok(rows) => return Ok(rows),
                Err(failure) => search.pass(failure).await?,
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
    async fn all(&self, select: &SelectStatement) -> Result<Vec<QueryResult>> {
        Ok(self.host.watch(self.state.all(self.hosts.statement(select))).await?)
    }
}
