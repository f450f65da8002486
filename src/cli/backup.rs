//! `session-history backup`.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use tempfile::NamedTempFile;

use super::{
    database::{connect_existing, options},
    output::{Done, Failure, describe, notice},
};
use crate::{
    config::Database,
    store::{Engine, Store},
};

/// The arguments of `backup`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// File to write. There must be no file of this name.
    file: PathBuf,
}

pub(super) async fn run(database: &Database, arguments: Arguments) -> Done {
    let file = std::path::absolute(arguments.file)?;
    if let Some(tool) = tool(options(database).engine()?) {
        let shown = file.display();
        return Err(format!(
            "the database is on a server, so its own tool makes the backup, such as: {tool} '{shown}' \
             (docs/OPERATIONS.md has the whole command)"
        )
        .into());
    }
    let store = connect_existing(database).await?;
    let bytes = write(&store, &file).await.map_err(|failure| {
        format!("the backup {} was not written: {}", file.display(), describe(&*failure))
    })?;
    notice(&format!("{} has {bytes} bytes", file.display()));
    Ok(ExitCode::SUCCESS)
}

/// The program that makes backups of a server.
fn tool(kind: Engine) -> Option<&'static str> {
    match kind {
        Engine::Sqlite => None,
        Engine::Postgres => Some("pg_dump --format=custom --dbname=URL --file"),
        Engine::MySql => Some("mariadb-dump --single-transaction DATABASE --result-file"),
    }
}

/// Writes a copy of the database, which only its owner can read, to a file that does not exist. The file has its name
/// only when it is whole. Returns its length.
async fn write(store: &Store, file: &Path) -> Result<u64, Failure> {
    let folder = file.parent().ok_or("it is not the path of a file")?;
    if file.symlink_metadata().is_ok() {
        return Err("there is a file of this name".into());
    }
    let mut temporary = tempfile::Builder::new();
    // SQLite has files of its own beside the copy, which stay if it fails.
    let beside = temporary.prefix(".session-history-").suffix(".partial").tempdir_in(folder)?;
    let copy = NamedTempFile::new_in(beside.path())?;
    store.copy_into(copy.path()).await?;
    // SQLite does not wait for the disk here.
    copy.as_file().sync_all()?;
    let bytes = copy.as_file().metadata()?.len();
    copy.persist_noclobber(file).map_err(|failure| match failure.error.kind() {
        io::ErrorKind::AlreadyExists => "there is a file of this name".into(),
        _ => Failure::from(failure.error),
    })?;
    File::open(folder)?.sync_all()?;
    Ok(bytes)
}
