//! The change log of an account, in the transaction that changes sessions.

use entity::{change_counter, session_change};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityName,
    EntityTrait, QueryFilter, QuerySelect, Value,
};

use super::insert::{InsertColumn, Kind, Target, execute_all, inserts};
use crate::{
    domain::{indexed::Indexed, session_change::ChangeKind, time::Timestamp, viewer::AccountId},
    error::{Error, Result},
};

const COLUMNS: [InsertColumn; 6] = [
    ("account_id", Kind::Number),
    ("session_id", Kind::Number),
    ("position", Kind::Number),
    ("kind", Kind::Text),
    ("changed_at", Kind::Number),
    ("anonymized_at", Kind::OptionalNumber),
];
const REPLACED: [&str; 4] = ["position", "kind", "changed_at", "anonymized_at"];

/// What a change does with sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoggedChange {
    Stored,
    Anonymized,
    Deleted,
}

/// The positions of the change log that a batch has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Positions {
    /// The last position before the batch.
    pub before: i64,
    /// The last position of the batch.
    pub last: i64,
}

/// The counter of an account, which is locked until the transaction ends.
///
/// Another transaction that changes sessions of the account waits for the lock, so that it takes its positions
/// after this one is committed. It is the first lock of each such transaction, so that none of them waits in a circle.
#[derive(Debug)]
pub(super) struct ChangeLog {
    counter: change_counter::Model,
    /// The last position when the counter was locked.
    locked: i64,
    /// The position that is stored.
    stored: i64,
    /// Whether a change was logged.
    has_changes: bool,
}

impl ChangeLog {
    /// Locks the counter.
    ///
    /// # Errors
    /// When the database fails, or there is no such account.
    pub(super) async fn lock(
        transaction: &DatabaseTransaction,
        account: AccountId,
    ) -> Result<Self> {
        let counter = change_counter::Entity::find()
            .filter(change_counter::Column::AccountId.eq(account.0))
            .lock_exclusive()
            .one(transaction)
            .await?;
        let counter = counter.map(|counter| {
            let stored = counter.position;
            Self { counter, locked: stored, stored, has_changes: false }
        });
        counter.ok_or_else(|| Error::internal("the account has no change counter"))
    }

    /// The time of a change that is made now. It is never before that of an earlier position, even if the clock
    /// went back.
    pub(super) fn time(&self, now: Timestamp) -> i64 {
        now.micros().max(self.counter.changed_at)
    }

    /// Whether a change may have this time, which is not before that of an earlier position.
    pub(super) fn may_be_at(&self, changed_at: i64) -> bool {
        changed_at >= self.counter.changed_at
    }

    /// The position of the last change.
    pub(super) fn position(&self) -> i64 {
        self.counter.position
    }

    /// The positions since the counter was locked.
    pub(super) fn positions(&self) -> Positions {
        Positions { before: self.locked, last: self.counter.position }
    }

    /// The position of the last change, if a change was logged.
    pub(super) fn new_position(&self) -> Option<i64> {
        self.has_changes.then_some(self.counter.position)
    }

    /// Which sessions are in the search index.
    pub(super) fn indexed(&self) -> Indexed {
        Indexed::of_stored(self.counter.words_to)
    }

    /// Stores which sessions are in the search index.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn store_indexed(
        &mut self,
        transaction: &DatabaseTransaction,
        indexed: Indexed,
    ) -> Result<()> {
        self.counter.words_to = indexed.stored();
        Ok(self.store(transaction).await?)
    }

    /// Stores the counter. It conflicts if another transaction has stored it since it was locked, which it can if the
    /// server has rolled back this transaction without an error.
    async fn store(&mut self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        let change_counter::Model { account_id, position, changed_at, words_to, .. } = self.counter;
        let stored = change_counter::Entity::update_many()
            .set(change_counter::ActiveModel {
                position: Set(position),
                changed_at: Set(changed_at),
                words_to: Set(words_to),
                ..Default::default()
            })
            .filter(change_counter::Column::AccountId.eq(account_id))
            .filter(change_counter::Column::Position.eq(self.stored))
            .exec(transaction)
            .await?;
        if stored.rows_affected == 0 {
            return Err(DbErr::RecordNotUpdated);
        }
        self.stored = self.counter.position;
        Ok(())
    }

    /// Logs the changes of these sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn append(
        &mut self,
        transaction: &DatabaseTransaction,
        change: LoggedChange,
        sessions: impl ExactSizeIterator<Item = (i64, i64)> + Send,
    ) -> Result<()> {
        if sessions.len() == 0 {
            return Ok(());
        }
        self.has_changes = true;
        let counter = &mut self.counter;
        let kind = match change {
            LoggedChange::Stored | LoggedChange::Anonymized => ChangeKind::Stored,
            LoggedChange::Deleted => ChangeKind::Deleted,
        };
        let rows = sessions.map(|(session, changed_at)| {
            counter.position += 1;
            counter.changed_at = counter.changed_at.max(changed_at);
            let numbers = [counter.account_id, session, counter.position].map(Value::from);
            let anonymized_at = (change == LoggedChange::Anonymized).then_some(changed_at);
            let others = [kind.as_str().into(), changed_at.into(), anonymized_at.into()];
            numbers.into_iter().chain(others)
        });
        let target = Target {
            table: session_change::Entity.table_name(),
            columns: COLUMNS.to_vec(),
            replaced: Some(("account_id, session_id", &REPLACED)),
        };
        let inserts = inserts(transaction.get_database_backend(), target, rows);
        execute_all(transaction, inserts).await?;
        Ok(self.store(transaction).await?)
    }
}
