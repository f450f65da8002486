//! Accounts, and the keys that open them.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_query::{Alias, Index},
};

use crate::{column::Columns, table::foreign_key};

/// Creates `account` and `api_key`.
#[derive(Debug)]
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_accounts"
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
        let account = columns
            .table("account")
            .col(columns.number("id").not_null().auto_increment().primary_key())
            .col(columns.ordered("name", 100).not_null().unique_key())
            .col(columns.number("created_at").not_null())
            .take();
        manager.create_table(account).await?;

        let api_key = columns
            .table("api_key")
            .col(columns.number("id").not_null().auto_increment().primary_key())
            .col(columns.number("account_id").not_null())
            .col(columns.short("label", 100).not_null())
            .col(columns.short("prefix", 16).not_null())
            .col(columns.short("hash", 64).not_null().unique_key())
            .col(columns.short("scopes", 100).not_null())
            .col(columns.number("created_at").not_null())
            .col(columns.number("expires_at"))
            .col(columns.number("revoked_at"))
            .col(columns.number("last_used_at"))
            .foreign_key(&mut foreign_key("api_key", &["account_id"], "account", &["id"]))
            .take();
        manager.create_table(api_key).await?;
        let by_account = Index::create()
            .name("api_key_by_account")
            .table(Alias::new("api_key"))
            .col(Alias::new("account_id"))
            .take();
        manager.create_index(by_account).await
    }
}
