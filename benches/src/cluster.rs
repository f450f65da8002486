//! Temporary database servers, each in a folder that is deleted with it.
//!
//! All settings are the defaults, so commits are synced to disk.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use crate::engine::Engine;

mod mariadb;
mod postgres;

/// A running server.
#[derive(Debug)]
pub(crate) enum Cluster {
    Postgres(postgres::Postgres),
    Mariadb(mariadb::Mariadb),
}

impl Cluster {
    /// Makes and starts a server in an existing folder, if the engine needs one.
    pub(crate) fn start(engine: Engine, folder: &Path) -> Result<Option<Self>> {
        Ok(match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Self::Postgres(postgres::Postgres::start(folder)?)),
            Engine::Mariadb => Some(Self::Mariadb(mariadb::Mariadb::start(folder)?)),
        })
    }

    /// The URL of a database that always exists.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Postgres(server) => server.url(),
            Self::Mariadb(server) => server.url(),
        }
    }
}

/// The user that runs a server if this program runs as root, since servers refuse to run as root.
/// Debian's packages create it.
fn owner(name: &'static str) -> Option<&'static str> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let user = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    let effective = user.split_whitespace().nth(1)?;
    (effective == "0").then_some(name)
}

/// Creates the folder of a server.
fn make_folder(parent: &Path, folder: &Path, owner: Option<&str>) -> Result<()> {
    fs::create_dir(folder)?;
    if let Some(owner) = owner {
        // The server runs as this user, which must be able to reach its folder.
        fs::set_permissions(parent, fs::Permissions::from_mode(0o755))?;
        succeed(Command::new("chown").arg(owner).arg(folder))?;
    }
    Ok(())
}

/// Runs a short command that must succeed. Synchronous, since some run in `drop`.
fn succeed(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot run {name}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} failed ({}): {}", output.status, said.trim());
    Ok(())
}
