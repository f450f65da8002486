//! PostgreSQL.

use std::{sync::Arc, time::Duration};

use futures_util::stream::BoxStream;
use sqlx::{
    AssertSqlSafe, Executor, Postgres, Row as _, Transaction,
    pool::{PoolConnection, PoolOptions},
    postgres::{PgConnectOptions, PgPool, PgRow},
};

use super::{
    BaselineQueries, Cell, Database, Result, Row, Value,
    common::{Ids, bind, connection_methods, row},
    copy,
};

/// The size of the buffer for COPY, in bytes.
const CHUNK: usize = 64 * 1024;

row!(PgRow);

impl Ids for Postgres {
    type Bound = Vec<i64>;

    fn ids(ids: &[i64]) -> Vec<i64> {
        ids.to_vec()
    }
}

impl Database for PgPool {
    type Row = PgRow;

    async fn open(url: &str, connections: u32, _reads_only: bool) -> Result<Self> {
        let options: PgConnectOptions = url.parse()?;
        // The next statement detects a broken connection; a check before it costs a round trip.
        let pool = PoolOptions::new().max_connections(connections).test_before_acquire(false);
        pool.acquire_timeout(Duration::from_secs(10)).connect_with(options).await
    }

    async fn snapshot(&self) -> Result<Self::Snapshot> {
        self.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    async fn begin(&self) -> Result<Self::Snapshot> {
        PgPool::begin(self).await
    }

    async fn load(
        session: &mut Self::Session,
        table: &str,
        columns: &[&str],
        rows: &[Box<[Cell]>],
    ) -> Result<()> {
        let statement = format!("COPY {table} ({}) FROM STDIN", columns.join(", "));
        let mut copy = session.copy_in_raw(&statement).await?;
        let mut lines = String::with_capacity(2 * CHUNK);
        for row in rows {
            copy::line(row, &mut lines);
            if lines.len() >= CHUNK {
                copy.send(lines.as_bytes()).await?;
                lines.clear();
            }
        }
        copy.send(lines.as_bytes()).await?;
        copy.finish().await.map(drop)
    }

    async fn analyze(session: &mut Self::Session) -> Result<()> {
        session.execute("ANALYZE technician, session").await.map(drop)
    }

    connection_methods!(Postgres);
}

impl BaselineQueries for PgPool {
    const ORDERS_FOR_FREE: bool = false;

    fn among(postgres: &'static str, _sqlite: &'static str) -> &'static str {
        postgres
    }
}
