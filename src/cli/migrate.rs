//! `session-history migrate`.

use clap::Subcommand;

use super::{
    database::{connect, is_behind, update},
    output::{Done, notice, print},
};
use crate::{config::Database, store::schema::State};

/// The commands of `migrate`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Apply the pending steps to the schema of the database, and compute what stored sessions lack. If it is
    /// interrupted, the next call goes on.
    Up,
    /// List the steps of the schema, separated by tabs: state (applied, pending, or unknown to this
    /// version), name. The last line is 'backfill' while stored sessions lack what is derived from them.
    Status,
}

pub(super) async fn run(database: &Database, command: Command) -> Done {
    let store = connect(database).await?;
    match command {
        Command::Up => {
            if is_behind(&store).await? {
                update(&store).await?;
            }
            notice("the schema is up to date");
            print("")
        }
        Command::Status => {
            let (mut lines, steps) = (String::new(), store.schema_steps().await?);
            let is_current = steps.iter().all(|step| step.state != State::Pending);
            for step in steps {
                let state = match step.state {
                    State::Applied => "applied",
                    State::Pending => "pending",
                    State::Unknown => "unknown",
                };
                lines.push_str(&format!("{state}\t{}\n", step.name));
            }
            if is_current && store.needs_backfill().await? {
                lines.push_str("pending\tbackfill\n");
            }
            print(&lines)
        }
    }
}
