//! Reads and writes sessions with all that belongs to them, in large batches.

use std::collections::{BTreeMap, HashMap};

use entity::{chat_message, custom_field, session, technician, video};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait,
    IdenStatic, IntoActiveModel, Iterable, QueryFilter, QueryOrder, QuerySelect, Statement,
};

use super::database::Store;
use crate::{domain::viewer::AccountId, error::Result};

/// The maximum number of values of a write. SQLite allows 32,766, the others twice as many.
const MAX_WRITE_VALUES: usize = 32_000;
/// How many rows one statement inserts. With few sizes there are few statements, which stay prepared.
const ROWS_AT_ONCE: [usize; 4] = [256, 32, 4, 1];

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

            async fn insert_sessions(&self, aggregates: Vec<SessionAggregate>) -> Result<()> {
                let mut sessions = Vec::new();
                $(let mut $rows = Vec::new();)+
                for aggregate in aggregates {
                    sessions.push(aggregate.session);
                    $($rows.extend(aggregate.$rows);)+
                }
                self.insert::<session::Entity>(sessions).await?;
                $(self.insert::<$table::Entity>($rows).await?;)+
                Ok(())
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

/// A transaction that reads and writes the history of one account.
#[derive(Debug)]
pub struct WriteBatch {
    account: AccountId,
    transaction: DatabaseTransaction,
}

impl Store {
    /// Begins a batch. Nothing of it is stored unless it is committed.
    pub async fn batch(&self, account: AccountId) -> Result<WriteBatch> {
        Ok(WriteBatch { account, transaction: self.begin().await? })
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
    /// The account it writes to.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Commits the batch.
    ///
    /// # Errors
    /// If the database fails. Then nothing of the batch is stored.
    pub async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
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

    /// The technicians with these folded user names, by folded user name.
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
    pub async fn insert_technicians(&self, rows: Vec<technician::Model>) -> Result<()> {
        self.insert::<technician::Entity>(rows).await
    }

    /// Replaces a technician.
    pub async fn update_technician(&self, row: technician::Model) -> Result<()> {
        row.into_active_model().reset_all().update(&self.transaction).await?;
        Ok(())
    }

    /// Stores sessions with all that belongs to them. Those in `known` are stored already and are
    /// replaced.
    pub async fn replace(&self, known: &[i64], sessions: Vec<SessionAggregate>) -> Result<()> {
        for ids in known.chunks(MAX_WRITE_VALUES / 2) {
            // The foreign keys delete what belongs to a session.
            session::Entity::delete_many()
                .filter(session::Column::AccountId.eq(self.account.0))
                .filter(session::Column::Id.is_in(ids.iter().copied()))
                .exec(&self.transaction)
                .await?;
        }
        self.insert_sessions(sessions).await
    }

    async fn insert<E: EntityTrait>(&self, rows: Vec<E::Model>) -> Result<()>
    where
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        let columns: Vec<_> = E::Column::iter().collect();
        let backend = self.transaction.get_database_backend();
        let mut rows = rows.into_iter();
        for size in ROWS_AT_ONCE {
            if rows.len() < size {
                continue;
            }
            let insert = insert_statement::<E>(backend, size);
            while rows.len() >= size {
                let mut values = Vec::with_capacity(size * columns.len());
                for row in rows.by_ref().take(size) {
                    let mut row = row.into_active_model();
                    values.extend(columns.iter().filter_map(|it| row.take(*it).into_value()));
                }
                let statement = Statement::from_sql_and_values(backend, &insert, values);
                self.transaction.execute_raw(statement).await?;
            }
        }
        Ok(())
    }
}

/// The statement that inserts this number of rows. Its text is made here, because the query builder
/// makes several objects of each value, which takes as long as SQLite takes for the whole statement.
fn insert_statement<E: EntityTrait>(backend: DbBackend, rows: usize) -> String {
    let quote = if backend == DbBackend::MySql { '`' } else { '"' };
    let quoted = |name: &str| format!("{quote}{name}{quote}");
    let columns: Vec<_> = E::Column::iter().map(|column| quoted(column.as_str())).collect();
    let placeholder = |number: usize| match backend {
        DbBackend::Postgres => format!("${}", number + 1),
        _ => "?".to_owned(),
    };
    let row = |row: usize| {
        let first = row * columns.len();
        let placeholders: Vec<_> = (first..first + columns.len()).map(placeholder).collect();
        format!("({})", placeholders.join(", "))
    };
    let values: Vec<_> = (0..rows).map(row).collect();
    let (table, columns) = (quoted(E::default().table_name()), columns.join(", "));
    format!("INSERT INTO {table} ({columns}) VALUES {}", values.join(", "))
}
