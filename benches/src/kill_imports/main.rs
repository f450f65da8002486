//! Kills the gateway during imports, and compares the rows of a later import with those of an import
//! that was not killed. See the README of this crate.
#![allow(clippy::print_stdout, reason = "the table is this program's result")]
#![allow(clippy::print_stderr, reason = "the user sees the progress")]

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use benches::{engine::Engine, programs::Programs, workspace::Workspace};
use clap::Parser;
use sqlx::{mysql::MySqlPool, postgres::PgPool, sqlite::SqlitePool};
use tokio::signal::unix::{SignalKind, signal};

mod contents;
mod trial;

use trial::Trial;

/// Kills imports at random moments and compares the stored rows.
#[derive(Debug, Parser)]
struct Arguments {
    /// Database engine, or all.
    #[arg(long, default_value = "all", value_parser = engines)]
    database: Engines,
    /// Number of killed imports on each database.
    #[arg(long, value_name = "N", default_value_t = 20)]
    kills: usize,
    /// Number of sessions of the imported document.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    sessions: usize,
    /// Seed of the random moments. Default: random.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Path of the gateway. Default: session-history in the folder of this program.
    #[arg(long, value_name = "PATH")]
    gateway: Option<PathBuf>,
}

/// Some database engines.
#[derive(Clone, Debug)]
struct Engines(Vec<Engine>);

fn engines(text: &str) -> Result<Engines, String> {
    match text {
        "all" => Ok(Engines(<Engine as clap::ValueEnum>::value_variants().to_vec())),
        one => {
            <Engine as clap::ValueEnum>::from_str(one, false).map(|engine| Engines(vec![engine]))
        }
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let programs = Programs::find(arguments.gateway.as_deref())?;
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    eprintln!("--seed {seed}");
    let mut done = Vec::new();
    for engine in &arguments.database.0 {
        let workspace = Workspace::create(*engine, None).await?;
        let trial = Trial::new(&programs, &workspace, *engine, &arguments, seed);
        done.push(tokio::select! {
            // Dropped values stop the programs that were started.
            stopped = stopped() => stopped?,
            outcome = async {
                match engine {
                    Engine::Sqlite => trial.run::<SqlitePool>().await,
                    Engine::Postgres => trial.run::<PgPool>().await,
                    Engine::Mariadb => trial.run::<MySqlPool>().await,
                }
            } => outcome?,
        });
    }
    println!(
        "\n## {} sessions, seed {seed}\n\n\
         | database | undisturbed, s | kills | after, s | sessions stored then \
         | ended before | compared | rows expected | rows found | lost | doubled |\n\
         |---|---|---|---|---|---|---|---|---|---|---|",
        arguments.sessions
    );
    done.iter().for_each(|outcome| println!("{outcome}"));
    ensure!(done.iter().all(trial::Outcome::is_good), "rows were lost or doubled");
    Ok(())
}

/// Resolves at SIGINT or SIGTERM.
async fn stopped() -> Result<trial::Outcome> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    bail!("stopped")
}
