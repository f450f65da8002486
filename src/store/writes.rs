//! Write transactions, and their retries.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::time::sleep;

use super::{
    cluster::{Host, is_transient, summary},
    database::Store,
};
use crate::error::Result;

/// The pauses before each retry of a write, in milliseconds. In all, about 15 seconds: in that time
/// a server restarts, or a cluster agrees on its members.
const RETRY_PAUSES: [u64; 7] = [100, 200, 500, 1_000, 2_000, 4_000, 8_000];

/// For many writes, an SQLite database keeps 16 MiB of its file in memory and not 2 MiB, so that a transaction does not read
/// and write most pages of its indexes several times. The write-ahead log is written into the file when it has 8,000 pages
/// of 4 KiB and not 1,000, which each transaction of an import has.
const MANY_WRITES: &str = "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8000";

/// A node of a Galera cluster can roll back a transaction that conflicts with one of another node, and execute its next
/// statements as if nothing had happened. With the transaction it removes the savepoint, so that the commit fails.
const BEGIN_WRITING: &str = "SAVEPOINT written";
/// One message, so that there is no moment between the two statements.
const COMMIT_WRITTEN: &str = "RELEASE SAVEPOINT written; COMMIT";

impl Store {
    /// Prepares for many writes by this process.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expect_many_writes(&self) -> Result<()> {
        if self.is_embedded() {
            self.primary()?.writes.execute_unprepared(MANY_WRITES).await?;
        }
        Ok(())
    }

    /// Runs a write, which must be idempotent, and retries it when the host goes down or a
    /// concurrent transaction conflicts.
    ///
    /// # Errors
    /// When the write fails for another reason, or after the last retry.
    pub async fn retry_write<T, F: Future<Output = Result<T>>>(
        &self,
        mut write: impl FnMut() -> F,
    ) -> Result<T> {
        let mut pauses = RETRY_PAUSES.into_iter();
        loop {
            let hosts = self.hosts();
            let failure = match hosts.primary() {
                Ok(host) => match host.while_up(write()).await {
                    Err(failure) if is_transient(&failure) => {
                        host.probe_after_failure().await;
                        failure
                    }
                    done => return done,
                },
                Err(none_up) => none_up,
            };
            let Some(pause) = pauses.next() else { return Err(failure) };
            let reason = summary(&failure);
            tracing::warn!(reason, "a write is retried");
            hosts.report_retry(&reason);
            sleep(Duration::from_millis(pause)).await;
        }
    }

    /// Runs a write once.
    ///
    /// # Errors
    /// When the write fails, or no host is up.
    pub async fn try_write<T, F: Future<Output = Result<T>>>(
        &self,
        write: impl FnOnce() -> F,
    ) -> Result<T> {
        let host = self.primary()?;
        host.while_up(write()).await
    }

    /// The host that is written to.
    pub(super) fn primary(&self) -> Result<Arc<Host>> {
        self.hosts().primary().cloned()
    }

    /// Begins a transaction that writes. [`commit`] ends it.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction> {
        // SQLite waits for the lock of another process now: a transaction that has read cannot.
        self.begin_as(SqliteTransactionMode::Immediate).await
    }

    /// Begins a transaction on the connections for writes.
    pub(super) async fn begin_as(
        &self,
        mode: SqliteTransactionMode,
    ) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(mode),
            ..TransactionOptions::default()
        };
        let host = self.primary()?;
        let transaction = host.writes.begin_with_options(options).await?;
        if transaction.get_database_backend() == DbBackend::MySql {
            transaction.execute_unprepared(BEGIN_WRITING).await?;
        }
        if let Some(settings) = host.begin_settings() {
            // The connection may still have statements of another client with the same names.
            transaction.execute_unprepared("DEALLOCATE ALL").await?;
            transaction.execute_unprepared(settings).await?;
        }
        Ok(transaction)
    }
}

/// Commits a transaction that writes.
///
/// # Errors
/// When the database fails, or has rolled back the transaction. Then nothing of it is stored.
#[expect(clippy::disallowed_methods, reason = "there is no savepoint")]
pub(super) async fn commit(transaction: DatabaseTransaction) -> Result<()> {
    if transaction.get_database_backend() == DbBackend::MySql {
        transaction.execute_unprepared(COMMIT_WRITTEN).await?;
        // The driver rolls back what is left, which is nothing.
        drop(transaction);
    } else {
        transaction.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use sea_orm::{DbErr, RuntimeErr};

    use crate::{
        error::{Error, Result},
        store::{Options, Store},
    };

    async fn tries(failure: impl Fn() -> DbErr, failures: u32) -> (Result<()>, u32) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.sqlite3").display());
        let store = Store::connect(&Options { url, ..Options::default() }).await.unwrap();
        let tries = Cell::new(0);
        let change = async || {
            tries.set(tries.get() + 1);
            if tries.get() <= failures { Err(Error::from(failure())) } else { Ok(()) }
        };
        let done = store.retry_write(change).await;
        (done, tries.get())
    }

    #[tokio::test]
    async fn a_write_is_retried_after_a_lost_connection() {
        let lost = || DbErr::Conn(RuntimeErr::Internal("lost".into()));
        assert!(matches!(tries(lost, 2).await, (Ok(()), 3)));
    }

    #[tokio::test]
    async fn a_write_is_not_retried_after_a_permanent_failure() {
        assert!(matches!(tries(|| DbErr::Custom("a fault".into()), 2).await, (Err(_), 1)));
    }
}
