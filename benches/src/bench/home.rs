//! Where databases are made: a temporary folder, or a PostgreSQL server.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use benches::database::{administer, backend_process};
use tempfile::TempDir;

use crate::{
    arguments::{Arguments, Kind},
    cluster::Cluster,
    process,
};

/// The databases that are ever made.
const NAMES: [&str; 4] = ["fixture", "source", "import", "bare"];

/// The place of this run's databases. All of it goes with the value.
#[derive(Debug)]
pub(crate) struct Home {
    place: Place,
    // After the server, which ends first.
    folder: TempDir,
}

#[derive(Debug)]
enum Place {
    Files,
    Server { cluster: Option<Cluster>, url: String, process: i32 },
}

impl Home {
    /// Makes the folder, and starts a server or reaches the one that was named.
    pub(crate) async fn make(arguments: &Arguments) -> Result<Self> {
        let folder = TempDir::with_prefix("session-history-bench-")?;
        let place = match (arguments.database, &arguments.url) {
            (Kind::Sqlite, _) => Place::Files,
            (Kind::Postgres, given) => {
                let (cluster, url) = match given {
                    Some(url) => (None, url.clone()),
                    None => {
                        let cluster = Cluster::start(folder.path())?;
                        let url = cluster.url("postgres");
                        (Some(cluster), url)
                    }
                };
                let process = backend_process(&url, process::postmaster).await?;
                Place::Server { cluster, url, process }
            }
        };
        Ok(Self { place, folder })
    }

    /// The folder for files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// A new database, one of [`NAMES`], by its URL.
    pub(crate) async fn database(&self, name: &str) -> Result<String> {
        match &self.place {
            Place::Files => {
                Ok(format!("sqlite:{}", self.file(&format!("{name}.sqlite3")).display()))
            }
            Place::Server { cluster, url, .. } => {
                let name = own(name);
                administer(url, &[format!("CREATE DATABASE {name}")]).await?;
                match cluster {
                    Some(cluster) => Ok(cluster.url(&name)),
                    None => with_database(url, &name),
                }
            }
        }
    }

    /// Drops a database that nobody uses any more.
    pub(crate) async fn drop_database(&self, name: &str) -> Result<()> {
        match &self.place {
            Place::Files => {
                for suffix in ["", "-wal", "-shm"] {
                    // Not each of them exists.
                    let _ = std::fs::remove_file(self.file(&format!("{name}.sqlite3{suffix}")));
                }
                Ok(())
            }
            Place::Server { url, .. } => {
                let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", own(name));
                Ok(administer(url, &[drop]).await?)
            }
        }
    }

    /// Lets a server write out what it still has to, so that the next load does not pay for it.
    pub(crate) async fn rest(&self) -> Result<()> {
        match &self.place {
            Place::Files => Ok(()),
            Place::Server { url, .. } => Ok(administer(url, &["CHECKPOINT".to_owned()]).await?),
        }
    }

    /// Drops what is left on a server that stays.
    pub(crate) async fn leave(&self) -> Result<()> {
        if matches!(self.place, Place::Server { cluster: None, .. }) {
            for name in NAMES {
                self.drop_database(name).await?;
            }
        }
        Ok(())
    }

    /// The first process of the database's server, if it has one.
    pub(crate) fn cluster_process(&self) -> Option<i32> {
        match self.place {
            Place::Files => None,
            Place::Server { process, .. } => Some(process),
        }
    }
}

/// A name that nobody else uses on a shared server.
fn own(name: &str) -> String {
    format!("session_history_bench_{}_{name}", std::process::id())
}

fn with_database(url: &str, name: &str) -> Result<String> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let authority = address.find("://").context("the URL has no scheme")? + 3;
    let end = address[authority..].find('/').map_or(address.len(), |at| authority + at);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    Ok(format!("{}/{name}{query}", &address[..end]))
}
