//! The temporary folder of a run, and the database server on which it creates databases.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::{
    cluster::Cluster,
    database::{administer, process},
    engine::Engine,
};

/// The names of all databases that a run can create.
const NAMES: [&str; 8] =
    ["fixture", "smaller", "source", "import", "bare", "whole", "killed", "soak"];

/// The folder and the databases of one run. They are deleted when the value is dropped.
#[derive(Debug)]
pub struct Workspace {
    engine: Engine,
    /// None for SQLite.
    server: Option<Server>,
    // Declared after the server, which must stop first.
    folder: TempDir,
}

#[derive(Debug)]
struct Server {
    /// None if the server was running before.
    started: Option<Cluster>,
    /// URL of a database that always exists.
    url: String,
    process: i32,
}

impl Workspace {
    /// Creates the folder, and starts a server if no URL is given.
    ///
    /// # Errors
    /// When the programs of the server are missing, or it does not start or answer.
    pub async fn create(engine: Engine, url: Option<&str>) -> Result<Self> {
        let folder = TempDir::with_prefix("session-history-bench-")?;
        let started = match url {
            Some(_) => None,
            None => Cluster::start(engine, folder.path())?,
        };
        let Some(url) = started.as_ref().map(Cluster::url).or(url.map(str::to_owned)) else {
            return Ok(Self { engine, server: None, folder });
        };
        let process = process(&url).await?;
        Ok(Self { engine, server: Some(Server { started, url, process }), folder })
    }

    /// The folder for files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Creates a database with a name of `NAMES` and returns its URL.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn database(&self, name: &str) -> Result<String> {
        let Some(server) = &self.server else {
            return Ok(format!("sqlite:{}", self.file(&format!("{name}.sqlite3")).display()));
        };
        let name = unique_name(name);
        administer(&server.url, &[format!("CREATE DATABASE {name}")]).await?;
        with_database(&server.url, &name)
    }

    /// Drops a database.
    ///
    /// # Errors
    /// When it cannot be dropped.
    pub async fn drop_database(&self, name: &str) -> Result<()> {
        let Some(server) = &self.server else {
            for suffix in ["", "-wal", "-shm"] {
                // Some of them do not exist.
                let _ = std::fs::remove_file(self.file(&format!("{name}.sqlite3{suffix}")));
            }
            return Ok(());
        };
        let force = if self.engine == Engine::Postgres { " WITH (FORCE)" } else { "" };
        let drop = format!("DROP DATABASE IF EXISTS {}{force}", unique_name(name));
        Ok(administer(&server.url, &[drop]).await?)
    }

    /// Makes PostgreSQL write its changes to disk, so that they do not slow down the next load.
    /// MariaDB has no such statement, and does not write the pages of a dropped database.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn checkpoint(&self) -> Result<()> {
        match &self.server {
            Some(server) if self.engine == Engine::Postgres => {
                Ok(administer(&server.url, &["CHECKPOINT".to_owned()]).await?)
            }
            _ => Ok(()),
        }
    }

    /// Drops all databases of this run on a server that was running before.
    ///
    /// # Errors
    /// When it cannot be dropped.
    pub async fn drop_all(&self) -> Result<()> {
        if matches!(self.server, Some(Server { started: None, .. })) {
            for name in NAMES {
                self.drop_database(name).await?;
            }
        }
        Ok(())
    }

    /// The first process of the database server, if there is one.
    pub fn cluster_process(&self) -> Option<i32> {
        self.server.as_ref().map(|server| server.process)
    }
}

/// A name that is unique on a shared server.
fn unique_name(name: &str) -> String {
    format!("session_history_bench_{}_{name}", std::process::id())
}

/// The URL of another database on the same server.
fn with_database(url: &str, name: &str) -> Result<String> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let authority = address.find("://").context("the URL has no scheme")? + 3;
    let end = address[authority..].find('/').map_or(address.len(), |at| authority + at);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    Ok(format!("{}/{name}{query}", &address[..end]))
}
