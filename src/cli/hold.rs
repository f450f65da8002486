//! `session-history hold`.

use clap::{Args, Subcommand};

use super::{
    database::open,
    output::{Done, notice, print},
    session_arguments::SessionArguments,
};
use crate::{
    config::Database,
    domain::{
        audit::AuditSource,
        time::{Clock, Timestamp},
    },
    history::holds::Holds,
};

/// The commands of `hold`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Hold the sessions that match all of the filters now: nothing removes them. Prints the number of the hold.
    Add(Add),
    /// List the holds, separated by tabs: number, number of sessions, state, time of creation, time of release,
    /// reason.
    List {
        /// The account of the sessions.
        #[arg(long, value_name = "NAME")]
        account: String,
    },
    /// Release a hold.
    Release {
        /// Number of the hold, as 'hold list' shows it.
        id: i64,
        /// The account of the sessions.
        #[arg(long, value_name = "NAME")]
        account: String,
    },
}

/// The arguments of `hold add`.
#[derive(Args, Debug)]
pub(super) struct Add {
    /// The account of the sessions.
    #[arg(long, value_name = "NAME")]
    account: String,
    #[command(flatten)]
    sessions: SessionArguments,
    /// Why the sessions are held. At most 100 characters.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(super) async fn run(database: &Database, command: Command) -> Done {
    let clock = Clock::system();
    let store = open(database, false).await?;
    let name = match &command {
        Command::Add(Add { account, .. })
        | Command::List { account }
        | Command::Release { account, .. } => account,
    };
    let account = store.account(name).await?;
    let holds = Holds { store, account, source: AuditSource::Command, clock };
    match command {
        Command::Add(add) => {
            let hold = holds.add(&add.sessions.filter(clock.now())?, &add.reason).await?;
            notice(&format!("{} sessions are held", hold.sessions));
            print(&format!("{}\n", hold.id))
        }
        Command::List { .. } => list(&holds).await,
        Command::Release { id, .. } => {
            let Some(hold) = holds.release(id).await? else {
                return Err(
                    format!("no hold {id} is in force: see 'session-history hold list'").into()
                );
            };
            notice(&format!("released hold {id} of {} sessions", hold.sessions));
            print("")
        }
    }
}

async fn list(holds: &Holds) -> Done {
    let time = |micros: Option<i64>| {
        micros.and_then(Timestamp::from_micros).map_or("-".to_owned(), Timestamp::rfc3339)
    };
    let mut lines = String::new();
    for hold in holds.store.holds(holds.account).await? {
        let state = if hold.released_at.is_some() { "released" } else { "held" };
        let (created, released) = (time(Some(hold.created_at)), time(hold.released_at));
        let (id, sessions, reason) = (hold.id, hold.sessions, hold.reason);
        lines.push_str(&format!("{id}\t{sessions}\t{state}\t{created}\t{released}\t{reason}\n"));
    }
    print(&lines)
}
