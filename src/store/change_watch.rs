//! Who follows the change feed of which account, and the last known position of each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, watch};

use crate::domain::viewer::AccountId;

/// The accounts whose feeds are followed. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct ChangeWatch(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    followed: Mutex<Followed>,
    /// Wakes the task that looks.
    look: Notify,
}

#[derive(Debug, Default)]
struct Followed {
    /// Whether a task looks.
    is_watched: bool,
    /// The last known position of each account, of a generation of the database file.
    accounts: HashMap<(u64, AccountId), watch::Sender<i64>>,
}

/// The position of the last change of an account, as far as it is known.
#[derive(Debug)]
pub struct LastChange(watch::Receiver<i64>);

impl LastChange {
    /// The position of the last change that is known of.
    pub fn known(&self) -> i64 {
        *self.0.borrow()
    }

    /// Waits for a change after a position.
    pub async fn beyond(&mut self, position: i64) {
        if self.0.wait_for(|last| *last > position).await.is_err() {
            // The file of the database was replaced: this account has no more changes.
            std::future::pending().await
        }
    }
}

impl ChangeWatch {
    /// Follows an account of a generation of the database file. Returns its position, and whether a task that looks
    /// must be started.
    pub(super) fn follow(&self, generation: u64, account: AccountId) -> (LastChange, bool) {
        let mut followed = self.followed();
        let last = followed.accounts.entry((generation, account)).or_default().subscribe();
        let is_first = !std::mem::replace(&mut followed.is_watched, true);
        (LastChange(last), is_first)
    }

    /// Waits until the task that looks is woken.
    pub(super) async fn woken(&self) {
        self.0.look.notified().await;
    }

    /// Wakes the task that looks.
    pub(super) fn wake(&self) {
        self.0.look.notify_one();
    }

    /// Tells those who follow an account its position.
    pub(super) fn publish(&self, generation: u64, account: AccountId, position: i64) {
        if let Some(last) = self.followed().accounts.get(&(generation, account)) {
            last.send_if_modified(|last| {
                let is_new = position > *last;
                *last = position.max(*last);
                is_new
            });
        }
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        self.0.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The accounts that are still followed. None if there are none: the task that looks must end.
    pub(super) fn accounts(&self, generation: u64) -> Option<Vec<i64>> {
        let mut followed = self.followed();
        followed.accounts.retain(|(of, _), last| *of == generation && last.receiver_count() > 0);
        followed.is_watched = !followed.accounts.is_empty();
        let mut accounts: Vec<_> = followed.accounts.keys().map(|(_, account)| account.0).collect();
        accounts.sort_unstable();
        followed.is_watched.then_some(accounts)
    }

    /// Whether somebody follows an account.
    pub(super) fn is_followed(&self, account: i64) -> bool {
        self.followed().accounts.keys().any(|(_, followed)| followed.0 == account)
    }
}
