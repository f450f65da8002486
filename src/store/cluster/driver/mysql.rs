//! Reading values and cancelling statements on MySQL and MariaDB.

use sea_orm::{
    SqlxError,
    sqlx::{AssertSqlSafe, Executor, MySql, MySqlConnection, Row, mysql::MySqlRow},
};

use super::{server::Server, spare_connection::SpareConnection};

/// An expression that differs from server to server.
const SERVER_NAME: &str = "CONCAT_WS(' ', @@hostname, @@port, @@datadir)";

impl Server for MySql {
    /// A condition on the rows of the process list. The server is a part of it, because another
    /// server behind the same address may have a connection of this number.
    type Target = (String, u64);

    async fn target(connection: &mut MySqlConnection) -> Result<Self::Target, SqlxError> {
        let sql = format!("SELECT CAST(CONNECTION_ID() AS UNSIGNED), {SERVER_NAME}");
        let row = connection.fetch_one(AssertSqlSafe(sql)).await?;
        Ok((row.try_get(1)?, row.try_get(0)?))
    }

    fn number(row: &MySqlRow, column: usize) -> Result<Option<i64>, SqlxError> {
        row.try_get_unchecked(column)
    }

    fn text(row: &MySqlRow, column: usize) -> Result<Option<&[u8]>, SqlxError> {
        row.try_get_unchecked(column)
    }

    async fn cancel(
        (server, id): Self::Target,
        connection: MySqlConnection,
        spare: &SpareConnection<Self>,
    ) {
        let server = server.replace('\\', "\\\\").replace('\'', "''");
        let is_running = format!(
            "SELECT 1 FROM information_schema.processlist \
             WHERE id = {id} AND {SERVER_NAME} = '{server}'"
        );
        spare.end(connection, &is_running, &format!("KILL QUERY {id}")).await;
    }
}
