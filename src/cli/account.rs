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

/// A line is written each time this many sessions are deleted.
const PROGRESS_SESSIONS: u64 = 50_000;

/// The commands of `account`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create an account.
    Create {
        /// Name of the account: 1 to 100 characters, none of them a control character or invisible.
        name: String,
    },
    /// Delete an account: its keys at once, then all its sessions. This cannot be undone.
    Delete {
        /// Name of the account.
        name: String,
        /// Delete it. Without this flag, the command only says what it would delete.
        #[arg(long)]
        yes: bool,
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
        Command::Delete { name, yes } => {
            let account = store.account(&name).await?;
            let name = name.trim();
            if !yes {
                let sessions = store.session_count(account).await?;
                return Err(format!(
                    "this deletes the account '{name}', its keys and its sessions ({sessions}), and \
                     cannot be undone. To delete it, add --yes"
                )
                .into());
            }
            let progress = |sessions| {
                if sessions % PROGRESS_SESSIONS == 0 {
                    notice(&format!("{sessions} sessions are deleted"));
                }
            };
            store.delete_account(account, progress).await?;
            notice(&format!("deleted the account '{name}'"));
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
