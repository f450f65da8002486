//! Accounts, which the operator makes and lists.

use entity::{
    account::{ActiveModel, Column, Entity, Model},
    api_key, session, technician,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set};

use super::{cluster::Row, database::Store};
use crate::{
    domain::{name::parse_name, time::Timestamp, viewer::AccountId},
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
        transaction.commit().await?;
        Ok(AccountId(inserted.last_insert_id))
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

    /// Deletes an account: first its keys, so that no caller uses it, then its sessions with all that
    /// belongs to them, one transaction a batch, and last its technicians and the account. `progress` gets
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
            Ok(transaction.commit().await?)
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
            let technicians = technician::Entity::delete_many();
            let of_account = technician::Column::AccountId.eq(account.0);
            technicians.filter(of_account).exec(&transaction).await?;
            Entity::delete_by_id(account.0).exec(&transaction).await?;
            Ok(transaction.commit().await?)
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
        // The foreign keys delete what belongs to a session.
        session::Entity::delete_many()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::Id.is_in(ids))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(count)
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
    Ok(Model { id: row.i64(0)?, name: row.string(1)?, created_at: row.i64(2)? })
}
