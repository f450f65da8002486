//! The command line: one file a command.
//!
//! Results go to standard output, everything else to standard error.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::OnceLock,
    time::Duration,
};

use clap::{CommandFactory, Parser, Subcommand};
use tokio::time::timeout;

use crate::{
    config::{self, Common},
    domain::time::Clock,
    store::{Options, Pooling, Store, schema::State},
    telemetry,
};

mod account;
mod demo;
mod import;
mod key;
mod migrate;
mod serve;
mod translate;

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
    Serve(serve::Arguments),
    /// Import legacy documents, in XML or JSON, into an account.
    Import(import::Arguments),
    /// Create and list accounts.
    #[command(subcommand)]
    Account(account::Command),
    /// Create, list and revoke API keys.
    #[command(subcommand)]
    Key(key::Command),
    /// Print the GraphQL schema.
    Schema,
    /// Print the GraphQL query and variables of a legacy URL.
    Translate(translate::Arguments),
    /// Show or update the schema of the database.
    #[command(subcommand)]
    Migrate(migrate::Command),
}

/// The store that the command opened, which is closed when the command ends.
static OPENED: OnceLock<Store> = OnceLock::new();

/// How long the store may take to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a command failed, for its user.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The result of a command: its exit code.
type Done = Result<ExitCode, Failure>;

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
    telemetry::start(cli.common.log.log.clone(), json);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        let done = run_until_stopped(cli).await;
        if let Some(store) = OPENED.get() {
            // A database that does not answer does not keep the command from ending.
            let _ = timeout(CLOSE_TIMEOUT, store.close()).await;
        }
        done
    });
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
        () = serve::stopped() => Err("interrupted".into()),
    }
}

async fn run(cli: Cli) -> Done {
    let database = &cli.common.database;
    match cli.command {
        Command::Serve(arguments) => serve::run(database, arguments).await,
        Command::Import(arguments) => import::run(database, arguments).await,
        Command::Account(command) => account::run(database, command).await,
        Command::Key(command) => key::run(database, command).await,
        Command::Schema => print(&crate::graphql::sdl()),
        Command::Translate(arguments) => translate::run(&arguments),
        Command::Migrate(command) => migrate::run(database, command).await,
    }
}

/// Opens the database without a change of its schema.
async fn connect(database: &config::Database) -> Result<Store, Failure> {
    let seconds = Duration::from_secs;
    let options = Options {
        url: database.database_url.clone(),
        read_url: database.read_url.clone().unwrap_or_default(),
        readers: database.database_connections,
        exports: database.database_exports,
        acquire_timeout: seconds(database.database_wait),
        statement_timeout: seconds(database.statement_timeout),
        start_wait: seconds(database.start_wait),
        pooling: match database.database_pooling {
            config::Pooling::Session => Pooling::Session,
            config::Pooling::Transaction => Pooling::Transaction,
        },
    };
    let store = Store::connect(&options).await?;
    Ok(OPENED.get_or_init(|| store).clone())
}

/// Opens the database with a schema that is up to date. The schema of a file is updated; that of a
/// server, which may have other users, is updated only with `migrate`.
async fn open(database: &config::Database, migrate: bool) -> Result<Store, Failure> {
    let store = connect(database).await?;
    if is_behind(&store).await? {
        if !(store.is_embedded() || migrate) {
            return Err("the schema of the database is out of date: run \
                        'session-history migrate up', or 'serve --migrate'"
                .into());
        }
        store.migrate().await?;
    }
    Ok(store)
}

/// Whether steps of the schema are pending.
///
/// # Errors
/// When the database has steps of a newer version, which this version could damage.
async fn is_behind(store: &Store) -> Result<bool, Failure> {
    let steps = store.schema_steps().await?;
    if let Some(step) = steps.iter().find(|step| step.state == State::Unknown) {
        return Err(format!(
            "the schema of the database is newer than this version of session-history, which does \
             not know its step '{}': use the newer version",
            step.name
        )
        .into());
    }
    Ok(steps.iter().any(|step| step.state == State::Pending))
}

fn clock() -> Clock {
    Clock::system()
}

/// Prints a result.
fn print(text: &str) -> Done {
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a line to standard error.
fn notice(text: &str) {
    // Standard error may be closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// An error with its causes. The person at the terminal gets the cause of an internal error, and not
/// the sentence that hides it from callers.
fn describe(failure: &(dyn std::error::Error + 'static)) -> String {
    let hidden = failure.is::<crate::error::Error>().then(|| failure.source()).flatten();
    let failure = hidden.unwrap_or(failure);
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.ends_with(&inner_text) {
            text = format!("{text} {inner_text}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
