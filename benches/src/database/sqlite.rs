//! SQLite.

use std::{sync::Arc, time::Duration};

use futures_util::stream::BoxStream;
use sqlx::{
    AssertSqlSafe, Executor, Row as _, Sqlite, Transaction,
    pool::{PoolConnection, PoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteRow},
};

use super::{
    BaselineQueries, Cell, Database, Result, Row, Value,
    common::{Ids, bind, connection_methods, json, row},
    insert,
};

row!(SqliteRow);

impl Ids for Sqlite {
    type Bound = String;

    fn ids(ids: &[i64]) -> String {
        json(ids)
    }
}

impl Database for SqlitePool {
    type Row = SqliteRow;

    async fn open(url: &str, connections: u32, reads_only: bool) -> Result<Self> {
        let options: SqliteConnectOptions = url.parse()?;
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(200);
        let options = if reads_only { options.pragma("query_only", "on") } else { options };
        let pool = PoolOptions::new().max_connections(connections).test_before_acquire(false);
        pool.acquire_timeout(Duration::from_secs(10)).connect_with(options).await
    }

    async fn snapshot(&self) -> Result<Self::Snapshot> {
        SqlitePool::begin(self).await
    }

    async fn begin(&self) -> Result<Self::Snapshot> {
        self.begin_with("BEGIN IMMEDIATE").await
    }

    async fn load(
        session: &mut Self::Session,
        table: &str,
        columns: &[&str],
        rows: &[Box<[Cell]>],
    ) -> Result<()> {
        insert::all::<Self>(session, table, columns, rows).await
    }

    connection_methods!(Sqlite);
}

impl BaselineQueries for SqlitePool {
    const ORDERS_FOR_FREE: bool = true;

    fn among(_postgres: &'static str, sqlite: &'static str) -> &'static str {
        sqlite
    }
}
