//! How often each key calls the legacy URL.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_query::{Alias, ForeignKeyAction, Index},
};

use crate::{column::Columns, index::set_statistics, table::foreign_key};

/// Creates `legacy_usage`.
#[derive(Debug)]
pub(crate) struct Migration;

/// The key: a day of a key, and what its calls ask for.
const KEY: [&str; 6] = ["account_id", "key_id", "day", "format", "vars", "filters"];

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_legacy_usage"
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
        let mut by_key = Index::create();
        for column in KEY {
            by_key.col(Alias::new(column));
        }
        // Rows of a key are deleted with it.
        let mut key = foreign_key("legacy_usage", &["key_id"], "api_key", &["id"]);
        let table = columns
            .table("legacy_usage")
            .col(columns.number("account_id").not_null())
            .col(columns.number("key_id").not_null())
            .col(columns.number("day").not_null())
            .col(columns.short("format", 16).not_null())
            .col(columns.short("vars", 250).not_null())
            .col(columns.short("filters", 320).not_null())
            .col(columns.number("calls").not_null())
            .col(columns.number("last_at").not_null())
            .primary_key(&mut by_key)
            .foreign_key(&mut foreign_key("legacy_usage", &["account_id"], "account", &["id"]))
            .foreign_key(key.on_delete(ForeignKeyAction::Cascade))
            .take();
        manager.create_table(table).await?;
        let rows = "10000 1000 100 5 5 2 1";
        set_statistics(manager, "legacy_usage", "sqlite_autoindex_legacy_usage_1", rows).await
    }
}
