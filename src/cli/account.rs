//! `session-history account`.

use clap::Subcommand;

use super::{
    database::open,
    output::{Done, notice, print},
};
use crate::{
    config::Database,
    domain::time::{Clock, Timestamp},
};

/// The commands of `account`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create an account.
    Create {
        /// Name of the account: 1 to 100 characters, none of them a control character or invisible.
        name: String,
    },
    /// List the accounts, separated by tabs: number, name, time of creation.
    List,
}

pub(super) async fn run(database: &Database, command: Command) -> Done {
    let store = open(database, false).await?;
    match command {
        Command::Create { name } => {
            store.create_account(&name, Clock::system().now()).await?;
            notice(&format!("created the account '{}'", name.trim()));
            print("")
        }
        Command::List => {
            let mut lines = String::new();
            for account in store.accounts().await? {
                let created = Timestamp::from_micros(account.created_at).map(Timestamp::rfc3339);
                let created = created.unwrap_or_default();
                lines.push_str(&format!("{}\t{}\t{created}\n", account.id, account.name));
            }
            print(&lines)
        }
    }
}
