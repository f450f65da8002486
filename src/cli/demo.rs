//! The account of `serve --demo` and its key.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use super::{
    key::new_secret,
    output::{Failure, notice},
};
use crate::{
    demo::{SESSIONS, records},
    domain::{
        session::StartMethod,
        time::{Clock, Timestamp},
        viewer::{AccountId, Scope, Viewer},
    },
    error::Error,
    history::{
        limits::{Invalid, check},
        writer::{Writer, WriterAudit},
    },
    store::{
        Store,
        api_key::{NewKey, digest},
        overview::Location,
    },
};

const ACCOUNT: &str = "demo";
const LABEL: &str = "serve --demo";
const SCOPES: [Scope; 2] = [Scope::Read, Scope::Write];
const REAL_ACCOUNT: &str = "the account 'demo' has sessions of its own, to which 'serve --demo' adds \
                            no made-up ones: use another database for the demo";
/// The sessions of one transaction.
const BATCH: usize = 1_000;

/// The demo account, ready for use.
pub(super) struct Demo {
    /// The secret of its key.
    pub(super) secret: String,
    /// The start of its newest session.
    pub(super) newest: Timestamp,
}

/// Creates the demo account at the first start, and returns its key, which is the same at each
/// start.
pub(super) async fn prepare(
    store: &Store,
    location: &Location,
    clock: Clock,
) -> Result<Demo, Failure> {
    let account = match store.find_account(ACCOUNT).await? {
        Some(account) if is_real(store, account).await? => return Err(REAL_ACCOUNT.into()),
        Some(account) => account,
        None => store.create_account(ACCOUNT, clock.now()).await?,
    };
    // The key comes first: it marks the account as that of the demo.
    let secret = key(store, account, &key_path(location), clock.now()).await?;
    fill(store, account, clock).await?;
    let newest = store.newest_session(account).await?.unwrap_or_else(|| clock.now());
    Ok(Demo { secret, newest })
}

/// Whether the account has sessions that are not made up.
async fn is_real(store: &Store, account: AccountId) -> Result<bool, Failure> {
    let keys = store.keys(Some(account)).await?;
    let newest = store.newest_session(account).await?;
    Ok(newest.is_some() && !keys.iter().any(|key| key.label == LABEL))
}

/// Writes the sessions, unless all are there. They end now, and stay where they are later.
async fn fill(store: &Store, account: AccountId, clock: Clock) -> Result<(), Failure> {
    let stored = store.primary_reads().session_count(account, &Default::default()).await?;
    if stored >= SESSIONS.unsigned_abs() {
        return Ok(());
    }
    notice("Creating the demo account…");
    let start_method = StartMethod::Applet;
    let writer = Writer {
        store: store.clone(),
        account,
        start_method,
        restore_removed: false,
        audit: WriterAudit::Nothing,
        clock,
    };
    let mut records = records(clock.now()).peekable();
    while records.peek().is_some() {
        let batch: Result<Vec<_>, Invalid> = records.by_ref().take(BATCH).map(check).collect();
        writer.write(&Vec::from_iter(&batch.map_err(Error::internal)?)).await?;
    }
    Ok(())
}

/// Returns the key of the file, or a new key if the file's does not work.
async fn key(
    store: &Store,
    account: AccountId,
    file: &Path,
    now: Timestamp,
) -> Result<String, Failure> {
    if let Ok(secret) = fs::read_to_string(file)
        && works(store, account, secret.trim(), now).await?
    {
        restrict(file)?;
        return Ok(secret.trim().to_owned());
    }
    for key in store.keys(Some(account)).await? {
        if key.label == LABEL && key.revoked_at.is_none() {
            store.revoke_key(key.id, now).await?;
        }
    }
    let secret = new_secret()?;
    let key = NewKey { account, label: LABEL, scopes: &SCOPES, expires_at: None };
    store.create_key(&key, &secret, now).await?;
    if let Err(error) = write_secret(file, &secret) {
        let file = file.display();
        notice(&format!(
            "warning: the demo key is new at each start: cannot write {file}: {error}"
        ));
    }
    Ok(secret)
}

async fn works(
    store: &Store,
    account: AccountId,
    secret: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    let Some(digest) = digest(secret) else { return Ok(false) };
    let viewer = store.primary_reads().viewer(&digest, now).await?;
    let is_of_demo =
        |it: Viewer| it.account == account && SCOPES.into_iter().all(|scope| it.may(scope));
    Ok(viewer.is_some_and(is_of_demo))
}

/// The file of the key: beside the file of the database, or else in the current folder.
fn key_path(location: &Location) -> PathBuf {
    match location {
        Location::File(database) => {
            let mut path = database.as_os_str().to_owned();
            path.push(".demo-key");
            path.into()
        }
        Location::Server(_) => "session-history.demo-key".into(),
    }
}

/// Writes a file that its owner alone can read.
fn write_secret(path: &Path, secret: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    restrict(path)?;
    writeln!(file, "{secret}")
}

/// Takes the file from all but its owner.
fn restrict(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
