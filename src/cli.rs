//! The command line: one file a command.
//!
//! Results go to standard output, everything else to standard error.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::{
    config::{self, Common},
    telemetry,
    traces::Traces,
};

mod account;
mod backfill;
mod backup;
mod completions;
mod database;
mod demo;
mod doctor;
mod erase;
mod hold;
mod import;
mod key;
mod legacy_profile;
mod legacy_schema;
mod manual;
mod migrate;
mod output;
mod progress;
mod restored;
mod scrub;
mod secret;
mod serve;
mod session_arguments;
mod signals;
mod sync;
mod time_argument;
mod translate;
mod trusted_documents;
mod usage;
mod webhook;

use output::{Done, describe, notice, print};

/// Serves remote-support session history through GraphQL and through the legacy URL.
#[derive(Debug, Parser)]
#[command(name = "session-history", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(Box<serve::Arguments>),
    /// Import legacy documents, in XML or JSON, into an account.
    Import(import::Arguments),
    /// Mirror another server that has the legacy URL into an account.
    Sync(Box<sync::Arguments>),
    /// Copy an SQLite database to a file, also while the gateway serves and imports run. The copy is as the
    /// database is at one moment.
    Backup(backup::Arguments),
    /// Refuse the cursors of the time before a restore. Run this after the database was restored from a backup, so that
    /// no program that follows the change feed misses a change.
    Restored,
    /// Check the installation, and say what is wrong and what to do. Prints a line for each check, separated by tabs:
    /// ok, warning or problem; what was checked; the result. The exit code is 0 if all is well, 1 if there are
    /// warnings, 2 if there are problems.
    Doctor(Box<doctor::Arguments>),
    /// Delete or anonymize sessions. Without --yes, the command only counts them.
    Erase(erase::Arguments),
    /// Hold sessions, which nothing removes then.
    #[command(subcommand)]
    Hold(hold::Command),
    /// Create and list accounts.
    #[command(subcommand)]
    Account(account::Command),
    /// Create, list and revoke API keys.
    #[command(subcommand)]
    Key(key::Command),
    /// Post changes to URLs.
    #[command(subcommand)]
    Webhook(webhook::Command),
    /// Print the GraphQL schema.
    Schema,
    /// Print the schema of the answers of the legacy URL.
    LegacySchema(legacy_schema::Arguments),
    /// Print the GraphQL query and variables of a legacy URL.
    Translate(translate::Arguments),
    /// List the keys that called the legacy URL, separated by tabs: account, number and label of the key,
    /// number of calls, time of the last call, format, elements of VARS, names of filters.
    Usage(usage::Arguments),
    /// Show or update the schema of the database.
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Print a script that completes the commands and settings in a shell.
    Completions(completions::Arguments),
    /// Write the manual pages of the commands.
    Manual(manual::Arguments),
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let cli = match config::parse::<Cli>(Cli::command(), std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    match start(cli) {
        Ok(code) => code,
        Err(failure) => {
            notice(&format!("error: {}", describe(&*failure)));
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> Done {
    let json = cli.common.log.log_format == config::LogFormat::Json;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let collector = match &cli.command {
        Command::Serve(arguments) => arguments.collector(),
        _ => None,
    };
    let traces = telemetry::start(cli.common.log.log.clone(), json, collector, runtime.handle())?;
    for name in config::unknown_variables(Cli::command()) {
        tracing::warn!("the environment variable {name} is not a setting and has no effect");
    }
    let done = runtime.block_on(async {
        let done = run_until_stopped(cli).await;
        database::close().await;
        done
    });
    traces.iter().for_each(Traces::end);
    // A thread that still waits for standard input does not hold up the exit.
    runtime.shutdown_background();
    done
}

/// Runs the command until it ends, or until a signal asks it to.
async fn run_until_stopped(cli: Cli) -> Done {
    if matches!(cli.command, Command::Serve(_)) {
        // It answers its requests first.
        return run(cli).await;
    }
    tokio::select! {
        done = run(cli) => done,
        () = signals::stopped() => Err("interrupted".into()),
    }
}

async fn run(cli: Cli) -> Done {
    let database = &cli.common.database;
    match cli.command {
        Command::Serve(arguments) => serve::run(database, *arguments).await,
        Command::Import(arguments) => import::run(database, arguments).await,
        Command::Sync(arguments) => sync::run(database, *arguments).await,
        Command::Backup(arguments) => backup::run(database, arguments).await,
        Command::Restored => restored::run(database).await,
        Command::Doctor(arguments) => doctor::run(database, *arguments).await,
        Command::Erase(arguments) => erase::run(database, arguments).await,
        Command::Hold(command) => hold::run(database, command).await,
        Command::Account(command) => account::run(database, command).await,
        Command::Key(command) => key::run(database, command).await,
        Command::Webhook(command) => webhook::run(database, command).await,
        Command::Schema => print(&crate::graphql::sdl()),
        Command::LegacySchema(arguments) => legacy_schema::run(&arguments),
        Command::Translate(arguments) => translate::run(&arguments),
        Command::Usage(arguments) => usage::run(database, arguments).await,
        Command::Migrate(command) => migrate::run(database, command).await,
        Command::Completions(arguments) => completions::run(Cli::command(), &arguments),
        Command::Manual(arguments) => manual::run(Cli::command(), &arguments),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
