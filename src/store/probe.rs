//! A look at a server, through a connection of its own: a pool is slow to say that nobody answers.

use std::{str::FromStr, time::Duration};

use sea_orm::{
    SqlxError,
    sqlx::{
        ConnectOptions, Connection, Executor, mysql::MySqlConnectOptions,
        postgres::PgConnectOptions,
    },
};
use tokio::time::timeout;

use super::{
    failure::{is_answer, is_at_work},
    urls::{self, Engine},
};
use crate::error::{Error, Result};

/// How long a server may take to answer.
pub(super) const LOOK: Duration = Duration::from_secs(1);
/// A node that is not of its cluster takes connections, and answers what needs no table.
const QUESTION: &str = "SELECT 1 FROM seaql_migrations WHERE version = ''";

/// How a server is reached.
pub(super) enum Probe {
    Postgres(Box<PgConnectOptions>),
    MySql(Box<MySqlConnectOptions>),
}

impl Probe {
    /// How the server of a URL is reached.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub(super) fn new(engine: Engine, url: &str) -> Result<Self> {
        let url = urls::for_driver(url);
        // What the driver says of a URL that it cannot read may repeat a password.
        let unreadable = |_| Error::input("The database URL cannot be read.");
        Ok(match engine {
            Engine::MySql => {
                let options = MySqlConnectOptions::from_str(&url).map_err(unreadable)?;
                Self::MySql(Box::new(options.disable_statement_logging()))
            }
            _ => {
                let options = PgConnectOptions::from_str(&url).map_err(unreadable)?;
                Self::Postgres(Box::new(options.disable_statement_logging()))
            }
        })
    }

    /// The server's host and port, or socket.
    pub(super) fn place(&self) -> String {
        let (host, port, socket) = match self {
            Self::Postgres(options) => {
                (options.get_host(), options.get_port(), options.get_socket())
            }
            Self::MySql(options) => (options.get_host(), options.get_port(), options.get_socket()),
        };
        match socket {
            Some(socket) => socket.display().to_string(),
            None => format!("{host}:{port}"),
        }
    }

    /// Whether the server answers a question, within [`LOOK`].
    ///
    /// # Errors
    /// When it does not.
    pub(super) async fn look(&self) -> Result<(), SqlxError> {
        let look = async {
            match self {
                Self::Postgres(options) => {
                    let mut connection = options.connect().await?;
                    there(connection.execute(QUESTION).await)?;
                    connection.close().await
                }
                Self::MySql(options) => {
                    let mut connection = options.connect().await?;
                    there(connection.execute(QUESTION).await)?;
                    connection.close().await
                }
            }
        };
        match timeout(LOOK, look).await {
            Ok(Err(failure)) if is_at_work(&failure) => Ok(()),
            Ok(answer) => answer,
            Err(late) => Err(SqlxError::Io(late.into())),
        }
    }
}

/// Any answer shows that the server is there, be it that it has no such table yet.
fn there<T>(answer: Result<T, SqlxError>) -> Result<(), SqlxError> {
    match answer {
        Err(failure) if !is_answer(&failure) => Err(failure),
        _ => Ok(()),
    }
}
