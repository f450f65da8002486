//! Which accounts have new changes: one look at the database for all who follow the feed of any account.
//!
//! While somebody follows, a task looks at the positions of these accounts about each second, and at once when
//! PostgreSQL sends a notice or this process commits a change. A position is only a reason to read the feed:
//! nothing is lost if a notice is.

use std::{sync::Arc, time::Duration};

use entity::change_counter::{Column, Entity};
use sea_orm::{DbBackend, sea_query::Query};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout, timeout_at},
};

pub use super::change_watch::LastChange;
use super::{
    cluster::{Notices, notify},
    database::Store,
    filter::in_list,
};
use crate::{domain::viewer::AccountId, error::Result};

/// The time between two looks without a notice. With the look itself, and with what follows it, a change of another gateway
/// comes within a second.
const LOOK_INTERVAL: Duration = Duration::from_millis(900);
/// The minimum time between two looks: an import sends many notices.
const MIN_PAUSE: Duration = Duration::from_millis(20);

impl Store {
    /// Follows the changes of an account of a generation of the database file.
    pub fn follow_changes(&self, generation: u64, account: AccountId) -> LastChange {
        let (last, is_first) = self.changes.follow(generation, account);
        if is_first {
            tokio::spawn(watch_changes(self.clone()));
        } else {
            self.changes.wake();
        }
        last
    }

    /// Tells those who follow an account that a change of it is committed.
    pub(super) async fn report_change(&self, account: AccountId, position: i64) {
        self.changes.publish(self.generation(), account, position);
        if let Ok(host) = self.primary() {
            // After the commit: a notice in the transaction makes PostgreSQL commit one after the other.
            notify(&host, account.0).await;
        }
    }

    /// The positions of the last changes of these accounts, in one statement.
    async fn last_changes(&self, accounts: &[i64]) -> Result<Vec<(AccountId, i64)>> {
        let reads = self.primary_reads();
        let mut select = Query::select();
        select.columns([Column::AccountId, Column::Position]).from(Entity).and_where(in_list(
            reads.backend(),
            Column::AccountId,
            accounts,
        ));
        let rows = reads.internal_rows(&select).await?;
        rows.iter().map(|row| Ok((AccountId(row.i64(0)?), row.i64(1)?))).collect()
    }
}

/// Looks at the accounts that are followed, until there are none.
async fn watch_changes(store: Store) {
    let changes = store.changes.clone();
    let _listener = (store.hosts().backend() == DbBackend::Postgres)
        .then(|| AbortOnDrop(tokio::spawn(listen(store.clone()))));
    let mut has_failed = false;
    loop {
        let start = Instant::now();
        let generation = store.generation();
        let Some(accounts) = changes.accounts(generation) else { return };
        match store.last_changes(&accounts).await {
            Ok(positions) => {
                for (account, position) in positions {
                    changes.publish(generation, account, position);
                }
                has_failed = false;
            }
            Err(error) if !has_failed => {
                tracing::warn!(cause = ?error.cause(), "the positions of the change feed cannot be read");
                has_failed = true;
            }
            Err(_) => {}
        }
        sleep(MIN_PAUSE).await;
        let _ = timeout_at(start + LOOK_INTERVAL, changes.woken()).await;
    }
}

/// Wakes the task that looks at each notice about a followed account. Ends never.
async fn listen(store: Store) {
    let look = || store.changes.wake();
    loop {
        let Ok(host) = store.primary() else {
            sleep(LOOK_INTERVAL).await;
            continue;
        };
        let Some(mut notices) = Notices::open(&host).await else {
            sleep(LOOK_INTERVAL).await;
            continue;
        };
        // The notices of earlier commits were not received.
        look();
        while store.primary().is_ok_and(|primary| Arc::ptr_eq(&primary, &host)) {
            match timeout(LOOK_INTERVAL, notices.next()).await {
                Err(_) => {}
                Ok(Ok(Some(account))) if !store.changes.is_followed(account) => {}
                Ok(Ok(_)) => look(),
                Ok(Err(_)) => break,
            }
        }
        sleep(MIN_PAUSE).await;
    }
}

/// A task that ends with this value.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
