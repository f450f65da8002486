//! `session-history erase`.

use clap::Args;

use super::{
    database::open,
    output::{Done, notice, print},
    scrub::ScrubArguments,
    session_arguments::SessionArguments,
};
use crate::{
    config::Database,
    domain::{audit::AuditSource, time::Clock},
    history::removal::{Removal, RemovalCounts, RemovalKind},
};

/// A line is written each time this many sessions are removed.
const PROGRESS_SESSIONS: u64 = 10_000;

/// Which sessions are removed: those that match all of the filters.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The account of the sessions.
    #[arg(long, value_name = "NAME")]
    account: String,
    #[command(flatten)]
    sessions: SessionArguments,
    /// Clear the names, the texts, the chats, the links and the custom fields. Times, counts and technicians
    /// stay. Without this flag, the sessions are deleted.
    #[arg(long)]
    anonymize: bool,
    /// Remove the sessions, which cannot be undone. Without this flag, the command only counts them.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    scrub: ScrubArguments,
}

pub(super) async fn run(database: &Database, arguments: Arguments) -> Done {
    let clock = Clock::system();
    let filter = arguments.sessions.filter(clock.now())?;
    let store = open(database, false).await?;
    let account = store.account(&arguments.account).await?;
    let kind = if arguments.anonymize { RemovalKind::Anonymize } else { RemovalKind::Delete };
    let removal =
        Removal { store: store.clone(), account, kind, source: AuditSource::Command, clock };
    if !arguments.yes {
        let counts = removal.count(&filter).await?;
        print_counts(counts)?;
        notice("nothing was removed. To remove the sessions, add --yes");
        return print("");
    }
    let progress = |removed| {
        if removed > 0 && removed % PROGRESS_SESSIONS == 0 {
            notice(&format!("{removed} sessions are removed"));
        }
    };
    let counts = removal.run(&filter, progress).await?;
    print_counts(counts)?;
    arguments.scrub.scrub(&store).await?;
    print("")
}

fn print_counts(counts: RemovalCounts) -> Done {
    let RemovalCounts { matched, removed, held } = counts;
    print(&format!("matched {matched}, removed {removed}, held {held}\n"))
}
