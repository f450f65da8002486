//! Reads and writes the technicians of an account.

use std::collections::HashMap;

use entity::technician::{Column, Entity, Model};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::WriteBatch;
use crate::{error::Result, store::next_number::next_number};

impl WriteBatch {
    /// The technicians with these folded user names, by folded user name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn technicians(&self, folded: &[String]) -> Result<HashMap<String, Model>> {
        let found = Entity::find()
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
    pub async fn technicians_by_id(&self, ids: &[i64]) -> Result<HashMap<i64, Model>> {
        let found = Entity::find()
            .filter(Column::AccountId.eq(self.account.0))
            .filter(Column::Id.is_in(ids.iter().copied()))
            .all(&self.transaction)
            .await?;
        Ok(found.into_iter().map(|row| (row.id, row)).collect())
    }

    /// The number of the account's next technician.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_technician_id(&self) -> Result<i64> {
        next_number::<Entity>(&self.transaction, self.account, (Column::AccountId, Column::Id))
            .await
    }

    /// Stores new technicians.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_technicians(&self, rows: Vec<Model>) -> Result<()> {
        self.insert::<Entity>(rows).await
    }

    /// Replaces a technician.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_technician(&self, row: Model) -> Result<()> {
        row.into_active_model().reset_all().update(&self.transaction).await?;
        Ok(())
    }
}
