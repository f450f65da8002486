//! Reading values and cancelling statements on PostgreSQL.

use sea_orm::{
    SqlxError,
    sqlx::{
        Executor, PgConnection, Postgres, Row,
        postgres::{PgRow, PgValueFormat},
    },
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

    fn number(row: &PgRow, column: usize) -> Result<Option<i64>, SqlxError> {
        let value = row.try_get_raw(column)?;
        if value.format() != PgValueFormat::Binary {
            return Err(SqlxError::Decode("a number is not in the binary format".into()));
        }
        value.as_bytes().ok().map(big_endian).transpose()
    }

    /// The driver's own decoding of values takes a fifth of the instructions of reading rows.
    fn text(row: &PgRow, column: usize) -> Result<Option<&[u8]>, SqlxError> {
        Ok(row.try_get_raw(column)?.as_bytes().ok())
    }

    async fn cancel(target: Self::Target, connection: PgConnection, spare: &SpareConnection<Self>) {
        let from = format!("FROM pg_stat_activity WHERE {target}");
        let cancel = format!("SELECT pg_cancel_backend(pid) {from}");
        spare.end(connection, &format!("SELECT 1 {from}"), &cancel).await;
    }
}

/// A whole number of 2, 4 or 8 bytes in the binary format.
fn big_endian(bytes: &[u8]) -> Result<i64, SqlxError> {
    let number = match *bytes {
        [a, b, c, d, e, f, g, h] => i64::from_be_bytes([a, b, c, d, e, f, g, h]),
        [a, b, c, d] => i32::from_be_bytes([a, b, c, d]).into(),
        [a, b] => i16::from_be_bytes([a, b]).into(),
        _ => return Err(SqlxError::Decode("a number has an unknown length".into())),
    };
    Ok(number)
}
