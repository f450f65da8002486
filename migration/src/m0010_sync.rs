//! The mirrors of other servers: how far each is.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_query::{Alias, ForeignKeyAction, ForeignKeyCreateStatement, Index, TableCreateStatement},
};

use crate::{column::Columns, index::set_statistics, table::foreign_key};

/// Creates `sync_source`, `sync_window` and `sync_missing`.
#[derive(Debug)]
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0010_sync"
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
        for (name, table, rows) in [
            ("sync_source", sync_source(columns), "10 1 1"),
            ("sync_window", sync_window(columns), "10000 1000 1000 500 1"),
            ("sync_missing", sync_missing(columns), "1000 100 100 1"),
        ] {
            manager.create_table(table).await?;
            set_statistics(manager, name, &format!("sqlite_autoindex_{name}_1"), rows).await?;
        }
        Ok(())
    }
}

fn sync_source(columns: Columns) -> TableCreateStatement {
    columns
        .numbered("sync_source")
        .col(columns.short("address", 2_048).not_null())
        .col(columns.number("created_at").not_null())
        .col(columns.number("applet_span"))
        .col(columns.number("agent_span"))
        .col(columns.number("read_at"))
        .col(columns.number("failed_at"))
        .col(columns.short("error", 500))
        .take()
}

fn sync_window(columns: Columns) -> TableCreateStatement {
    let mut key = Index::create();
    for column in ["account_id", "source_id", "method", "starts_at"] {
        key.col(Alias::new(column));
    }
    let mut source = source_of("sync_window");
    columns
        .table("sync_window")
        .col(columns.number("account_id").not_null())
        .col(columns.number("source_id").not_null())
        .col(columns.short("method", 16).not_null())
        .col(columns.number("starts_at").not_null())
        .col(columns.number("ends_at").not_null())
        .col(columns.number("read_at"))
        .col(columns.number("attempts").not_null())
        .col(columns.number("retry_at"))
        .col(columns.short("error", 500))
        .primary_key(&mut key)
        .foreign_key(&mut source)
        .take()
}

/// It does not refer to the sessions: an import replaces a session by deleting its row.
fn sync_missing(columns: Columns) -> TableCreateStatement {
    let mut key = Index::create();
    let mut table = columns.table("sync_missing");
    for column in ["account_id", "source_id", "session_id"] {
        table.col(columns.number(column).not_null());
        key.col(Alias::new(column));
    }
    let mut source = source_of("sync_missing");
    table
        .col(columns.number("noticed_at").not_null())
        .col(columns.number("confirmed_at"))
        .primary_key(&mut key)
        .foreign_key(&mut source)
        .take()
}

fn source_of(table: &str) -> ForeignKeyCreateStatement {
    let columns = ["account_id", "source_id"];
    let mut source = foreign_key(table, &columns, "sync_source", &["account_id", "id"]);
    source.on_delete(ForeignKeyAction::Cascade).take()
}
