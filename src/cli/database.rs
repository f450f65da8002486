//! Opening and closing the database of a command.

use std::{sync::OnceLock, time::Duration};

use tokio::time::timeout;

use super::{backfill, output::Failure};
use crate::{
    config::{self, Database},
    store::{Options, Pooling, Store, schema::State},
};

/// The store that the command opened, which is closed when the command ends.
static OPENED: OnceLock<Store> = OnceLock::new();

/// How long the store may take to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the database without a change of its schema.
pub(super) async fn connect(database: &Database) -> Result<Store, Failure> {
    connect_with(&options(database)).await
}

/// Opens the database without a change of its schema. The file of an SQLite database must exist.
pub(super) async fn connect_existing(database: &Database) -> Result<Store, Failure> {
    connect_with(&Options { create: false, ..options(database) }).await
}

async fn connect_with(options: &Options) -> Result<Store, Failure> {
    let store = Store::connect(options).await?;
    Ok(OPENED.get_or_init(|| store).clone())
}

/// How the database is opened.
pub(super) fn options(database: &Database) -> Options {
    let seconds = Duration::from_secs;
    Options {
        url: database.database_url.clone(),
        read_url: database.read_url.clone().unwrap_or_default(),
        readers: database.database_connections,
        exports: database.database_exports,
        acquire_timeout: seconds(database.database_wait),
        statement_timeout: seconds(database.statement_timeout),
        start_wait: seconds(database.start_wait),
        pooling: match database.database_pooling {
            config::Pooling::Session => Pooling::Session,
            config::Pooling::Transaction => Pooling::Transaction,
        },
        create: true,
    }
}

/// Opens the database with a schema that is up to date. The schema of a file, and what is derived from stored
/// sessions, is updated; that of a server, which may have other users, is updated only with `migrate`.
pub(super) async fn open(database: &Database, migrate: bool) -> Result<Store, Failure> {
    let store = connect(database).await?;
    if is_behind(&store).await? {
        if !(store.is_embedded() || migrate) {
            return Err("the schema of the database is out of date: run \
                        'session-history migrate up', or 'serve --migrate'"
                .into());
        }
        update(&store).await?;
    }
    Ok(store)
}

/// Applies the pending steps of the schema, and computes what stored sessions lack.
pub(super) async fn update(store: &Store) -> Result<(), Failure> {
    store.migrate().await?;
    backfill::run(store).await
}

/// Whether steps of the schema are pending, or stored sessions lack what is derived from them.
///
/// # Errors
/// When the database has steps of a newer version, which this version could damage.
pub(super) async fn is_behind(store: &Store) -> Result<bool, Failure> {
    let steps = store.schema_steps().await?;
    if let Some(step) = steps.iter().find(|step| step.state == State::Unknown) {
        return Err(format!(
            "the schema of the database is newer than this version of session-history, which does \
             not know its step '{}': use the newer version",
            step.name
        )
        .into());
    }
    Ok(steps.iter().any(|step| step.state == State::Pending) || store.needs_backfill().await?)
}

/// Closes the database, if the command opened it.
pub(super) async fn close() {
    if let Some(store) = OPENED.get() {
        // A database that does not answer does not keep the command from ending.
        let _ = timeout(CLOSE_TIMEOUT, store.close()).await;
    }
}
