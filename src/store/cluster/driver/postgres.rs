//! Cancelling statements on PostgreSQL.

use sea_orm::{
    SqlxError,
    sqlx::{Executor, PgConnection, Postgres, Row},
};

use super::{server::Server, spare_connection::SpareConnection};

impl Server for Postgres {
    /// A condition on the rows of `pg_stat_activity`. The start of the connection is a part of it,
    /// because the process may be another's by now, or be on another server behind the same address.
    type Target = String;

    async fn target(connection: &mut PgConnection) -> Result<Self::Target, SqlxError> {
        let sql = "SELECT format('pid = %s AND backend_start = %L', pid, backend_start) \
                   FROM pg_stat_activity WHERE pid = pg_backend_pid()";
        connection.fetch_one(sql).await?.try_get(0)
    }

    async fn cancel(target: Self::Target, connection: PgConnection, spare: &SpareConnection<Self>) {
        let from = format!("FROM pg_stat_activity WHERE {target}");
        let cancel = format!("SELECT pg_cancel_backend(pid) {from}");
        spare.end(connection, &format!("SELECT 1 {from}"), &cancel).await;
    }
}
