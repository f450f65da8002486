//! The database that both servers read, filled by the gateway's own import.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};
use benches::{
    database::{Database, administer},
    programs::{ACCOUNT, Programs, make_account, succeed},
    server::Server,
    workspace::Workspace,
};
use sqlx::sqlite::SqlitePool;

use crate::arguments::Arguments;

/// A filled database and a key for it.
#[derive(Debug)]
pub(crate) struct Fixture {
    url: String,
    /// The number of sessions.
    pub(crate) sessions: usize,
    pub(crate) key: String,
    /// The command line of its gateway.
    serve: Vec<String>,
    /// The path of its servers' logs, without extension.
    logs: PathBuf,
}

impl Fixture {
    /// Creates the database with the sessions of the arguments.
    pub(crate) async fn make(
        arguments: &Arguments,
        programs: &Programs,
        workspace: &Workspace,
    ) -> Result<Self> {
        Self::of("fixture", arguments.sessions, arguments, programs, workspace).await
    }

    /// Creates a database with an account and a key, and imports an export.
    pub(crate) async fn of(
        name: &str,
        sessions: usize,
        arguments: &Arguments,
        programs: &Programs,
        workspace: &Workspace,
    ) -> Result<Self> {
        let start = Instant::now();
        let export = workspace.file("fixture.json");
        programs.export(sessions, arguments.messages, "json", &export).await?;
        let url = workspace.database(name).await?;
        make_account(programs, &url, &[]).await?;
        let file = export.to_str().context("the folder's name is no text")?;
        succeed(&mut programs.gateway(&url, &["import", file, "--account", ACCOUNT])).await?;
        let create = ["key", "create", "--account", ACCOUNT, "--label", "bench"];
        let key = succeed(&mut programs.gateway(&url, &create)).await?.trim().to_owned();
        std::fs::remove_file(export)?;
        settle(&url).await?;
        eprintln!("imported {sessions} sessions in {:.1?}", start.elapsed());
        let mut serve = vec!["serve".to_owned(), "--listen".to_owned(), "127.0.0.1:0".to_owned()];
        serve.extend(arguments.max_cost.map(|most| format!("--max-cost={most}")));
        Ok(Self { url, sessions, key, serve, logs: workspace.file(name) })
    }

    /// Starts the gateway on the database.
    pub(crate) async fn gateway(&self, programs: &Programs) -> Result<Server> {
        let serve: Vec<_> = self.serve.iter().map(String::as_str).collect();
        Server::start(programs.gateway(&self.url, &serve), &self.logs.with_extension("gateway.log"))
            .await
    }

    /// Starts PostGraphile on the database.
    pub(crate) async fn postgraphile(&self, programs: &Programs, folder: &Path) -> Result<Server> {
        Server::start(
            programs.postgraphile(folder, &self.url),
            &self.logs.with_extension("postgraphile.log"),
        )
        .await
    }

    /// Starts the baseline on the database.
    pub(crate) async fn baseline(&self, programs: &Programs) -> Result<Server> {
        Server::start(programs.baseline(&self.url), &self.logs.with_extension("baseline.log")).await
    }
}

/// Updates the statistics of the database and writes it to disk, as happens some time after a bulk
/// load.
async fn settle(url: &str) -> Result<()> {
    if url.starts_with("sqlite:") {
        let pool = SqlitePool::open(url, 1, false).await?;
        let mut connection = pool.connection().await?;
        for statement in ["ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"] {
            SqlitePool::execute(&mut connection, statement.into(), &[]).await?;
        }
        drop(connection);
        Database::close(&pool).await;
        return Ok(());
    }
    Ok(administer(url, &["VACUUM ANALYZE".to_owned(), "CHECKPOINT".to_owned()]).await?)
}
