//! What removals need: which sessions are anonymized, which are held, the audit, and the retention.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_orm::ConnectionTrait,
    sea_query::{Alias, Index, Table, TableCreateStatement},
};

use crate::{
    column::Columns,
    index::{create_index, set_statistics},
    table::foreign_key,
};

/// Adds `anonymized_at` to `session_change` and `retention_months` to `account`, and creates `audit_event`, `hold`,
/// `held_session` and `job`.
#[derive(Debug)]
pub(crate) struct Migration;

const RETENTION: &str =
    "INSERT INTO job (name, holder, leased_until, finished_at) VALUES ('retention', '', 0, 0)";

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0008_removal"
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
        for (name, column) in [("session_change", "anonymized_at"), ("account", "retention_months")]
        {
            if !manager.has_column(name, column).await? {
                let mut table = Table::alter();
                table.table(Alias::new(name)).add_column(columns.number(column));
                manager.alter_table(table).await?;
            }
        }
        for (name, table, rows) in [
            ("audit_event", audit_event(columns), "10000 1000 1"),
            ("hold", hold(columns), "100 10 1"),
            ("held_session", held_session(columns), "10000 1000 1 1"),
        ] {
            manager.create_table(table).await?;
            set_statistics(manager, name, &format!("sqlite_autoindex_{name}_1"), rows).await?;
        }
        let job = columns
            .table("job")
            .col(columns.short("name", 32).not_null().primary_key())
            .col(columns.short("holder", 32).not_null())
            .col(columns.number("leased_until").not_null())
            .col(columns.number("finished_at").not_null())
            .take();
        manager.create_table(job).await?;
        // On a database whose steps are not atomic, an earlier try may have left the row.
        for statement in ["DELETE FROM job", RETENTION] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        let index = ("held_session", "held_session_by_hold");
        create_index(manager, Index::create(), index, &["account_id", "hold_id"], "10000 1000 100")
            .await
    }
}

fn audit_event(columns: Columns) -> TableCreateStatement {
    columns
        .numbered("audit_event")
        .col(columns.number("started_at").not_null())
        .col(columns.number("ended_at"))
        .col(columns.short("source", 16).not_null())
        .col(columns.number("key_id"))
        .col(columns.short("action", 32).not_null())
        .col(columns.short("fields", 500).not_null())
        .col(columns.number("subject"))
        .col(columns.number("matched").not_null())
        .col(columns.number("changed").not_null())
        .col(columns.number("held").not_null())
        .take()
}

fn hold(columns: Columns) -> TableCreateStatement {
    columns
        .numbered("hold")
        .col(columns.short("reason", 100).not_null())
        .col(columns.number("sessions").not_null())
        .col(columns.number("created_at").not_null())
        .col(columns.number("released_at"))
        .take()
}

/// It does not refer to the sessions: an import replaces a session by deleting its row.
fn held_session(columns: Columns) -> TableCreateStatement {
    let mut key = Index::create();
    let mut table = columns.table("held_session");
    for column in ["account_id", "session_id", "hold_id"] {
        table.col(columns.number(column).not_null());
        key.col(Alias::new(column));
    }
    let of_hold = ["account_id", "hold_id"];
    let mut hold = foreign_key("held_session", &of_hold, "hold", &["account_id", "id"]);
    table.primary_key(&mut key).foreign_key(&mut hold).take()
}
