//! MariaDB, through sqlx's driver for MySQL.

use std::{sync::Arc, time::Duration};

use futures_util::stream::BoxStream;
use sqlx::{
    AssertSqlSafe, Executor, MySql, Row as _, Transaction,
    mysql::{MySqlConnectOptions, MySqlPool, MySqlRow},
    pool::{PoolConnection, PoolOptions},
};

use super::{
    Cell, Database, Result, Row, Value,
    common::{Ids, bind, connection_methods, json, row},
    insert,
};

row!(MySqlRow);

impl Ids for MySql {
    type Bound = String;

    fn ids(ids: &[i64]) -> String {
        json(ids)
    }
}

impl Database for MySqlPool {
    type Row = MySqlRow;

    async fn open(url: &str, connections: u32, _reads_only: bool) -> Result<Self> {
        let options: MySqlConnectOptions = url.parse()?;
        let pool = PoolOptions::new().max_connections(connections).test_before_acquire(false);
        pool.acquire_timeout(Duration::from_secs(10)).connect_with(options).await
    }

    async fn snapshot(&self) -> Result<Self::Snapshot> {
        self.begin_with("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY").await
    }

    async fn begin(&self) -> Result<Self::Snapshot> {
        MySqlPool::begin(self).await
    }

    /// sqlx does not support LOAD DATA LOCAL.
    async fn load(
        session: &mut Self::Session,
        table: &str,
        columns: &[&str],
        rows: &[Box<[Cell]>],
    ) -> Result<()> {
        insert::all::<Self>(session, table, columns, rows).await
    }

    connection_methods!(MySql);
}
