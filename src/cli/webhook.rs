//! `session-history webhook`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::{
    database::open,
    output::{Done, notice, print},
    secret::read_secret_file,
};
use crate::{
    config::Database,
    domain::time::{Clock, Timestamp},
    graphql::filter_text::parse_session_filter,
    store::{
        Store,
        webhook::{NewWebhook, Webhook},
    },
    webhook::{
        address::parse_url,
        message::{Message, new_secret, shown_secret},
        send::{Receiver, Sender},
    },
};

/// The commands of `webhook`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a webhook: 'serve' posts each later change to its URL. Prints the number of the webhook and the secret of
    /// its signatures, separated by a tab. The secret cannot be printed again.
    Add(Add),
    /// List the webhooks, separated by tabs: number, URL, maximum number of changes that are not sent yet, time of the
    /// last delivery, number of attempts that have failed since then, reason of the last failure.
    List {
        /// The account of the sessions.
        #[arg(long, value_name = "NAME")]
        account: String,
    },
    /// Remove a webhook.
    Remove(Which),
    /// Send a message of the type 'test' to a webhook, once.
    Test(Which),
}

/// The arguments of `webhook add`.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("receiver").args(["url", "url_file"]).required(true)))]
pub(super) struct Add {
    /// The account of the sessions.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// The URL that changes are posted to. It begins with https://. A URL with a secret belongs into a file, because other
    /// users of the machine can see command lines.
    url: Option<String>,
    /// File with the URL; '-' is standard input.
    #[arg(long, value_name = "FILE")]
    url_file: Option<PathBuf>,
    /// Send only sessions that match this filter, in JSON, as the filter of 'sessions' of GraphQL. Deletions
    /// are always sent.
    #[arg(long, value_name = "JSON")]
    filter: Option<String>,
    /// Send the sessions that are stored now, too.
    #[arg(long)]
    from_start: bool,
    /// The receiver may be in the internal network: its address may be private, and its URL may begin with
    /// http://.
    #[arg(long)]
    internal: bool,
}

/// A webhook.
#[derive(Args, Debug)]
pub(super) struct Which {
    /// Number of the webhook, as 'webhook list' shows it.
    id: i64,
    /// The account of the sessions.
    #[arg(long, value_name = "NAME")]
    account: String,
}

pub(super) async fn run(database: &Database, command: Command) -> Done {
    let store = open(database, false).await?;
    match command {
        Command::Add(arguments) => add(&store, arguments).await,
        Command::List { account } => list(&store, &account).await,
        Command::Remove(which) => remove(&store, which).await,
        Command::Test(which) => test(&store, which).await,
    }
}

async fn add(store: &Store, arguments: Add) -> Done {
    let Add { account, url, url_file, filter, from_start, internal } = arguments;
    let (account, now) = (store.account(&account).await?, Clock::system().now());
    let url = match (url, url_file) {
        (Some(url), _) => url,
        (None, Some(file)) => read_secret_file(&file, "URL")?,
        (None, None) => return Err("a URL or --url-file is needed".into()),
    };
    let url = parse_url(url.trim(), internal)?.to_string();
    if let Some(filter) = &filter
        && parse_session_filter(filter, now)?.has_search()
    {
        store.check_search(account).await?;
    }
    let secret = new_secret()?;
    let shown = shown_secret(&secret);
    let webhook = NewWebhook { url, internal, filter, secret, from_start };
    let id = store.add_webhook(account, &webhook, now).await?;
    print(&format!("{id}\t{shown}\n"))
}

async fn list(store: &Store, account: &str) -> Done {
    let account = store.account(account).await?;
    let last = store.primary_reads().last_change(account).await?;
    let mut lines = String::new();
    for Webhook(row) in store.webhooks(Some(account)).await? {
        let delivered = row.delivered_at.and_then(Timestamp::from_micros);
        let delivered = delivered.map_or("-".to_owned(), Timestamp::rfc3339);
        let (id, url, waiting, failures) = (row.id, row.url, last - row.position, row.failures);
        let error = row.error.as_deref().unwrap_or("-");
        lines.push_str(&format!("{id}\t{url}\t{waiting}\t{delivered}\t{failures}\t{error}\n"));
    }
    print(&lines)
}

async fn remove(store: &Store, Which { id, account }: Which) -> Done {
    let account = store.account(&account).await?;
    if !store.remove_webhook(account, id, Clock::system().now()).await? {
        return Err(unknown(id).into());
    }
    notice(&format!("removed webhook {id}"));
    print("")
}

async fn test(store: &Store, Which { id, account }: Which) -> Done {
    let (account, clock) = (store.account(&account).await?, Clock::system());
    let mut webhooks = store.webhooks(Some(account)).await?.into_iter();
    let found = webhooks.find(|webhook| webhook.0.id == id).ok_or_else(|| unknown(id))?;
    let Webhook(row) = &found;
    let receiver = Receiver { url: &row.url, internal: row.internal != 0, secret: &row.secret };
    let sent = Sender::new(clock)?.send(receiver, &Message::test(id, clock.now())).await;
    sent.map_err(|failure| failure.reason)?;
    notice(&format!("webhook {id} took the message"));
    print("")
}

fn unknown(id: i64) -> String {
    format!("there is no webhook {id}: see 'session-history webhook list'")
}
