//! The overview of the database for an operator: its location and its contents.

use std::{fmt, path::PathBuf};

use entity::{account, session};
use sea_orm::{
    DbBackend,
    sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement},
};

use super::{cluster::Row, database::Store};
use crate::{
    domain::{time::Timestamp, viewer::AccountId},
    error::Result,
};

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// The whole path of an SQLite file.
    File(PathBuf),
    /// The name of a database on a server, and the server's address.
    Server(String),
}

/// The contents of the database, over all accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The number of accounts.
    pub accounts: u64,
    /// The number of sessions.
    pub sessions: u64,
    /// The start of the newest session.
    pub newest: Option<Timestamp>,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(formatter),
            Self::Server(server) => server.fmt(formatter),
        }
    }
}

impl Store {
    /// Returns where the database is, without any password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn location(&self) -> Result<Location> {
        let mut select = Query::select();
        let name = Alias::new("name");
        let hosts = self.hosts();
        match hosts.backend() {
            DbBackend::Sqlite => select
                .expr_as(Expr::col(Alias::new("file")), name.clone())
                .from(Alias::new("pragma_database_list"))
                .and_where(Expr::col(name).eq("main")),
            DbBackend::MySql => select.expr_as(Func::cust(Alias::new("DATABASE")), name),
            _ => select.expr_as(Func::cust(Alias::new("current_database")), name),
        };
        let found = self.primary_reads().one(&select, |row| row.string(0)).await?;
        let name = found.unwrap_or_default();
        if self.is_embedded() {
            return Ok(Location::File(name.into()));
        }
        let primaries = hosts.all().iter().skip(hosts.replicas());
        let addresses: Vec<_> = primaries.map(|host| host.address()).collect();
        Ok(Location::Server(format!("{name} at {}", addresses.join(", "))))
    }

    /// Counts the contents of the database, over all accounts, for its operator. The work grows with
    /// the number of sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overview(&self) -> Result<Overview> {
        let reads = self.reads();
        let accounts = reads.count(None, Query::select().from(account::Entity)).await?;
        let sessions = reads.count(None, Query::select().from(session::Entity)).await?;
        let newest =
            reads.one(&select_newest_of_all(self.hosts().backend()), newest_time).await?.flatten();
        Ok(Overview { accounts, sessions, newest })
    }

    /// Counts the sessions of an account. The work grows with their number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_count(&self, account: AccountId) -> Result<u64> {
        let mut select = Query::select();
        select.from(session::Entity);
        select.and_where(Expr::col(session::Column::AccountId).eq(account.0));
        self.primary_reads().count(Some(account), &mut select).await
    }

    /// Returns the start of an account's newest session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_session(&self, account: AccountId) -> Result<Option<Timestamp>> {
        let mut select = select_newest();
        select.and_where(Expr::col(session::Column::AccountId).eq(account.0));
        Ok(self.primary_reads().one(&select, newest_time).await?.flatten())
    }
}

fn select_newest() -> SelectStatement {
    let newest = Func::max(Expr::col(session::Column::StartedAt));
    Query::select().expr_as(newest, Alias::new("newest")).from(session::Entity).take()
}

/// The newest session of all accounts. The index of starts begins with the account, so it is searched once for each
/// account.
fn select_newest_of_all(backend: DbBackend) -> SelectStatement {
    let newest = Alias::new("newest");
    let of_each = match backend {
        // It jumps to the end of each group, and would read the index of an account from end to end for the other statement.
        DbBackend::MySql => select_newest().group_by_col(session::Column::AccountId).take(),
        _ => {
            let mut of_account = select_newest();
            let (session, account) = (session::Column::AccountId, account::Column::Id);
            let account = Expr::col((session::Entity, session)).equals((account::Entity, account));
            let of_account = of_account.and_where(account).take().into();
            let of_account = Expr::SubQuery(None, Box::new(of_account));
            Query::select().expr_as(of_account, newest.clone()).from(account::Entity).take()
        }
    };
    let all = Func::max(Expr::col(newest.clone()));
    Query::select().expr_as(all, newest.clone()).from_subquery(of_each, newest).take()
}

fn newest_time(row: Row<'_>) -> Result<Option<Timestamp>> {
    Ok(row.opt_i64(0)?.and_then(Timestamp::from_micros))
}
