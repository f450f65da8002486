//! `session-history migrate`.

use clap::Subcommand;

use super::{Done, connect, print, say};
use crate::config::Database;

/// What to do with the schema of the database.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Apply the steps that the database lacks.
    Up,
    /// List the steps: applied or pending, and name, separated by a tab.
    Status,
}

pub(super) async fn run(database: &Database, command: Command) -> Done {
    let store = connect(database).await?;
    match command {
        Command::Up => {
            store.migrate().await?;
            say("the schema is up to date");
            print("")
        }
        Command::Status => {
            let mut lines = String::new();
            for step in store.schema_steps().await? {
                let state = if step.applied { "applied" } else { "pending" };
                lines.push_str(&format!("{state}\t{}\n", step.name));
            }
            print(&lines)
        }
    }
}
