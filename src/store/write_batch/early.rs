//! Inserts new sessions before the account is locked, so that two batches of an import are written at the same time.
//!
//! An early batch is stored only if no other transaction has changed the account since the batch began, except for the early
//! batch before it. So it is as if it had locked the account first. Otherwise it is a conflict, and the batch is written again
//! in the ordinary way.

use std::ops::Deref;

use entity::change_counter;
use sea_orm::{DbBackend, DbErr, FromQueryResult, Statement};

use super::{
    ChangeBatch, StoredSession, WriteBatch,
    changes::{ChangeLog, Positions},
};
use crate::{
    domain::{indexed::Indexed, time::Timestamp, viewer::AccountId},
    error::{Error, Result},
    store::Store,
};

/// Reads the counter without a lock, and limits how long the transaction waits for a lock, in milliseconds. An early batch
/// may wait in this process for the one before. PostgreSQL does not see that, so it does not find each circle of transactions
/// that wait for each other.
const BEGIN: &str = "SELECT account_id, position, changed_at, words_to, epoch, \
    set_config('lock_timeout', '500', true) FROM change_counter WHERE account_id = $1";

/// A transaction that inserts new sessions of an account that it has not locked yet.
#[derive(Debug)]
pub struct EarlyBatch {
    batch: WriteBatch,
    /// The counter when the transaction began.
    seen: change_counter::Model,
    store: Store,
}

impl Store {
    /// Whether batches can begin early. SQLite has one writer, and on MariaDB an insert locks the place of other sessions.
    pub fn has_early_batches(&self) -> bool {
        self.hosts().backend() == DbBackend::Postgres
    }

    /// Begins an early batch. Nothing of it is stored unless it is locked and committed.
    ///
    /// # Errors
    /// When the database fails, or there is no such account.
    pub async fn early_batch(&self, account: AccountId) -> Result<EarlyBatch> {
        let batch = WriteBatch::new(account, self.begin().await?);
        let begin = Statement::from_sql_and_values(DbBackend::Postgres, BEGIN, [account.0.into()]);
        let seen = change_counter::Model::find_by_statement(begin).one(&batch.transaction).await?;
        let seen = seen.ok_or_else(|| Error::internal("the account has no change counter"))?;
        Ok(EarlyBatch { batch, seen, store: self.clone() })
    }
}

impl Deref for EarlyBatch {
    type Target = WriteBatch;

    fn deref(&self) -> &WriteBatch {
        &self.batch
    }
}

impl EarlyBatch {
    /// The time of changes of a batch that began at this time.
    pub fn time_of_change(&self, began_at: Timestamp) -> i64 {
        began_at.micros().max(self.seen.changed_at)
    }

    /// Inserts sessions that are not stored.
    ///
    /// # Errors
    /// When the database fails, or another transaction has inserted one of the sessions.
    pub async fn insert(&self, sessions: Vec<StoredSession>) -> Result<()> {
        self.batch.insert_sessions(sessions, Indexed::of_stored(self.seen.words_to)).await
    }

    /// Locks the account, after the early batch before has ended with these positions. The changes of this batch have the
    /// time `changed_at`.
    ///
    /// # Errors
    /// When the database fails. It is a conflict if another transaction has changed the account.
    pub async fn lock(self, before: Option<Positions>, changed_at: i64) -> Result<ChangeBatch> {
        let Self { batch, seen, store } = self;
        let log = ChangeLog::lock(&batch.transaction, batch.account).await?;
        let position = log.position();
        let is_only_before =
            before.is_some_and(|it| (it.before, it.last) == (seen.position, position));
        let is_as_seen = position == seen.position || is_only_before;
        if !is_as_seen || log.indexed().stored() != seen.words_to || !log.may_be_at(changed_at) {
            return Err(DbErr::RecordNotUpdated.into());
        }
        Ok(ChangeBatch { batch, log, store })
    }
}
