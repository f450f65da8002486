//! Moves PostgreSQL's list of new words into its index, beside the writing of the next batch.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::task::JoinHandle;

use crate::{
    error::Result,
    store::{Store, writes::commit},
};

/// Only the owner of an index may merge its list. For others, the statements that insert words do it when the list is full,
/// as they do without this merge.
const MERGE: &str = "SELECT gin_clean_pending_list(oid) FROM pg_class \
    WHERE oid = CAST('session_words_by_token' AS regclass) AND pg_has_role(relowner, 'USAGE')";

/// Merges the list on a connection of its own. What a search finds does not depend on it: a search reads the list and the
/// index.
#[derive(Debug)]
pub struct WordMerge {
    store: Store,
    last: Option<JoinHandle<()>>,
}

impl Store {
    /// What merges new words into the index while many batches are written.
    pub fn word_merge(&self) -> WordMerge {
        WordMerge { store: self.clone(), last: None }
    }

    async fn merge_new_words(&self) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.execute_raw(Statement::from_string(DbBackend::Postgres, MERGE)).await?;
        commit(transaction).await
    }
}

impl WordMerge {
    /// Begins a merge, unless the one before is still in progress.
    pub fn begin(&mut self) {
        let in_progress = self.last.as_ref().is_some_and(|last| !last.is_finished());
        if in_progress || self.store.hosts().backend() != DbBackend::Postgres {
            return;
        }
        let store = self.store.clone();
        self.last = Some(tokio::spawn(async move {
            if let Err(failure) = store.merge_new_words().await {
                tracing::debug!(%failure, "the list of new words was not merged");
            }
        }));
    }
}
