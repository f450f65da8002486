//! SQLite, PostgreSQL and MariaDB behind one small trait, over sqlx's own types of each.
//!
//! Values go in by place, in each database's own spelling of a place, and come out by place, texts
//! borrowed from the row. Statements are prepared once a connection and kept.

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
    /// Numbers to look a column up in, with [`BaselineQueries::among`].
    Ids(&'a [i64]),
}

/// A value that is in memory, to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A number or null.
    Number(Option<i64>),
    /// A text or null.
    Text(Option<Box<str>>),
}

/// A row that was read.
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
#[expect(async_fn_in_trait, reason = "implemented and used in this suite alone")]
pub trait Database: Clone + Send + Sync + 'static {
    /// A row.
    type Row: Row;
    /// A single connection.
    type Session: Send;
    /// A connection out of the pool.
    type Pooled: std::ops::DerefMut<Target = Self::Session> + Send + 'static;
    /// A transaction that sees one state.
    type Snapshot: std::ops::DerefMut<Target = Self::Session> + Send + 'static;

    /// Opens a pool of so many connections, which only read or also write.
    fn open(url: &str, connections: u32, reads_only: bool) -> impl Future<Output = Result<Self>>;
    /// A connection out of the pool.
    fn connection(&self) -> impl Future<Output = Result<Self::Pooled>> + Send;
    /// A transaction that reads one state.
    fn snapshot(&self) -> impl Future<Output = Result<Self::Snapshot>> + Send;
    /// A transaction that writes.
    async fn begin(&self) -> Result<Self::Snapshot>;
    /// Keeps what a transaction wrote.
    async fn commit(transaction: Self::Snapshot) -> Result<()>;
    /// Closes every connection.
    async fn close(&self);
    /// All rows of a select.
    fn rows(
        session: &mut Self::Session,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Self::Row>>> + Send;
    /// The rows of a select one by one.
    fn stream<'s>(
        session: &'s mut Self::Session,
        sql: Arc<str>,
        values: &[Value<'s>],
    ) -> BoxStream<'s, Result<Self::Row>>;
    /// Runs a statement that answers nothing.
    async fn execute(
        session: &mut Self::Session,
        sql: Arc<str>,
        values: &[Value<'_>],
    ) -> Result<()>;
    /// Stores rows in a table, in the way for many of them that the database has and sqlx knows.
    async fn load(
        session: &mut Self::Session,
        table: &str,
        columns: &[&str],
        rows: &[Box<[Cell]>],
    ) -> Result<()>;
    /// Lets the database see what its tables hold, if it checks what is loaded by guesses else.
    async fn analyze(_session: &mut Self::Session) -> Result<()> {
        Ok(())
    }
}

/// The queries of the baseline in the SQL of an engine.
pub trait BaselineQueries: Database {
    /// Whether rows of many ids come in the order of an index at no cost.
    const ORDERS_FOR_FREE: bool;

    /// The first of these statements on PostgreSQL, the second on SQLite, which spell a list of
    /// ids differently.
    fn among(postgres: &'static str, sqlite: &'static str) -> &'static str;
}
