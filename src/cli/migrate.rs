//! `session-history migrate`.

use clap::Subcommand;

use super::{
    database::{connect, is_behind},
    output::{Done, notice, print},
};
use crate::{config::Database, store::schema::State};

/// The commands of `migrate`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Apply the pending steps to the schema of the database.
    Up,
    /// List the steps of the schema, separated by tabs: state (applied, pending, or unknown to this
    /// version), name.
    Status,
}

pub(super) async fn run(database: &Database, command: Command) -> Done {
    let store = connect(database).await?;
    match command {
        Command::Up => {
            if is_behind(&store).await? {
                store.migrate().await?;
            }
            notice("the schema is up to date");
            print("")
        }
        Command::Status => {
            let mut lines = String::new();
            for step in store.schema_steps().await? {
                let state = match step.state {
                    State::Applied => "applied",
                    State::Pending => "pending",
                    State::Unknown => "unknown",
                };
                lines.push_str(&format!("{state}\t{}\n", step.name));
            }
            print(&lines)
        }
    }
}
