//! The database: what is kept, and how it is asked.
//!
//! Reads go through [`Reads`], which is the pool or one snapshot of it, so that every question of
//! a request may be answered from one state. Each read of the history takes the account. Nothing
//! here knows GraphQL, HTTP, or the legacy names.

use std::{collections::BTreeMap, sync::Arc};

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction,
    DbBackend, FromQueryResult, IsolationLevel, QueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
    sea_query::{Asterisk, Expr, Func, SelectStatement},
};

use self::unbroken::unbroken;
use crate::error::{Error, Result};

pub mod account;
pub mod api_key;
pub mod chat_message;
pub mod child;
pub mod connect;
pub mod custom_field;
mod failure;
pub mod filter;
pub mod history;
mod keyset;
pub mod rows;
pub mod schema;
pub mod session;
pub mod technician;
mod unbroken;
pub mod video;

pub use connect::Options;
pub use rows::{Column, Row, Rows};

/// The database, opened: readers, those for long answers, and the writer.
#[derive(Clone, Debug)]
pub struct Store {
    reader: DatabaseConnection,
    exporter: DatabaseConnection,
    writer: DatabaseConnection,
}

/// Where reads go: to whichever connection of the pool is free, or all to one snapshot.
#[derive(Clone, Debug)]
pub struct Reads(Arc<Source>);

#[derive(Debug)]
enum Source {
    Pool(DatabaseConnection),
    Snapshot(DatabaseTransaction),
}

impl Store {
    /// Reads that each see the state of their own moment.
    pub fn reads(&self) -> Reads {
        Reads(Arc::new(Source::Pool(self.reader.clone())))
    }

    /// Reads that each see the state of their own moment, on the connections for long answers.
    pub fn long_reads(&self) -> Reads {
        Reads(Arc::new(Source::Pool(self.exporter.clone())))
    }

    /// Reads that all see one state, that of the first of them, however long they take. They hold
    /// neither a writer up nor other readers, who have connections of their own.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn snapshot(&self) -> Result<Reads> {
        let options = match self.exporter.get_database_backend() {
            // SQLite's transactions are snapshots by themselves.
            DbBackend::Sqlite => TransactionOptions::default(),
            _ => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        let exporter = self.exporter.clone();
        let begin = async move { Ok(exporter.begin_with_options(options).await?) };
        let transaction = unbroken(begin).await?;
        Ok(Reads(Arc::new(Source::Snapshot(transaction))))
    }

    /// Hands every statement that reads to a listener, with its values, which may be personal
    /// data: for tests that look at how the database goes about it.
    pub fn watch_reads(&mut self, listener: impl Fn(&Statement) + Clone + Send + Sync + 'static) {
        for pool in [&mut self.reader, &mut self.exporter] {
            let listener = listener.clone();
            pool.set_metric_callback(move |done| listener(done.statement));
        }
    }

    /// A transaction of the writer.
    async fn begin(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            // Another process may write too: wait for it now, since a later upgrade cannot wait.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        let reader = self.reader.clone();
        let ping = async move { Ok(reader.ping().await?) };
        unbroken(ping).await
    }
}

impl Reads {
    fn executor(&self) -> DatabaseExecutor<'_> {
        match &*self.0 {
            Source::Pool(pool) => pool.into(),
            Source::Snapshot(transaction) => transaction.into(),
        }
    }

    fn backend(&self) -> DbBackend {
        self.executor().get_database_backend()
    }

    async fn all(&self, select: &SelectStatement) -> Result<Vec<QueryResult>> {
        if unbroken::is_needed(self.backend()) {
            let (reads, select) = (self.clone(), select.clone());
            return unbroken(async move { Ok(reads.executor().query_all(&select).await?) }).await;
        }
        Ok(self.executor().query_all(select).await?)
    }

    async fn rows(&self, select: &SelectStatement) -> Result<Rows> {
        Ok(Rows(self.all(select).await?))
    }

    async fn one<T: FromQueryResult>(&self, select: &SelectStatement) -> Result<Option<T>> {
        let row = self.all(select).await?.into_iter().next();
        Ok(row.map(|row| T::from_query_result(&row, "")).transpose()?)
    }

    /// Runs a select whose one column is a count.
    async fn count(&self, select: &mut SelectStatement) -> Result<u64> {
        select.expr(Func::count(Expr::col(Asterisk)));
        let rows = self.all(select).await?;
        let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))?;
        Ok(count.unsigned_abs())
    }

    /// Runs a select of a key and a count.
    async fn counts(&self, select: &SelectStatement) -> Result<BTreeMap<i64, u64>> {
        let rows = self.all(select).await?;
        let pairs = rows.iter().map(|row| {
            let count: i64 = row.try_get_by_index(1)?;
            Ok((row.try_get_by_index(0)?, count.unsigned_abs()))
        });
        pairs.collect::<Result<_, sea_orm::DbErr>>().map_err(Error::from)
    }
}
