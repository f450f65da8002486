//! `session-history account`.

use clap::Subcommand;

use super::{Done, clock, open, print};
use crate::{config::Database, domain::time::Timestamp};

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an account, and print its number.
    Create {
        /// Its name.
        name: String,
    },
    /// List the accounts: number, name and time of making, separated by tabs.
    List,
}

pub(super) async fn run(database: &Database, command: Command) -> Done {
    let store = open(database, false).await?;
    match command {
        Command::Create { name } => {
            let account = store.create_account(&name, clock().now()).await?;
            print(&format!("{}\n", account.0))
        }
        Command::List => {
            let mut lines = String::new();
            for account in store.accounts().await? {
                let made = Timestamp::from_micros(account.created_at).map(Timestamp::rfc3339);
                let made = made.unwrap_or_default();
                lines.push_str(&format!("{}\t{}\t{made}\n", account.id, account.name));
            }
            print(&lines)
        }
    }
}
