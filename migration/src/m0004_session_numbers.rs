//! Numbers that are computed from a session, and the indexes by which sessions are ordered and filtered by
//! numbers and times.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_query::{Alias, Index, Table},
};

use crate::{backfill::request_backfill, column::Columns, index::create_index};

/// Adds `duration_seconds` and `first_response_seconds` to `session`, and creates `backfill`.
#[derive(Debug)]
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_session_numbers"
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
        for name in ["duration_seconds", "first_response_seconds"] {
            if !manager.has_column("session", name).await? {
                let mut table = Table::alter();
                table.table(Alias::new("session")).add_column(columns.number(name));
                manager.alter_table(table).await?;
            }
        }
        let backfill = columns
            .table("backfill")
            .col(columns.number("id").not_null().primary_key())
            .col(columns.number("after_account").not_null())
            .col(columns.number("after_session").not_null())
            .col(columns.number("sessions").not_null())
            .col(columns.number("finished_at"))
            .take();
        manager.create_table(backfill).await?;
        for (name, column, rows) in [
            // The orders of the list of sessions. The first one also serves open sessions, whose end is null.
            ("session_by_end", "ended_at", 2),
            ("session_by_update", "updated_at", 500),
            ("session_by_duration", "duration_seconds", 50),
            // Filters.
            ("session_by_chat_count", "chat_count", 5000),
            ("session_by_first_response", "first_response_seconds", 100),
        ] {
            let rows = format!("1000000 100000 {rows} 1");
            let by = ["account_id", column, "id"];
            create_index(manager, Index::create(), ("session", name), &by, &rows).await?;
        }
        // The names of the custom fields of an account, and the first session that has each.
        let index = ("custom_field", "custom_field_by_name");
        let by = ["account_id", "name_folded", "session_id", "seq"];
        create_index(manager, Index::create(), index, &by, "2000000 200000 20000 1 1").await?;
        request_backfill(manager).await
    }
}
