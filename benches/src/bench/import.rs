//! The import of the gateway and a bare loader, each into a new database.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use benches::{
    database::Database,
    engine::Engine,
    process,
    programs::{ACCOUNT, PROGRAM_TIMEOUT, Programs, make_account},
    workspace::Workspace,
};
use sqlx::{mysql::MySqlPool, postgres::PgPool, sqlite::SqlitePool};
use tokio::time::sleep;

use crate::{arguments::Arguments, loader::Rows, rounds::database_cpu};

/// One load of a database.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    pub(crate) elapsed: Duration,
    /// CPU time of the program,
    pub(crate) loader: Duration,
    /// and of the database server.
    pub(crate) database: Duration,
    pub(crate) rows: usize,
    /// Peak memory, in KiB. That of the bare loader includes all rows.
    pub(crate) peak: u64,
}

/// All loads, round by round.
#[derive(Debug, Default)]
pub(crate) struct Imports {
    pub(crate) json: Vec<Import>,
    pub(crate) xml: Vec<Import>,
    /// JSON into an account without the index for searches.
    pub(crate) without_search: Vec<Import>,
    pub(crate) bare: Vec<Import>,
}

impl Import {
    /// Rows a second.
    pub(crate) fn rate(&self) -> f64 {
        self.rows as f64 / self.elapsed.as_secs_f64()
    }
}

/// Measures imports of both formats, one without the index for searches, and the bare loader, in turn.
pub(crate) async fn measure(
    arguments: &Arguments,
    programs: &Programs,
    workspace: &Workspace,
) -> Result<Imports> {
    match arguments.database {
        Engine::Sqlite => with::<SqlitePool>(arguments, programs, workspace).await,
        Engine::Postgres => with::<PgPool>(arguments, programs, workspace).await,
        Engine::Mariadb => with::<MySqlPool>(arguments, programs, workspace).await,
    }
}

async fn with<D: Database>(
    arguments: &Arguments,
    programs: &Programs,
    workspace: &Workspace,
) -> Result<Imports> {
    let (json, xml) = (workspace.file("import.json"), workspace.file("import.xml"));
    programs.export(arguments.sessions, arguments.messages, "json", &json).await?;
    programs.export(arguments.sessions, arguments.messages, "xml", &xml).await?;

    // The rows of the bare loader are those that an import stored, with all columns.
    let url = workspace.database("source").await?;
    make_account(programs, &url, &[]).await?;
    import(programs, workspace, &url, &json).await?;
    let rows = Rows::read::<D>(&url).await?;
    workspace.drop_database("source").await?;

    let mut imports = Imports::default();
    for round in 0..arguments.rounds.min(3) {
        for (name, file, flags, done) in [
            ("json", &json, &[][..], &mut imports.json),
            ("xml", &xml, &[], &mut imports.xml),
            ("json without search", &json, &["--no-search"], &mut imports.without_search),
        ] {
            let url = workspace.database("import").await?;
            make_account(programs, &url, flags).await?;
            workspace.checkpoint().await?;
            let mut import = import(programs, workspace, &url, file).await?;
            import.rows = Rows::count::<D>(&url).await?;
            ensure!(import.rows == rows.len(), "the import of {name} stored other rows");
            workspace.drop_database("import").await?;
            tell(round, name, &import);
            done.push(import);
        }
        let url = workspace.database("bare").await?;
        make_account(programs, &url, &[]).await?;
        workspace.checkpoint().await?;
        let bare = bare::<D>(workspace, &url, &rows).await?;
        ensure!(Rows::count::<D>(&url).await? == rows.len(), "the bare loader lost rows");
        workspace.drop_database("bare").await?;
        tell(round, "bare loader", &bare);
        imports.bare.push(bare);
    }
    for file in [json, xml] {
        std::fs::remove_file(file)?;
    }
    Ok(imports)
}

fn tell(round: usize, name: &str, import: &Import) {
    let (seconds, rate) = (import.elapsed.as_secs_f64(), import.rate());
    eprintln!("round {} import {name}: {seconds:.2} s, {rate:.0} rows/s", round + 1);
}

async fn import(
    programs: &Programs,
    workspace: &Workspace,
    url: &str,
    file: &Path,
) -> Result<Import> {
    let file = file.to_str().context("the folder's name is no text")?;
    let own = i32::try_from(std::process::id())?;
    let before = (process::cpu_of_ended_children(own)?, database_cpu(workspace.cluster_process())?);
    let start = Instant::now();
    let mut command = programs.gateway(url, &["import", file, "--account", ACCOUNT]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let process = i32::try_from(child.id().context("the import has ended")?)?;
    let mut peak = 0;
    let status = loop {
        // An ended process has no memory.
        peak = process::peak(process).unwrap_or(0).max(peak);
        match child.try_wait()? {
            Some(status) => break status,
            None if start.elapsed() > PROGRAM_TIMEOUT => bail!("the import takes too long"),
            None => sleep(Duration::from_millis(5)).await,
        }
    };
    let elapsed = start.elapsed();
    ensure!(status.success(), "the import failed: {status}");
    Ok(Import {
        elapsed,
        loader: process::cpu_of_ended_children(own)? - before.0,
        database: database_cpu(workspace.cluster_process())? - before.1,
        rows: 0,
        peak,
    })
}

async fn bare<D: Database>(workspace: &Workspace, url: &str, rows: &Rows) -> Result<Import> {
    let own = i32::try_from(std::process::id())?;
    let before = (process::cpu(own)?, database_cpu(workspace.cluster_process())?);
    let start = Instant::now();
    rows.load::<D>(url).await?;
    Ok(Import {
        elapsed: start.elapsed(),
        loader: process::cpu(own)? - before.0,
        database: database_cpu(workspace.cluster_process())? - before.1,
        rows: rows.len(),
        peak: 0,
    })
}
