//! Administration of a database server, on a separate connection.

use std::{fs, path::Path};

use anyhow::{Context, ensure};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};

use super::Result;
use crate::process::{name, parent};

/// Why the process of a server is not known.
const ELSEWHERE: &str = "the server does not run on this machine, so its CPU time cannot be read";

/// Runs statements one by one on a server.
///
/// # Errors
/// When the database cannot be reached, or refuses one.
pub async fn administer(url: &str, statements: &[String]) -> Result<()> {
    match is_postgres(url) {
        true => run::<PgConnection>(url, statements).await,
        false => run::<MySqlConnection>(url, statements).await,
    }
}

/// The first process of a server.
///
/// # Errors
/// When the server cannot be reached, or does not run on this machine.
pub async fn process(url: &str) -> anyhow::Result<i32> {
    if is_postgres(url) {
        let mut connection = PgConnection::connect(url).await?;
        let ask = sqlx::query_scalar("SELECT pg_backend_pid()");
        let backend: i32 = ask.fetch_one(&mut connection).await?;
        ensure!(name(backend) == "postgres", ELSEWHERE);
        // The backend ends with the connection.
        let server = parent(backend);
        connection.close().await?;
        return server;
    }
    let mut connection = MySqlConnection::connect(url).await?;
    let ask = sqlx::query_as("SELECT @@datadir, @@pid_file");
    let (data, file): (String, String) = ask.fetch_one(&mut connection).await?;
    connection.close().await?;
    let process = fs::read_to_string(Path::new(&data).join(file)).context(ELSEWHERE)?;
    let process = process.trim().parse().context(ELSEWHERE)?;
    ensure!(["mariadbd", "mysqld"].contains(&name(process).as_str()), ELSEWHERE);
    Ok(process)
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres")
}

async fn run<C: Connection>(url: &str, statements: &[String]) -> Result<()>
where
    for<'c> &'c mut C: Executor<'c>,
{
    let mut connection = C::connect(url).await?;
    for statement in statements {
        connection.execute(AssertSqlSafe(statement.as_str())).await?;
    }
    connection.close().await
}
