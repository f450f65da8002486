//! The change log: the last change of each session, in the order of commits.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_orm::ConnectionTrait,
    sea_query::{Alias, Index},
};

use crate::{column::Columns, index::create_index, table::foreign_key};

/// Creates `change_counter` and `session_change`, with a change for each stored session.
#[derive(Debug)]
pub(crate) struct Migration;

/// The stored sessions, in the order of their last change, and the counter after them. On a database whose steps
/// are not atomic, an earlier try may have left rows.
const STORED: [&str; 4] = [
    "DELETE FROM session_change",
    "INSERT INTO session_change (account_id, session_id, position, kind, changed_at) \
     SELECT account_id, id, ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY updated_at, id), 'STORED', \
     updated_at FROM session",
    "DELETE FROM change_counter",
    "INSERT INTO change_counter (account_id, position, changed_at) \
     SELECT id, (SELECT COUNT(*) FROM session WHERE session.account_id = account.id), \
     COALESCE((SELECT MAX(updated_at) FROM session WHERE session.account_id = account.id), 0) FROM account",
];

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0007_changes"
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
        let counter = columns
            .table("change_counter")
            .col(columns.number("account_id").not_null().primary_key())
            .col(columns.number("position").not_null())
            .col(columns.number("changed_at").not_null())
            .take();
        manager.create_table(counter).await?;
        let mut key = Index::create();
        key.col(Alias::new("account_id")).col(Alias::new("session_id"));
        let changes = columns
            .table("session_change")
            .col(columns.number("account_id").not_null())
            .col(columns.number("session_id").not_null())
            .col(columns.number("position").not_null())
            .col(columns.short("kind", 16).not_null())
            .col(columns.number("changed_at").not_null())
            .primary_key(&mut key)
            .foreign_key(&mut foreign_key("session_change", &["account_id"], "account", &["id"]))
            .take();
        manager.create_table(changes).await?;
        let index = ("session_change", "session_change_by_position");
        let by = ["account_id", "position"];
        create_index(manager, Index::create().unique().take(), index, &by, "1000000 100000 1")
            .await?;
        for statement in STORED {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
