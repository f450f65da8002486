//! Where writes go, and what becomes of one whose host goes away.

use std::time::Duration;

use sea_orm::{DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use tokio::time::sleep;

use super::{
    Store,
    failure::{may_pass, summary},
    host::Host,
};
use crate::error::Result;

/// The pauses, in milliseconds, before a change is tried again: some 15 seconds in all, in which a
/// server starts anew or a cluster agrees on who is left.
const PAUSES: [u64; 7] = [100, 200, 500, 1_000, 2_000, 4_000, 8_000];

impl Store {
    /// Makes a change that may be made twice, until it is known to be made: tries it again where
    /// the host went away, or another change was in the way.
    ///
    /// # Errors
    /// When the database fails otherwise, or for too long.
    pub async fn persist<T>(&self, mut change: impl AsyncFnMut() -> Result<T>) -> Result<T> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let failure = match self.hosts.primary() {
                Ok(host) => match host.watch(change()).await {
                    Err(failure) if may_pass(&failure) => {
                        host.look().await;
                        failure
                    }
                    done => return done,
                },
                Err(none_is_up) => none_is_up,
            };
            let Some(pause) = pauses.next() else { return Err(failure) };
            tracing::warn!(because = summary(&failure), "a change is tried again");
            sleep(Duration::from_millis(pause)).await;
        }
    }

    /// The host that is written to, and read by who must see what was written.
    pub(super) fn primary(&self) -> Result<&Host> {
        self.hosts.primary().map(|host| &**host)
    }

    /// A transaction that writes.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            // Another process may write too: wait for it now, since a later upgrade cannot wait.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.primary()?.writes.begin_with_options(options).await?)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbErr, RuntimeErr};

    use crate::{
        error::{Error, Result},
        store::{Options, Store},
    };

    async fn tries(failure: impl Fn() -> DbErr, failures: u32) -> (Result<()>, u32) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.sqlite3").display());
        let store = Store::connect(&Options { url, ..Options::default() }).await.unwrap();
        let mut tries = 0;
        let change = async || {
            tries += 1;
            if tries <= failures { Err(Error::from(failure())) } else { Ok(()) }
        };
        let done = store.persist(change).await;
        (done, tries)
    }

    #[tokio::test]
    async fn a_change_is_tried_again_where_the_connection_was_lost() {
        let lost = || DbErr::Conn(RuntimeErr::Internal("lost".into()));
        assert!(matches!(tries(lost, 2).await, (Ok(()), 3)));
    }

    #[tokio::test]
    async fn a_fault_is_not_tried_again() {
        assert!(matches!(tries(|| DbErr::Custom("a fault".into()), 2).await, (Err(_), 1)));
    }
}
