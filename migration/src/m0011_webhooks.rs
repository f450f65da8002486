//! Webhooks, which send changes to URLs.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::column::Columns;

/// Creates `webhook`.
#[derive(Debug)]
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0011_webhooks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// The step is atomic, except on MySQL and MariaDB.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager).await?;
        let webhook = columns
            .numbered("webhook")
            .col(columns.short("url", 2000).not_null())
            .col(columns.number("internal").not_null())
            .col(columns.long("filter"))
            .col(columns.short("secret", 100).not_null())
            .col(columns.number("position").not_null())
            .col(columns.number("created_at").not_null())
            .col(columns.number("delivered_at"))
            .col(columns.number("failures").not_null())
            .col(columns.short("error", 200))
            .take();
        manager.create_table(webhook).await
    }
}
