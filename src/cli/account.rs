//! `session-history account`.

use clap::Subcommand;

use super::{
    database::open,
    output::{Done, notice, print},
    scrub::ScrubArguments,
};
use crate::{
    config::Database,
    domain::time::{Clock, Timestamp},
    history::search_index::add_search,
};

/// A line is written each time this many sessions are deleted, or added to the index.
const PROGRESS_SESSIONS: u64 = 50_000;

/// The commands of `account`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create an account.
    Create {
        /// Name of the account: 1 to 100 characters, none of them a control character or invisible.
        name: String,
        /// Store its sessions without an index of their words. Imports take less time and the database less space, and
        /// searches for words are refused. `account add-search` adds the index.
        #[arg(long)]
        no_search: bool,
    },
    /// Add the index of words to an account that was created with --no-search. Callers can search when all sessions
    /// are in the index. If this is interrupted, the next call goes on.
    AddSearch {
        /// Name of the account.
        name: String,
    },
    /// Delete an account: its keys at once, then all its sessions. This cannot be undone.
    Delete {
        /// Name of the account.
        name: String,
        /// Delete it. Without this flag, the command only says what it would delete.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        scrub: ScrubArguments,
    },
    /// Set after how many months sessions are deleted. 'serve' deletes expired sessions once a day, except held ones.
    Retention {
        /// Name of the account.
        name: String,
        /// Number of months from the start of a session, from 1 to 1200; or 'off', which is the default of an account.
        #[arg(long, value_name = "N", value_parser = months)]
        months: Retention,
    },
    /// List the accounts, separated by tabs: number, name, time of creation, months of the retention.
    List,
}

/// The months of a retention, or none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retention(Option<i64>);

fn months(text: &str) -> Result<Retention, &'static str> {
    match text.parse() {
        _ if text == "off" => Ok(Retention(None)),
        Ok(months @ 1..=1200) => Ok(Retention(Some(months))),
        _ => Err("neither a number of months from 1 to 1200 nor 'off'"),
    }
}

pub(super) async fn run(database: &Database, command: Command) -> Done {
    let store = open(database, false).await?;
    match command {
        Command::Create { name, no_search } => {
            let account = store.create_account(&name, Clock::system().now()).await?;
            if no_search {
                store.omit_search(account).await?;
            }
            notice(&format!("created the account '{}'", name.trim()));
            print("")
        }
        Command::AddSearch { name } => {
            let account = store.account(&name).await?;
            let (mut all, mut told) = (0, 0);
            add_search(&store, account, |done| {
                all = done;
                if done - told >= PROGRESS_SESSIONS {
                    told = done;
                    notice(&format!("{done} sessions are added to the index"));
                }
            })
            .await?;
            notice(&format!(
                "added {all} sessions to the index; the account '{}' can be searched",
                name.trim()
            ));
            print("")
        }
        Command::Delete { name, yes, scrub } => {
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
            scrub.scrub(&store).await?;
            print("")
        }
        Command::Retention { name, months: Retention(months) } => {
            let account = store.account(&name).await?;
            store.set_retention(account, months, Clock::system().now()).await?;
            let name = name.trim();
            notice(&match months {
                Some(months) => {
                    format!("sessions of '{name}' are deleted {months} months after their start")
                }
                None => format!("sessions of '{name}' are not deleted by their age"),
            });
            print("")
        }
        Command::List => {
            let mut lines = String::new();
            for account in store.accounts().await? {
                let created = Timestamp::from_micros(account.created_at).map(Timestamp::rfc3339);
                let created = created.unwrap_or_default();
                let months = account.retention_months.map_or("-".to_owned(), |it| it.to_string());
                let (id, name) = (account.id, account.name);
                lines.push_str(&format!("{id}\t{name}\t{created}\t{months}\n"));
            }
            print(&lines)
        }
    }
}
