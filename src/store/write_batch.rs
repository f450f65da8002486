//! Reads and writes sessions with all that belongs to them, in large batches.

use std::{collections::BTreeMap, ops::Deref};

use entity::{chat_message, custom_field, session, video};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait,
    IntoActiveModel, Iterable, QueryFilter, QueryOrder,
};

use self::{
    changes::{ChangeLog, LoggedChange, Positions},
    insert::{Statements, Target, columns_of, execute_all, inserts},
    tokens::delete_tokens,
    words::{SessionWords, delete_words, word_inserts},
};
use super::{database::Store, writes::commit};
use crate::{
    domain::{indexed::Indexed, time::Timestamp, viewer::AccountId},
    error::Result,
};

pub mod changes;
pub mod early;
mod index;
mod insert;
mod removal;
mod technicians;
mod tokens;
pub mod word_merge;
pub mod words;

/// The maximum number of values of a write. SQLite allows 32,766, the others twice as many.
const MAX_WRITE_VALUES: usize = 32_000;

/// The tables that foreign keys refer to.
const ANALYZE: &str = "ANALYZE technician, session";

/// Declares a session with the rows of each table of children, and reads and writes these tables.
macro_rules! session_aggregate {
    ($($(#[$doc:meta])+ $rows:ident: $table:ident,)+) => {
        /// A stored session with its children.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct SessionAggregate {
            /// The session itself.
            pub session: session::Model,
            $($(#[$doc])+ pub $rows: Vec<$table::Model>,)+
        }

        impl WriteBatch {
            async fn load_children(
                &self,
                ids: &[i64],
                into: &mut BTreeMap<i64, SessionAggregate>,
            ) -> Result<()> {
                $(
                    let rows = $table::Entity::find()
                        .filter($table::Column::AccountId.eq(self.account.0))
                        .filter($table::Column::SessionId.is_in(ids.iter().copied()))
                        .order_by_asc($table::Column::SessionId)
                        .order_by_asc($table::Column::Seq)
                        .all(&self.transaction)
                        .await?;
                    for row in rows {
                        if let Some(aggregate) = into.get_mut(&row.session_id) {
                            aggregate.$rows.push(row);
                        }
                    }
                )+
                Ok(())
            }

            async fn insert_sessions(
                &self,
                stored: Vec<StoredSession>,
                indexed: Indexed,
            ) -> Result<()> {
                let (mut sessions, mut all_words) = (Vec::new(), Vec::new());
                $(let mut $rows = Vec::new();)+
                for StoredSession { aggregate, words } in stored {
                    if indexed != Indexed::None {
                        all_words.push(words.unwrap_or_else(|| aggregate.words()));
                    }
                    sessions.push(aggregate.session);
                    $($rows.extend(aggregate.$rows);)+
                }
                let words = word_inserts(&self.transaction, self.account, all_words).await?;
                let inserts = self.inserts::<session::Entity>(sessions)
                    $(.chain(self.inserts::<$table::Entity>($rows)))+
                    .chain(words);
                Ok(execute_all(&self.transaction, Box::new(inserts)).await?)
            }
        }
    };
}

session_aggregate! {
    /// Its chat, in order.
    chat: chat_message,
    /// Its recordings, in order.
    videos: video,
    /// Its custom fields, in order.
    custom_fields: custom_field,
}

/// A session that is stored, and its words for searches if they were made before.
#[derive(Debug)]
pub struct StoredSession {
    /// The session with its children.
    pub aggregate: SessionAggregate,
    /// Its words. Without them they are made if the account has a search index.
    pub words: Option<SessionWords>,
}

impl StoredSession {
    /// Its number, and the time of its change.
    pub fn change(&self) -> (i64, i64) {
        let session = &self.aggregate.session;
        (session.id, session.updated_at)
    }
}

/// A transaction that reads and writes the history of one account.
#[derive(Debug)]
pub struct WriteBatch {
    account: AccountId,
    transaction: DatabaseTransaction,
}

/// A transaction that changes sessions of one account, and logs each change. Others for the account wait until it
/// ends.
#[derive(Debug)]
pub struct ChangeBatch {
    batch: WriteBatch,
    log: ChangeLog,
    store: Store,
}

impl Store {
    /// Begins a batch of changes. Nothing of it is stored unless it is committed.
    pub async fn batch(&self, account: AccountId) -> Result<ChangeBatch> {
        let batch = WriteBatch::new(account, self.begin().await?);
        let log = ChangeLog::lock(&batch.transaction, account).await?;
        Ok(ChangeBatch { batch, log, store: self.clone() })
    }

    /// Collects PostgreSQL's statistics of the tables that foreign keys refer to. Call it when the
    /// tables have their first rows. Without statistics PostgreSQL checks a foreign key through any
    /// index, even one in which it reads the whole account for each row.
    pub async fn analyze(&self) -> Result<()> {
        if self.hosts().backend() == DbBackend::Postgres {
            self.retry_write(async || {
                Ok(self.primary()?.writes.execute_unprepared(ANALYZE).await.map(drop)?)
            })
            .await?;
        }
        Ok(())
    }
}

impl WriteBatch {
    pub(super) fn new(account: AccountId, transaction: DatabaseTransaction) -> Self {
        Self { account, transaction }
    }

    pub(super) fn transaction(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// The account it writes to.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Commits the batch.
    ///
    /// # Errors
    /// If the database fails. Then nothing of the batch is stored.
    pub async fn commit(self) -> Result<()> {
        commit(self.transaction).await
    }

    /// The stored sessions with these numbers, by number.
    pub async fn load(&self, ids: &[i64]) -> Result<BTreeMap<i64, SessionAggregate>> {
        use session::Column;
        let mut found = BTreeMap::new();
        for ids in ids.chunks(MAX_WRITE_VALUES / 2) {
            let sessions = session::Entity::find()
                .filter(Column::AccountId.eq(self.account.0))
                .filter(Column::Id.is_in(ids.iter().copied()))
                .all(&self.transaction)
                .await?;
            let known: Vec<_> = sessions.iter().map(|session| session.id).collect();
            if known.is_empty() {
                continue;
            }
            found.extend(
                sessions.into_iter().map(|session| {
                    (session.id, SessionAggregate { session, ..Default::default() })
                }),
            );
            self.load_children(&known, &mut found).await?;
        }
        Ok(found)
    }

    async fn delete_sessions(&self, ids: &[i64]) -> Result<()> {
        delete_tokens(&self.transaction, self.account, ids).await?;
        for ids in ids.chunks(MAX_WRITE_VALUES / 2) {
            // The foreign keys delete what else belongs to a session.
            session::Entity::delete_many()
                .filter(session::Column::AccountId.eq(self.account.0))
                .filter(session::Column::Id.is_in(ids.iter().copied()))
                .exec(&self.transaction)
                .await?;
        }
        Ok(())
    }

    /// Replaces the words of stored sessions by those of their texts.
    pub(super) async fn replace_words(&self, sessions: &[&SessionAggregate]) -> Result<()> {
        let ids: Vec<_> = sessions.iter().map(|it| it.session.id).collect();
        delete_words(&self.transaction, self.account, &ids).await?;
        let words = sessions.iter().map(|it| it.words()).collect();
        let inserts = word_inserts(&self.transaction, self.account, words).await?;
        Ok(execute_all(&self.transaction, inserts).await?)
    }

    async fn insert<E: EntityTrait>(&self, rows: Vec<E::Model>) -> Result<()>
    where
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        Ok(execute_all(&self.transaction, self.inserts::<E>(rows)).await?)
    }

    fn inserts<E: EntityTrait>(&self, rows: Vec<E::Model>) -> Statements<'static>
    where
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        let target =
            Target { table: E::default().table_name(), columns: columns_of::<E>(), replaced: None };
        let values = rows.into_iter().map(|row| {
            let mut row = row.into_active_model();
            E::Column::iter().filter_map(move |it| row.take(it).into_value())
        });
        inserts(self.transaction.get_database_backend(), target, values)
    }
}

impl Deref for ChangeBatch {
    type Target = WriteBatch;

    fn deref(&self) -> &WriteBatch {
        &self.batch
    }
}

impl ChangeBatch {
    /// The time of changes that are made now, which is never before that of an earlier change of the account.
    pub fn time_of_change(&self, now: Timestamp) -> i64 {
        self.log.time(now)
    }

    /// Stores sessions with all that belongs to them, and logs them. Those in `known` are stored already and are
    /// replaced.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace(&mut self, known: &[i64], sessions: Vec<StoredSession>) -> Result<()> {
        self.batch.delete_sessions(known).await?;
        let changes: Vec<_> = sessions.iter().map(StoredSession::change).collect();
        self.batch.insert_sessions(sessions, self.log.indexed()).await?;
        self.log_stored(&changes).await
    }

    /// Logs that sessions are stored: their numbers, and the times of their changes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_stored(&mut self, changes: &[(i64, i64)]) -> Result<()> {
        let changes = changes.iter().copied();
        self.log.append(&self.batch.transaction, LoggedChange::Stored, changes).await
    }

    /// The positions that the batch has taken so far.
    pub fn positions(&self) -> Positions {
        self.log.positions()
    }

    /// The position of the account's last change.
    pub(super) fn position(&self) -> i64 {
        self.log.position()
    }

    /// Commits the batch.
    ///
    /// # Errors
    /// If the database fails. Then nothing of the batch is stored.
    pub async fn commit(self) -> Result<()> {
        let Self { batch, log, store } = self;
        let account = batch.account;
        batch.commit().await?;
        if let Some(position) = log.new_position() {
            store.report_change(account, position).await;
        }
        Ok(())
    }
}

impl SessionAggregate {
    /// The words of its texts, for searches.
    pub fn words(&self) -> SessionWords {
        let session = &self.session;
        let texts = [&session.problem_description_folded, &session.notes_folded];
        let texts = texts.into_iter().flatten();
        let texts = texts.chain(self.chat.iter().map(|message| &message.body_folded));
        SessionWords::new(session, texts.map(String::as_str))
    }
}
