//! `session-history sync`.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, Subcommand};
use tokio::time::sleep;

use super::{
    database::open,
    output::{Done, SOME_REJECTED, describe, notice, print},
};
use crate::{
    config::{Database, SyncSource},
    domain::time::Clock,
    jobs::mirror::run_here,
    sync::mirror::MirrorError,
};
use build::mirror;
use report::Report;

pub(super) mod build;
mod forget;
pub(super) mod report;
mod status;

/// The pause before a mirror that follows its source begins again after a failure of the database.
const RESTART_PAUSE: Duration = Duration::from_secs(10);

/// The arguments of `sync`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    source: Option<SyncSource>,
    /// The file for rejected records. Without it, only their number and the reasons are shown.
    #[arg(long, value_name = "PATH")]
    rejects: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List how far mirrors are, separated by tabs: account, URL, start method, first and last time of a range, state,
    /// time of the last read or of the next attempt, last error. Lines of MISSING have the numbers of sessions that the
    /// source does not have any more.
    Status {
        /// List only the mirrors of this account.
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Remove what is known of a source: which ranges were read, and its last error. Its sessions stay. A mirror of it
    /// that is started again reads everything again.
    Forget {
        /// URL of the source, as 'sync status' shows it.
        url: String,
        /// The account that the source is mirrored into.
        #[arg(long, value_name = "NAME")]
        account: String,
    },
}

pub(super) async fn run(database: &Database, arguments: Arguments) -> Done {
    let Arguments { command, source, rejects } = arguments;
    match command {
        Some(Command::Status { account }) => {
            return print(&status::lines(&open(database, false).await?, account).await?);
        }
        Some(Command::Forget { url, account }) => {
            return forget::forget(&open(database, false).await?, &account, &url).await;
        }
        None => {}
    }
    let source = source.ok_or("--account, --from and --key-file are needed")?;
    let store = open(database, false).await?;
    store.expect_many_writes().await?;
    let every = source.every.map(|every| every.0);
    let mirror = mirror(&store, &source, every, Clock::system()).await?;
    loop {
        let mut report = Report::new(rejects.clone())?;
        let done = run_here(&mirror, &mut report).await;
        report.finish();
        match done {
            Ok(done) => {
                let tally = done.tally;
                print(&format!(
                    "new {}, changed {}, unchanged {}, rejected {}\n",
                    tally.new, tally.changed, tally.unchanged, tally.rejected
                ))?;
                if done.is_incomplete {
                    return Err(
                        "some ranges could not be read: see 'session-history sync status'".into()
                    );
                }
                return Ok(match tally.rejected {
                    0 => ExitCode::SUCCESS,
                    _ => ExitCode::from(SOME_REJECTED),
                });
            }
            // The account may mean another one now.
            Err(error @ MirrorError::Replaced) => return Err(error.into()),
            Err(MirrorError::Store(error)) if every.is_some() && error.is_outage() => {
                notice(&format!("error: {}; the mirror begins again", describe(&error)));
                sleep(RESTART_PAUSE).await;
            }
            Err(MirrorError::Store(error)) => return Err(error.into()),
            Err(error) => return Err(error.into()),
        }
    }
}
