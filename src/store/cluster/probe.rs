//! Probes of a server, each through a new connection: a pool is slow to find out that its server
//! does not answer.

use sea_orm::{
    SqlxError,
    sqlx::{ConnectOptions, Connection, Executor},
};
use tokio::time::timeout;

use super::{
    failure::{is_answer, is_busy},
    timeouts::PROBE_TIMEOUT,
    urls::ServerOptions,
};

/// A Galera node that is not part of its cluster takes connections and answers statements that read
/// no table.
const STATEMENT: &str = "SELECT 1 FROM seaql_migrations WHERE version = ''";

/// Whether a server answers a statement within [`PROBE_TIMEOUT`].
///
/// # Errors
/// When it does not.
pub(super) async fn probe(options: &ServerOptions) -> Result<(), SqlxError> {
    let probe = async {
        match options {
            ServerOptions::Postgres(options) => {
                let mut connection = options.connect().await?;
                accept_answer(connection.execute(STATEMENT).await)?;
                connection.close().await
            }
            ServerOptions::MySql(options) => {
                let mut connection = options.connect().await?;
                accept_answer(connection.execute(STATEMENT).await)?;
                connection.close().await
            }
        }
    };
    match timeout(PROBE_TIMEOUT, probe).await {
        Ok(Err(failure)) if is_busy(&failure) => Ok(()),
        Ok(answer) => answer,
        Err(elapsed) => Err(SqlxError::Io(elapsed.into())),
    }
}

/// Accepts every answer of the server, also that the table does not exist yet.
fn accept_answer<T>(answer: Result<T, SqlxError>) -> Result<(), SqlxError> {
    match answer {
        Err(failure) if !is_answer(&failure) => Err(failure),
        _ => Ok(()),
    }
}
