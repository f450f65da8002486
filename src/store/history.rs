//! Writing the history: whole sessions with all that belongs to them, in large batches.

use std::collections::{BTreeMap, HashMap};

use entity::{chat_message, custom_field, session, technician, video};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use super::Store;
use crate::{domain::viewer::AccountId, error::Result};

/// The most values in one statement that every database takes (SQLite's bound is the lowest).
const MAX_VALUES: usize = 32_000;
/// How many rows one statement inserts. A few sizes make few statements, which stay prepared.
const ROWS_AT_ONCE: [usize; 4] = [256, 32, 4, 1];

/// The tables in which foreign keys are looked up.
const ANALYZE: &str = "ANALYZE technician, session";

/// A session with all that belongs to it, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The session itself.
    pub session: session::Model,
    /// Its chat, in order.
    pub chat: Vec<chat_message::Model>,
    /// Its recordings, in order.
    pub videos: Vec<video::Model>,
    /// Its custom fields, in order.
    pub custom_fields: Vec<custom_field::Model>,
}

/// A transaction that reads and writes the history of one account.
#[derive(Debug)]
pub struct Batch {
    account: AccountId,
    transaction: DatabaseTransaction,
}

impl Store {
    /// Begins a batch. Nothing of it is kept unless it is committed.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn batch(&self, account: AccountId) -> Result<Batch> {
        Ok(Batch { account, transaction: self.begin().await? })
    }

    /// Lets PostgreSQL see what its tables hold, once they hold something. Of a table that it has
    /// not looked at it takes any index to check a foreign key, even one in which it walks through
    /// the whole account for each row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn analyze(&self) -> Result<()> {
        if self.hosts.backend() == DbBackend::Postgres {
            self.retry_write(async || {
                Ok(self.primary()?.writes.execute_unprepared(ANALYZE).await.map(drop)?)
            })
            .await?;
        }
        Ok(())
    }
}

impl Batch {
    /// The account it writes to.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Keeps all that the batch wrote.
    ///
    /// # Errors
    /// When the database fails; then nothing is kept.
    pub async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }

    /// Those of the sessions that are stored, by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(&self, ids: &[i64]) -> Result<BTreeMap<i64, Whole>> {
        use session::Column;
        let mut found = BTreeMap::new();
        for ids in ids.chunks(MAX_VALUES / 2) {
            let sessions = session::Entity::find()
                .filter(Column::AccountId.eq(self.account.0))
                .filter(Column::Id.is_in(ids.iter().copied()))
                .all(&self.transaction)
                .await?;
            let known: Vec<_> = sessions.iter().map(|session| session.id).collect();
            if known.is_empty() {
                continue;
            }
            found.extend(sessions.into_iter().map(|session| {
                let (chat, videos, custom_fields) = (Vec::new(), Vec::new(), Vec::new());
                (session.id, Whole { session, chat, videos, custom_fields })
            }));
            self.load_children(&known, &mut found).await?;
        }
        Ok(found)
    }

    async fn load_children(&self, ids: &[i64], into: &mut BTreeMap<i64, Whole>) -> Result<()> {
        macro_rules! load {
            ($table:ident, $field:ident) => {
                let rows = $table::Entity::find()
                    .filter($table::Column::AccountId.eq(self.account.0))
                    .filter($table::Column::SessionId.is_in(ids.iter().copied()))
                    .order_by_asc($table::Column::SessionId)
                    .order_by_asc($table::Column::Seq)
                    .all(&self.transaction)
                    .await?;
                for row in rows {
                    if let Some(whole) = into.get_mut(&row.session_id) {
                        whole.$field.push(row);
                    }
                }
            };
        }
        load!(chat_message, chat);
        load!(video, videos);
        load!(custom_field, custom_fields);
        Ok(())
    }

    /// The technicians with these folded user names, by folded user name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn technicians(
        &self,
        folded: &[String],
    ) -> Result<HashMap<String, technician::Model>> {
        use technician::Column;
        let found = technician::Entity::find()
            .filter(Column::AccountId.eq(self.account.0))
            .filter(Column::UsernameFolded.is_in(folded))
            .all(&self.transaction)
            .await?;
        Ok(found.into_iter().map(|row| (row.username_folded.clone(), row)).collect())
    }

    /// The technicians with these numbers, by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn technicians_by_id(&self, ids: &[i64]) -> Result<HashMap<i64, technician::Model>> {
        use technician::Column;
        let found = technician::Entity::find()
            .filter(Column::AccountId.eq(self.account.0))
            .filter(Column::Id.is_in(ids.iter().copied()))
            .all(&self.transaction)
            .await?;
        Ok(found.into_iter().map(|row| (row.id, row)).collect())
    }

    /// The number after the highest of the account's technicians.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_technician_id(&self) -> Result<i64> {
        use technician::Column;
        let highest: Option<i64> = technician::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::AccountId.eq(self.account.0))
            .order_by_desc(Column::Id)
            .limit(1)
            .into_tuple()
            .one(&self.transaction)
            .await?;
        Ok(highest.unwrap_or(0) + 1)
    }

    /// Stores new technicians.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_technicians(&self, rows: Vec<technician::Model>) -> Result<()> {
        self.insert::<technician::Entity>(rows).await
    }

    /// Stores what is now known of a technician.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_technician(&self, row: technician::Model) -> Result<()> {
        row.into_active_model().reset_all().update(&self.transaction).await?;
        Ok(())
    }

    /// Stores sessions in place of those with the same numbers, with all that belongs to them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace(&self, known: &[i64], sessions: Vec<Whole>) -> Result<()> {
        for ids in known.chunks(MAX_VALUES / 2) {
            // What belongs to a session goes with it.
            session::Entity::delete_many()
                .filter(session::Column::AccountId.eq(self.account.0))
                .filter(session::Column::Id.is_in(ids.iter().copied()))
                .exec(&self.transaction)
                .await?;
        }
        let (mut rows, mut chat, mut videos, mut custom_fields) = Default::default();
        for whole in sessions {
            Vec::push(&mut rows, whole.session);
            Vec::extend(&mut chat, whole.chat);
            Vec::extend(&mut videos, whole.videos);
            Vec::extend(&mut custom_fields, whole.custom_fields);
        }
        self.insert::<session::Entity>(rows).await?;
        self.insert::<chat_message::Entity>(chat).await?;
        self.insert::<video::Entity>(videos).await?;
        self.insert::<custom_field::Entity>(custom_fields).await
    }

    async fn insert<E: EntityTrait>(&self, rows: Vec<E::Model>) -> Result<()>
    where
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        for size in ROWS_AT_ONCE {
            while rows.len() >= size {
                let some: Vec<_> = rows.by_ref().take(size).collect();
                E::insert_many(some).exec_without_returning(&self.transaction).await?;
            }
        }
        Ok(())
    }
}
