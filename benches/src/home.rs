//! Where databases are made: a temporary folder, or a database server.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::{
    cluster::Cluster,
    database::{administer, process},
    kind::Kind,
};

/// The databases that are ever made.
const NAMES: [&str; 7] = ["fixture", "smaller", "source", "import", "bare", "whole", "killed"];

/// The place of this run's databases. All of it goes with the value.
#[derive(Debug)]
pub struct Home {
    kind: Kind,
    /// None for files.
    server: Option<Server>,
    // After the server, which ends first.
    folder: TempDir,
}

#[derive(Debug)]
struct Server {
    /// None for one that was there already.
    own: Option<Cluster>,
    /// Of a database that is always there.
    url: String,
    process: i32,
}

impl Home {
    /// Makes the folder, and starts a server or reaches the one that is named.
    ///
    /// # Errors
    /// When the server's programs are missing, or it does not start or cannot be reached.
    pub async fn make(kind: Kind, url: Option<&str>) -> Result<Self> {
        let folder = TempDir::with_prefix("session-history-bench-")?;
        let own = match url {
            Some(_) => None,
            None => Cluster::start(kind, folder.path())?,
        };
        let Some(url) = own.as_ref().map(Cluster::url).or(url.map(str::to_owned)) else {
            return Ok(Self { kind, server: None, folder });
        };
        let process = process(&url).await?;
        Ok(Self { kind, server: Some(Server { own, url, process }), folder })
    }

    /// The folder for files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// A new database, of a name that [`Home::leave`] knows, by its URL.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn database(&self, name: &str) -> Result<String> {
        let Some(server) = &self.server else {
            return Ok(format!("sqlite:{}", self.file(&format!("{name}.sqlite3")).display()));
        };
        let name = own(name);
        administer(&server.url, &[format!("CREATE DATABASE {name}")]).await?;
        with_database(&server.url, &name)
    }

    /// Drops a database that nobody uses any more.
    ///
    /// # Errors
    /// When it cannot be dropped.
    pub async fn drop_database(&self, name: &str) -> Result<()> {
        let Some(server) = &self.server else {
            for suffix in ["", "-wal", "-shm"] {
                // Not each of them exists.
                let _ = std::fs::remove_file(self.file(&format!("{name}.sqlite3{suffix}")));
            }
            return Ok(());
        };
        let force = if self.kind == Kind::Postgres { " WITH (FORCE)" } else { "" };
        let drop = format!("DROP DATABASE IF EXISTS {}{force}", own(name));
        Ok(administer(&server.url, &[drop]).await?)
    }

    /// Lets a server write out what it still has to, so that the next load does not pay for it.
    /// MariaDB has no word for that; what it had to write of a dropped database goes with it.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn rest(&self) -> Result<()> {
        match &self.server {
            Some(server) if self.kind == Kind::Postgres => {
                Ok(administer(&server.url, &["CHECKPOINT".to_owned()]).await?)
            }
            _ => Ok(()),
        }
    }

    /// Drops what is left on a server that stays.
    ///
    /// # Errors
    /// When it cannot be dropped.
    pub async fn leave(&self) -> Result<()> {
        if matches!(self.server, Some(Server { own: None, .. })) {
            for name in NAMES {
                self.drop_database(name).await?;
            }
        }
        Ok(())
    }

    /// The first process of the database's server, if it has one.
    pub fn cluster_process(&self) -> Option<i32> {
        self.server.as_ref().map(|server| server.process)
    }
}

/// A name that nobody else uses on a shared server.
fn own(name: &str) -> String {
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
