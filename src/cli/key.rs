//! `session-history key`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::{Args, Subcommand};

use super::{
    database::open,
    output::{Done, Failure, notice, print},
    secret::read_secret,
    time_argument::time_argument,
};
use crate::{
    config::Database,
    domain::{
        time::{Clock, Timestamp},
        viewer::{AccountId, Scope},
    },
    store::{Store, api_key::NewKey},
};

/// Why a secret does not stand on the command line.
const SECRET_ARGUMENT: &str = "--secret takes '-' alone and reads the secret from standard input: \
     every user of the machine can read the arguments of a command";

/// The commands of `key`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create a key and print its secret. The secret is not stored and cannot be printed again.
    Create(Create),
    /// List the keys, separated by tabs: number, account, label, first characters of the secret,
    /// scopes, state, time of creation, time of the last use.
    List {
        /// List only the keys of this account.
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Revoke a key for ever.
    Revoke {
        /// Number of the key, as 'key list' shows it.
        id: i64,
    },
}

/// The arguments of `key create`.
#[derive(Args, Debug)]
pub(super) struct Create {
    /// Account that the key opens.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// Label of the key, for the operator. At most 100 characters.
    #[arg(long, default_value = "")]
    label: String,
    /// Scopes of the key: read, write, admin; separated by commas.
    #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',', default_value = "read")]
    scopes: Vec<Scope>,
    /// '-' takes over a secret that callers have already, from standard input: 8 to 512 characters.
    #[arg(long, value_name = "-")]
    secret: Option<String>,
    /// Time from which the key is refused, in UTC: 2027-01-31 (the beginning of that day) or
    /// 2027-01-31T12:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = time_argument)]
    expires: Option<Timestamp>,
}

pub(super) async fn run(database: &Database, command: Command) -> Done {
    let store = open(database, false).await?;
    match command {
        Command::Create(create) => self::create(&store, create).await,
        Command::List { account } => list(&store, account).await,
        Command::Revoke { id } => {
            if !store.revoke_key(id, Clock::system().now()).await? {
                return Err(format!("no key {id} is in use: see 'session-history key list'").into());
            }
            notice(&format!("revoked key {id}"));
            print("")
        }
    }
}

async fn create(store: &Store, create: Create) -> Done {
    let account = store.account(&create.account).await?;
    let (now, expires_at) = (Clock::system().now(), create.expires);
    let secret = match create.secret.as_deref() {
        None => new_secret()?,
        Some("-") => read_secret()?,
        Some(_) => return Err(SECRET_ARGUMENT.into()),
    };
    // Each scope once, in one order.
    let scopes: Vec<_> = Scope::ALL.into_iter().filter(|it| create.scopes.contains(it)).collect();
    let new = NewKey { account, label: &create.label, scopes: &scopes, expires_at };
    store.create_key(&new, &secret, now).await?;
    print(&format!("{secret}\n"))
}

async fn list(store: &Store, account: Option<String>) -> Done {
    let account: Option<AccountId> = match account {
        Some(name) => Some(store.account(&name).await?),
        None => None,
    };
    let accounts = store.accounts().await?;
    let now = Clock::system().now().micros();
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

/// Returns a new secret of 192 random bits, in characters that need no encoding in a URL.
pub(super) fn new_secret() -> Result<String, Failure> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes)
        .map_err(|error| format!("the system gives no random numbers: {error}"))?;
    Ok(format!("sh_{}", URL_SAFE_NO_PAD.encode(bytes)))
}
