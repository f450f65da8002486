//! A pool of read connections to a database of any kind.

use std::{sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::{
    DbErr,
    sqlx::{MySql, Postgres},
};

use super::{
    driver::{File, FileOptions},
    fair_queue::{Account, FairPermit, PoolUsage, Share},
    pool::{ConnectionPool, PoolSettings, PoolTransaction},
    rows::Rows,
    statement::ReadStatement,
    urls::ServerOptions,
};
use crate::store::memory::Reservation;

/// A pool of read connections.
pub(in crate::store) enum ReadPool {
    File(Arc<ConnectionPool<File>>),
    Postgres(Arc<ConnectionPool<Postgres>>),
    MySql(Arc<ConnectionPool<MySql>>),
}

/// A transaction whose statements all read the state of the first one.
pub(in crate::store) enum ReadTransaction {
    File(PoolTransaction<File>),
    Postgres(PoolTransaction<Postgres>),
    MySql(PoolTransaction<MySql>),
}

// Boxed, because the caller's future would else have room for all three.
type Answer<'a> = BoxFuture<'a, Result<Rows, DbErr>>;

impl ReadPool {
    /// A pool of at most `size` connections to a file.
    pub(super) fn of_file(
        options: FileOptions,
        size: u32,
        share: Share,
        settings: &PoolSettings,
    ) -> Self {
        Self::File(ConnectionPool::new(options, size, share, settings.clone()))
    }

    /// A pool of at most `size` connections to a server.
    pub(super) fn of_server(
        options: &ServerOptions,
        size: u32,
        share: Share,
        settings: &PoolSettings,
    ) -> Self {
        let settings = settings.clone();
        match options {
            ServerOptions::Postgres(options) => {
                Self::Postgres(ConnectionPool::new((**options).clone(), size, share, settings))
            }
            ServerOptions::MySql(options) => {
                Self::MySql(ConnectionPool::new((**options).clone(), size, share, settings))
            }
        }
    }

    /// Returns all rows of a statement.
    pub(in crate::store) fn all<'a>(
        &'a self,
        account: Account,
        statement: ReadStatement,
        memory: Option<&'a Reservation>,
    ) -> Answer<'a> {
        match self {
            Self::File(pool) => pool.all(account, statement, memory).boxed(),
            Self::Postgres(pool) => pool.all(account, statement, memory).boxed(),
            Self::MySql(pool) => pool.all(account, statement, memory).boxed(),
        }
    }

    /// Waits for the permit to use a connection, for at most this time, or for that of a single read.
    pub(super) async fn permit(
        &self,
        account: Account,
        longest: Option<Duration>,
    ) -> Result<FairPermit, DbErr> {
        match self {
            Self::File(pool) => pool.permit(account, longest).await,
            Self::Postgres(pool) => pool.permit(account, longest).await,
            Self::MySql(pool) => pool.permit(account, longest).await,
        }
    }

    /// Begins a transaction.
    pub(in crate::store) async fn begin(
        &self,
        permit: FairPermit,
    ) -> Result<ReadTransaction, DbErr> {
        Ok(match self {
            // SQLite's transactions read one state by default.
            Self::File(pool) => ReadTransaction::File(pool.begin(permit, "BEGIN").await?),
            Self::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                ReadTransaction::Postgres(pool.begin(permit, begin).await?)
            }
            Self::MySql(pool) => {
                // Each connection has the isolation level REPEATABLE READ.
                ReadTransaction::MySql(pool.begin(permit, "START TRANSACTION READ ONLY").await?)
            }
        })
    }

    /// How many connections are used.
    pub(super) fn usage(&self) -> PoolUsage {
        match self {
            Self::File(pool) => pool.usage(),
            Self::Postgres(pool) => pool.usage(),
            Self::MySql(pool) => pool.usage(),
        }
    }

    /// Closes all idle connections, and refuses new ones.
    pub(super) async fn close(&self) {
        match self {
            Self::File(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
            Self::MySql(pool) => pool.close().await,
        }
    }
}

impl ReadTransaction {
    /// Returns all rows of a statement.
    pub(in crate::store) fn all<'a>(
        &'a self,
        statement: ReadStatement,
        memory: Option<&'a Reservation>,
    ) -> Answer<'a> {
        match self {
            Self::File(transaction) => transaction.all(statement, memory).boxed(),
            Self::Postgres(transaction) => transaction.all(statement, memory).boxed(),
            Self::MySql(transaction) => transaction.all(statement, memory).boxed(),
        }
    }
}

impl Drop for ReadTransaction {
    fn drop(&mut self) {
        match self {
            Self::File(transaction) => transaction.end(),
            Self::Postgres(transaction) => transaction.end(),
            Self::MySql(transaction) => transaction.end(),
        }
    }
}
