//! The drivers of servers.

use futures_util::TryStreamExt;
use sea_orm::{
    SqlxError, Statement, Values,
    sqlx::{
        self, AssertSqlSafe, Column, ConnectOptions, Connection, Database, Executor, IntoArguments,
        Row, TypeInfo, database::HasStatementCache,
    },
};
use sea_query_sqlx::SqlxValues;
use tracing::{Dispatch, instrument::WithSubscriber};

use super::{
    super::rows::{Rows, builder::RowsBuilder},
    read_driver::ReadDriver,
    spare_connection::SpareConnection,
};
use crate::store::memory::Reservation;

/// A server whose statements can be cancelled.
pub(in crate::store) trait Server: Database {
    /// What identifies the statements of one connection.
    type Target: Send + Sync;

    /// Identifies the statements of a new connection.
    fn target(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<Self::Target, SqlxError>> + Send;

    /// The number in a column that has numbers, or none if it is null.
    fn number(row: &Self::Row, column: usize) -> Result<Option<i64>, SqlxError>;

    /// The bytes of the text in a column that has texts, or none if it is null.
    fn text(row: &Self::Row, column: usize) -> Result<Option<&[u8]>, SqlxError>;

    /// Cancels the statement of a connection, closes the connection, and waits until the statement
    /// has ended.
    fn cancel(
        target: Self::Target,
        connection: Self::Connection,
        spare: &SpareConnection<Self>,
    ) -> impl Future<Output = ()> + Send
    where
        Self: Sized;
}

impl<D: Server + HasStatementCache> ReadDriver for D
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    SqlxValues: IntoArguments<D>,
    <D::Connection as Connection>::Options: Clone + Send + Sync,
{
    type Options = <D::Connection as Connection>::Options;
    type Connection = D::Connection;
    type Target = D::Target;
    /// It is shared by all connections of a pool.
    type Canceller = SpareConnection<D>;

    async fn connect(options: &Self::Options) -> Result<Self::Connection, SqlxError> {
        options.connect().await
    }

    async fn execute(connection: &mut Self::Connection, sql: String) -> Result<(), SqlxError> {
        connection.execute(AssertSqlSafe(sql)).await.map(drop)
    }

    async fn rows(
        connection: &mut Self::Connection,
        statement: &mut Statement,
        prepared: bool,
        memory: Option<Reservation>,
    ) -> Result<Rows, SqlxError> {
        // The driver enters the current span, that of the request, twice for each row.
        let rows = all_rows::<D>(connection, statement, prepared, memory);
        rows.with_subscriber(Dispatch::none()).await
    }

    async fn ping(connection: &mut Self::Connection) -> Result<(), SqlxError> {
        connection.ping().await
    }

    async fn close(connection: Self::Connection) -> Result<(), SqlxError> {
        connection.close().await
    }

    async fn target(connection: &mut Self::Connection) -> Result<Self::Target, SqlxError> {
        D::target(connection).await
    }

    fn canceller(options: &Self::Options) -> Self::Canceller {
        SpareConnection::new(options.clone())
    }

    async fn close_canceller(canceller: &Self::Canceller) {
        canceller.close().await;
    }

    async fn cancel(
        target: Self::Target,
        connection: Self::Connection,
        canceller: &Self::Canceller,
    ) {
        D::cancel(target, connection, canceller).await;
    }
}

/// The rows of a statement.
async fn all_rows<D: Server + HasStatementCache>(
    connection: &mut D::Connection,
    statement: &mut Statement,
    prepared: bool,
    memory: Option<Reservation>,
) -> Result<Rows, SqlxError>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    SqlxValues: IntoArguments<D>,
{
    let values = statement.values.take().unwrap_or_else(|| Values(Vec::new()));
    let query = sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
        .persistent(prepared);
    let mut answer = query.fetch(connection);
    let Some(first) = answer.try_next().await? else { return Ok(Rows::default()) };
    let is_number = |column: &D::Column| is_number(column.type_info().name());
    let numbers: Vec<_> = first.columns().iter().map(is_number).collect();
    let mut rows = RowsBuilder::new(numbers.len(), memory);
    let mut next = Some(first);
    while let Some(row) = next {
        for (column, is_number) in numbers.iter().enumerate() {
            if *is_number {
                rows.push_number(D::number(&row, column)?);
            } else {
                rows.push_text(D::text(&row, column)?)?;
            }
        }
        rows.end_row()?;
        next = answer.try_next().await?;
    }
    rows.finish()
}

/// Whether a type of PostgreSQL or MySQL has whole numbers. The others that are read have texts.
fn is_number(name: &str) -> bool {
    let name = name.strip_suffix(" UNSIGNED").unwrap_or(name);
    let of_postgres = ["INT2", "INT4", "INT8"].contains(&name);
    of_postgres || ["TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT"].contains(&name)
}
