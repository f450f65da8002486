//! `session-history key`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::{Args, Subcommand};

use super::{Done, Failure, clock, open, print, say};
use crate::{
    config::Database,
    domain::{
        time::Timestamp,
        viewer::{AccountId, Scope},
    },
    store::{Store, api_key::NewKey},
};

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a key, and print its secret, which cannot be seen again.
    Create(Create),
    /// List the keys: number, account, label, beginning of the secret, scopes, state, time of
    /// making and of the last use, separated by tabs.
    List {
        /// Only those of this account.
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Revoke a key at once and for good.
    Revoke {
        /// Its number, as the list has it.
        id: i64,
    },
}

/// A key to make.
#[derive(Args)]
pub(super) struct Create {
    /// The account it opens.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// What to call it.
    #[arg(long, default_value = "")]
    label: String,
    /// What it may do: read, write; several with commas.
    #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',', default_value = "read")]
    scopes: Vec<Scope>,
    /// A secret that callers already have, in place of a new one.
    #[arg(long, value_name = "EXISTING")]
    secret: Option<String>,
    /// When it ends, as 2027-01-31 or 2027-01-31T12:00:00Z (UTC).
    #[arg(long, value_name = "TIME", value_parser = time)]
    expires: Option<Timestamp>,
}

impl std::fmt::Debug for Create {
    /// Leaves out the secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Create").field("account", &self.account).finish_non_exhaustive()
    }
}

fn time(text: &str) -> Result<Timestamp, String> {
    let time = Timestamp::parse_rfc3339(text).or_else(|| Timestamp::parse_civil(text));
    time.ok_or_else(|| "not a time such as 2027-01-31 or 2027-01-31T12:00:00Z".to_owned())
}

pub(super) async fn run(database: &Database, command: Command) -> Done {
    let store = open(database, false).await?;
    match command {
        Command::Create(create) => {
            let account = store.account(&create.account).await?;
            let new = NewKey {
                account,
                label: &create.label,
                scopes: &create.scopes,
                expires_at: create.expires,
            };
            let secret = create.secret.map_or_else(new_secret, Ok)?;
            store.create_key(&new, &secret, clock().now()).await?;
            print(&format!("{secret}\n"))
        }
        Command::List { account } => list(&store, account).await,
        Command::Revoke { id } => {
            if !store.revoke_key(id, clock().now()).await? {
                return Err(format!("there is no key {id} that is not revoked yet").into());
            }
            say(&format!("revoked key {id}"));
            print("")
        }
    }
}

async fn list(store: &Store, account: Option<String>) -> Done {
    let account: Option<AccountId> = match account {
        Some(name) => Some(store.account(&name).await?),
        None => None,
    };
    let accounts = store.accounts().await?;
    let now = clock().now().micros();
    let mut lines = String::new();
    for key in store.keys(account).await? {
        let name = accounts.iter().find(|it| it.id == key.account_id).map_or("", |it| &it.name);
        let state = match (key.revoked_at, key.expires_at) {
            (Some(_), _) => "revoked",
            (None, Some(end)) if end <= now => "expired",
            (None, _) => "valid",
        };
        let time = |micros: Option<i64>| {
            micros.and_then(Timestamp::from_micros).map_or("-".to_owned(), Timestamp::rfc3339)
        };
        let (made, used) = (time(Some(key.created_at)), time(key.last_used_at));
        let (id, label, prefix, scopes) = (key.id, key.label, key.prefix, key.scopes);
        lines.push_str(&format!(
            "{id}\t{name}\t{label}\t{prefix}…\t{scopes}\t{state}\t{made}\t{used}\n"
        ));
    }
    print(&lines)
}

/// A secret of 192 random bits, which fits a legacy URL as it is.
pub(super) fn new_secret() -> Result<String, Failure> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).map_err(|error| format!("no random numbers: {error}"))?;
    Ok(format!("sh_{}", URL_SAFE_NO_PAD.encode(bytes)))
}
