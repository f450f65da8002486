//! SQLite, PostgreSQL and MariaDB behind one small trait, over sqlx's own types of each.
//!
//! Values are bound and read by position. Texts are borrowed from the row. Each connection prepares
//! a statement once.

use std::sync::Arc;

use futures_util::stream::BoxStream;

mod common;
mod copy;
mod insert;
mod mysql;
mod postgres;
mod server;
mod sqlite;

pub use server::{administer, process};

/// The result of a database call.
pub type Result<T> = std::result::Result<T, sqlx::Error>;

/// A value of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A number.
    Int(i64),
    /// A number or null.
    MaybeInt(Option<i64>),
    /// A text.
    Text(&'a str),
    /// A text or null.
    MaybeText(Option<&'a str>),
    /// A list of numbers for [`BaselineQueries::among`].
    Ids(&'a [i64]),
}

/// A value to insert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A number or null.
    Number(Option<i64>),
    /// A text or null.
    Text(Option<Box<str>>),
}

/// A row of a result.
pub trait Row: Send + Sync + Unpin + 'static {
    /// A number.
    fn int(&self, column: usize) -> Result<i64>;
    /// A number or null.
    fn maybe_int(&self, column: usize) -> Result<Option<i64>>;
    /// A text.
    fn text(&self, column: usize) -> Result<&str>;
    /// A text or null.
    fn maybe_text(&self, column: usize) -> Result<Option<&str>>;
}

/// A pool of connections to a database.
#[expect(async_fn_in_trait, reason = "only this suite implements and uses it")]
pub trait Database: Clone + Send + Sync + 'static {
    /// A row.
    type Row: Row;
    /// A single connection.
    type Session: Send;
    /// A connection of the pool.
    type Pooled: std::ops::DerefMut<Target = Self::Session> + Send + 'static;
    /// A transaction that reads one snapshot.
    type Snapshot: std::ops::DerefMut<Target = Self::Session> + Send + 'static;

    /// Opens a pool with a maximum number of connections.
    fn open(url: &str, connections: u32, reads_only: bool) -> impl Future<Output = Result<Self>>;
    /// Takes a connection from the pool.
    fn connection(&self) -> impl Future<Output = Result<Self::Pooled>> + Send;
    /// Starts a transaction that reads one snapshot.
    fn snapshot(&self) -> impl Future<Output = Result<Self::Snapshot>> + Send;
    /// Starts a transaction that writes.
    async fn begin(&self) -> Result<Self::Snapshot>;
    /// Commits a transaction.
    async fn commit(transaction: Self::Snapshot) -> Result<()>;
    /// Closes every connection.
    async fn close(&self);
    /// Returns all rows of a select.
    fn rows(
        session: &mut Self::Session,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Self::Row>>> + Send;
    /// Streams the rows of a select.
    fn stream<'s>(
        session: &'s mut Self::Session,
        sql: Arc<str>,
        values: &[Value<'s>],
    ) -> BoxStream<'s, Result<Self::Row>>;
    /// Runs a statement without a result.
    async fn execute(
        session: &mut Self::Session,
        sql: Arc<str>,
        values: &[Value<'_>],
    ) -> Result<()>;
    /// Inserts many rows into a table, in the fastest way that the engine and sqlx support.
    async fn load(
        session: &mut Self::Session,
        table: &str,
        columns: &[&str],
        rows: &[Box<[Cell]>],
    ) -> Result<()>;
    /// Updates the statistics of the tables, if the engine needs them for foreign keys.
    async fn analyze(_session: &mut Self::Session) -> Result<()> {
        Ok(())
    }
}

/// The queries of the baseline in the SQL of an engine.
pub trait BaselineQueries: Database {
    /// Whether rows of many ids are read in the order of an index without a sort.
    const ORDERS_FOR_FREE: bool;

    /// Selects the statement of the engine: a list of ids differs between PostgreSQL and SQLite.
    fn among(postgres: &'static str, sqlite: &'static str) -> &'static str;
}
