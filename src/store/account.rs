//! Accounts, which the operator makes and lists.

use entity::{
    account::{ActiveModel, Column, Entity, Model},
    api_key, audit_event, change_counter, held_session, hold, job, session, session_change,
    sync_source, technician, webhook,
};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Set, sea_query::Expr,
};

use super::{audit::insert_event, cluster::Row, database::Store, writes::commit};
use crate::{
    domain::{
        audit::{AuditAction, AuditSource, NewAuditEvent},
        indexed::Indexed,
        name::parse_name,
        time::Timestamp,
        viewer::{AccountId, CursorKey, Scope, Viewer},
    },
    error::{Error, Result},
};

/// How many sessions one transaction deletes, with all that belongs to them.
const DELETED_AT_ONCE: u64 = 500;

impl Store {
    /// Makes an account.
    ///
    /// # Errors
    /// When the name is no name (see [`parse_name`]), or taken.
    pub async fn create_account(&self, name: &str, now: Timestamp) -> Result<AccountId> {
        let name = parse_name("The name of an account", name)?;
        if self.find_account(name).await?.is_some() {
            return Err(Error::input(format!("The account '{name}' exists already.")));
        }
        let row = ActiveModel {
            name: Set(name.to_owned()),
            created_at: Set(now.micros()),
            ..ActiveModel::default()
        };
        let transaction = self.begin().await?;
        let inserted = Entity::insert(row).exec(&transaction).await?;
        let account_id = inserted.last_insert_id;
        let counter = change_counter::Model {
            account_id,
            position: 0,
            changed_at: 0,
            words_to: None,
            epoch: None,
        };
        change_counter::Entity::insert(counter.into_active_model()).exec(&transaction).await?;
        let account = AccountId(account_id);
        let event = NewAuditEvent::new(AuditSource::Command, AuditAction::CreateAccount);
        insert_event(&transaction, account, &event, now, Some(now)).await?;
        commit(transaction).await?;
        Ok(account)
    }

    /// The account with this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_account(&self, name: &str) -> Result<Option<AccountId>> {
        let named = Entity::find().filter(Column::Name.eq(name.trim())).into_query();
        self.primary_reads().one(&named, |row| Ok(AccountId(row.i64(0)?))).await
    }

    /// The account with this name.
    ///
    /// # Errors
    /// When there is none.
    pub async fn account(&self, name: &str) -> Result<AccountId> {
        self.find_account(name).await?.ok_or_else(|| {
            let name = name.trim().escape_debug();
            Error::input(format!(
                "There is no account '{name}'. Create it with: \
                 session-history account create '{name}'"
            ))
        })
    }

    /// A viewer who may read an account without a key, if there is such an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_viewer(&self, account: AccountId) -> Result<Option<Viewer>> {
        let reads = self.primary_reads();
        let select = Entity::find()
            .select_only()
            .columns([Column::Name, Column::CreatedAt])
            .columns([change_counter::Column::WordsTo, change_counter::Column::Epoch])
            .join(
                JoinType::InnerJoin,
                Entity::belongs_to(change_counter::Entity)
                    .from(Column::Id)
                    .to(change_counter::Column::AccountId)
                    .into(),
            )
            .filter(Column::Id.eq(account.0))
            .into_query();
        reads
            .one(&select, |row| {
                Ok(Viewer {
                    generation: reads.generation(),
                    account,
                    has_search: Indexed::of_stored(row.opt_i64(2)?) == Indexed::All,
                    cursor_key: CursorKey::new(account, row.i64(1)?, row.opt_i64(3)?),
                    account_name: row.string(0)?,
                    key_id: 0,
                    key_label: String::new(),
                    scopes: vec![Scope::Read],
                })
            })
            .await
    }

    /// Deletes an account: first its keys and webhooks, so that nobody uses it, then its sessions with all that
    /// belongs to them, one transaction a batch, and last its technicians, its change log, its holds, its audit and
    /// the account. Holds do not keep sessions of a deleted account. `progress` gets
    /// the number of deleted sessions after each batch. What was deleted before a failure stays deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_account(
        &self,
        account: AccountId,
        mut progress: impl FnMut(u64),
    ) -> Result<()> {
        self.retry_write(async || {
            let transaction = self.begin().await?;
            let keys = api_key::Entity::delete_many();
            keys.filter(api_key::Column::AccountId.eq(account.0)).exec(&transaction).await?;
            let webhooks = webhook::Entity::delete_many();
            webhooks.filter(webhook::Column::AccountId.eq(account.0)).exec(&transaction).await?;
            commit(transaction).await
        })
        .await?;
        let mut deleted = 0;
        loop {
            let batch = self.retry_write(async || self.delete_sessions(account).await).await?;
            if batch == 0 {
                break;
            }
            deleted += batch;
            progress(deleted);
        }
        self.retry_write(async || {
            let transaction = self.begin().await?;
            macro_rules! delete_from {
                ($($table:ident)+) => {$(
                    let of_account = $table::Column::AccountId.eq(account.0);
                    let rows = $table::Entity::delete_many().filter(of_account);
                    rows.exec(&transaction).await?;
                )+};
            }
            // The change log still has sessions that were deleted before.
            delete_from!(technician session_change held_session hold audit_event sync_source);
            let mirrors = job::Column::Name.starts_with(format!("sync {} ", account.0));
            job::Entity::delete_many().filter(mirrors).exec(&transaction).await?;
            change_counter::Entity::delete_by_id(account.0).exec(&transaction).await?;
            Entity::delete_by_id(account.0).exec(&transaction).await?;
            commit(transaction).await
        })
        .await
    }

    /// Deletes a batch of sessions. Returns how many.
    async fn delete_sessions(&self, account: AccountId) -> Result<u64> {
        use session::Column;
        let transaction = self.begin().await?;
        let ids: Vec<i64> = session::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::AccountId.eq(account.0))
            .order_by_asc(Column::Id)
            .limit(DELETED_AT_ONCE)
            .into_tuple()
            .all(&transaction)
            .await?;
        let count = ids.len() as u64;
        session_change::Entity::delete_many()
            .filter(session_change::Column::AccountId.eq(account.0))
            .filter(session_change::Column::SessionId.is_in(ids.iter().copied()))
            .exec(&transaction)
            .await?;
        // The foreign keys delete what belongs to a session.
        session::Entity::delete_many()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::Id.is_in(ids))
            .exec(&transaction)
            .await?;
        commit(transaction).await?;
        Ok(count)
    }

    /// Sets after how many months sessions of an account are deleted, or that they are not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_retention(
        &self,
        account: AccountId,
        months: Option<i64>,
        now: Timestamp,
    ) -> Result<()> {
        self.retry_write(async || {
            let batch = self.batch(account).await?;
            Entity::update_many()
                .col_expr(Column::RetentionMonths, Expr::value(months))
                .filter(Column::Id.eq(account.0))
                .exec(batch.transaction())
                .await?;
            let event = NewAuditEvent::new(AuditSource::Command, AuditAction::SetRetention);
            batch.log_event(&NewAuditEvent { subject: months, ..event }, now).await?;
            batch.commit().await
        })
        .await
    }

    /// All accounts by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts(&self) -> Result<Vec<Model>> {
        let by_name = Entity::find().order_by_asc(Column::Name).into_query();
        self.primary_reads().internal_rows(&by_name).await?.iter().map(model).collect()
    }
}

/// The account in a row of all columns.
fn model(row: Row<'_>) -> Result<Model> {
    Ok(Model {
        id: row.i64(0)?,
        name: row.string(1)?,
        created_at: row.i64(2)?,
        retention_months: row.opt_i64(3)?,
    })
}
