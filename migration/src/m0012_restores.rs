//! The number of restores, so that cursors of the time before a restore are known.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_query::{Alias, Table},
};

use crate::column::Columns;

/// Adds `change_counter.epoch`.
#[derive(Debug)]
pub(crate) struct Migration;

const COLUMN: (&str, &str) = ("change_counter", "epoch");

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0012_restores"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// The step is atomic, except on MySQL and MariaDB.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (table, name) = COLUMN;
        // MySQL and MariaDB may have been interrupted after this.
        if manager.has_column(table, name).await? {
            return Ok(());
        }
        let columns = Columns::of(manager).await?;
        let mut alter = Table::alter();
        alter.table(Alias::new(table)).add_column(columns.number(name).null());
        manager.alter_table(alter.take()).await
    }
}
