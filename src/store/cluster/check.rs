//! What is checked of a primary before it is used: a server that would refuse or damage what is
//! written is refused with a sentence.

use sea_orm::{
    SqlxError,
    sqlx::{
        ConnectOptions, Connection, Executor, Row,
        mysql::{MySqlConnectOptions, MySqlDatabaseError},
        postgres::{PgConnectOptions, PgConnection},
    },
};
use tokio::time::timeout;

use super::{
    timeouts::PROBE_TIMEOUT,
    urls::{Pooling, ServerOptions},
};

/// The smallest `max_allowed_packet` that takes the largest statement of an import.
const MIN_PACKET_BYTES: u64 = 16 * 1024 * 1024;

/// Returns what is wrong with a primary, as the end of a sentence.
///
/// # Errors
/// When the server does not answer.
pub(super) async fn problem(
    options: &ServerOptions,
    pooling: Pooling,
) -> Result<Option<String>, SqlxError> {
    match options {
        ServerOptions::Postgres(options) => of_postgres(options, pooling).await,
        ServerOptions::MySql(options) => of_mysql(options).await,
    }
}

async fn of_postgres(
    options: &PgConnectOptions,
    pooling: Pooling,
) -> Result<Option<String>, SqlxError> {
    let mut connection = options.connect().await?;
    let question = "SELECT current_setting('server_encoding'), \
        current_setting('transaction_read_only'), current_schema()::text, \
        current_setting('search_path'), pg_backend_pid()::text";
    let row = connection.fetch_one(question).await?;
    let (encoding, read_only): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let (schema, path): (Option<String>, String) = (row.try_get(2)?, row.try_get(3)?);
    let backend: String = row.try_get(4)?;
    let shared = pooling == Pooling::Session && is_shared(options, &backend).await;
    connection.close().await?;
    Ok(if encoding != "UTF8" {
        Some(format!(
            "its encoding is {encoding}; it must be UTF8. Create the database with: \
             CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        ))
    } else if read_only != "off" {
        Some("it is read-only (transaction_read_only is on)".into())
    } else if schema.is_none() {
        Some(format!("its search_path ({path}) names no schema that exists"))
    } else if shared {
        Some(
            "a pooler there shares connections between transactions. By default the gateway works \
             with session pooling only; set --database-pooling transaction"
                .into(),
        )
    } else {
        None
    })
}

/// Whether a second client is given the same connection while the first one is still connected.
/// A pooler that is busy may give it another one.
async fn is_shared(options: &PgConnectOptions, backend: &str) -> bool {
    let second = async {
        let mut second: PgConnection = options.connect().await?;
        let row = second.fetch_one("SELECT pg_backend_pid()::text").await?;
        second.close().await?;
        row.try_get::<String, _>(0)
    };
    matches!(timeout(PROBE_TIMEOUT, second).await, Ok(Ok(pid)) if pid == backend)
}

async fn of_mysql(options: &MySqlConnectOptions) -> Result<Option<String>, SqlxError> {
    let mut connection = options.connect().await?;
    let row = connection.fetch_one("SELECT CAST(@@max_allowed_packet AS CHAR)").await?;
    let packet: u64 = row.try_get::<String, _>(0)?.parse().unwrap_or(u64::MAX);
    let writes = connection.execute("START TRANSACTION READ WRITE").await;
    connection.close().await?;
    if let Err(failure) = writes {
        // 1290: an option of the server prevents it.
        let number = failure.as_database_error().and_then(|failure| {
            failure.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number)
        });
        return if number == Some(1290) {
            Ok(Some("it is read-only (read_only is on)".into()))
        } else {
            Err(failure)
        };
    }
    Ok((packet < MIN_PACKET_BYTES).then(|| {
        format!("its max_allowed_packet is {packet}; it must be at least {MIN_PACKET_BYTES}")
    }))
}
