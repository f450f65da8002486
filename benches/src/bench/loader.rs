//! The bare loader: it inserts rows from memory into a database.

use anyhow::Result;
use benches::{
    database::{Cell, Database, Row},
    tables::{TABLES, Table},
};
use futures_util::StreamExt;

/// The number of sessions, with their children, in one transaction.
const SESSIONS: usize = 500;

/// The rows of all tables, one list a table.
pub(crate) struct Rows(Vec<Vec<Box<[Cell]>>>);

impl Rows {
    /// Reads a whole database.
    pub(crate) async fn read<D: Database>(url: &str) -> Result<Self> {
        let pool = D::open(url, 1, true).await?;
        let mut connection = pool.connection().await?;
        let mut tables = Vec::new();
        for table in &TABLES {
            let mut read = D::stream(&mut connection, table.select(), &[]);
            let mut rows = Vec::new();
            while let Some(row) = read.next().await {
                rows.push(table.cells(&row?)?);
            }
            tables.push(rows);
        }
        drop(connection);
        pool.close().await;
        Ok(Self(tables))
    }

    /// The number of rows, without the few technicians.
    pub(crate) fn len(&self) -> usize {
        self.0[1..].iter().map(Vec::len).sum()
    }

    /// The number of such rows in a database.
    pub(crate) async fn count<D: Database>(url: &str) -> Result<usize> {
        let pool = D::open(url, 1, true).await?;
        let mut connection = pool.connection().await?;
        let mut count = 0;
        for table in &TABLES[1..] {
            let select = format!("SELECT COUNT(*) FROM {}", table.name);
            let row = D::stream(&mut connection, select.into(), &[]).next().await;
            count += row.transpose()?.map_or(Ok(0), |row| row.int(0))?;
        }
        drop(connection);
        pool.close().await;
        Ok(usize::try_from(count)?)
    }

    /// Inserts all rows into an empty database.
    pub(crate) async fn load<D: Database>(&self, url: &str) -> Result<()> {
        let pool = D::open(url, 1, false).await?;
        let mut begin = [0; TABLES.len()];
        let mut transaction = pool.begin().await?;
        load::<D>(&mut transaction, &TABLES[0], &self.0[0]).await?;
        while begin[1] < self.0[1].len() {
            let end = (begin[1] + SESSIONS).min(self.0[1].len());
            let last = TABLES[1].session_of(&self.0[1][end - 1]);
            for (place, table) in TABLES.iter().enumerate().skip(1) {
                let rest = &self.0[place][begin[place]..];
                let length = rest.partition_point(|row| table.session_of(row) <= last);
                load::<D>(&mut transaction, table, &rest[..length]).await?;
                begin[place] += length;
            }
            if end == SESSIONS {
                // As the gateway does.
                D::analyze(&mut transaction).await?;
            }
            D::commit(transaction).await?;
            transaction = pool.begin().await?;
        }
        D::commit(transaction).await?;
        pool.close().await;
        Ok(())
    }
}

async fn load<D: Database>(
    transaction: &mut D::Session,
    table: &Table,
    rows: &[Box<[Cell]>],
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    Ok(D::load(transaction, table.name, &table.columns(), rows).await?)
}
