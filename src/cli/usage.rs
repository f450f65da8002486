//! `session-history usage`.

use clap::{Args, value_parser};

use super::{
    database::open,
    output::{Done, print},
};
use crate::{
    config::Database,
    domain::{
        legacy_usage::day,
        time::{Clock, Timestamp},
    },
};

/// The arguments of `usage`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Number of days, with today.
    #[arg(long, default_value_t = 30, value_parser = value_parser!(i64).range(1..=400))]
    days: i64,
    /// List only the keys of this account.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
}

pub(super) async fn run(database: &Database, arguments: Arguments) -> Done {
    let store = open(database, false).await?;
    let account = match arguments.account {
        Some(name) => Some(store.account(&name).await?),
        None => None,
    };
    let since = day(Clock::system().now()) - arguments.days + 1;
    let mut lines = String::new();
    for calls in store.legacy_calls(account, since).await? {
        let (name, key, label, count) = (calls.account_name, calls.key, calls.label, calls.calls);
        let last = Timestamp::rfc3339(calls.last);
        let [format, vars, filters] =
            [calls.shape.format, calls.shape.vars, calls.shape.filters].map(or_dash);
        lines.push_str(&format!(
            "{name}\t{key}\t{label}\t{count}\t{last}\t{format}\t{vars}\t{filters}\n"
        ));
    }
    print(&lines)
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".into() } else { text }
}
