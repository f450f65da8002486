//! Accounts, which the operator makes and lists.

use entity::account::{ActiveModel, Column, Entity, Model};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait, Set};

use super::{cluster::Row, database::Store};
use crate::{
    domain::{name::parse_name, time::Timestamp, viewer::AccountId},
    error::{Error, Result},
};

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
