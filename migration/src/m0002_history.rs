//! The history: technicians, sessions, and what belongs to a session.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_query::{Index, TableCreateStatement},
};

use crate::{
    column::Columns,
    index::{create_index, set_statistics},
    table::foreign_key,
};

/// Creates `technician`, `session`, `chat_message`, `video` and `custom_field`.
#[derive(Debug)]
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_history"
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
            ("technician", technician(columns), "1000 100 1"),
            ("session", session(columns), "1000000 100000 1"),
            ("chat_message", chat_message(columns), "20000000 2000000 20 1"),
            ("video", video(columns), "500000 50000 2 1"),
            ("custom_field", custom_field(columns), "2000000 200000 2 1"),
        ] {
            manager.create_table(table).await?;
            set_statistics(manager, name, &format!("sqlite_autoindex_{name}_1"), rows).await?;
        }
        // A technician by user name, and the list of technicians in that order.
        let index = ("technician", "technician_by_username");
        let by = ["account_id", "username_folded"];
        create_index(manager, Index::create().unique().take(), index, &by, "1000 100 1").await?;
        // The list of sessions, by a range of time.
        let index = ("session", "session_by_start");
        let by = ["account_id", "started_at", "id"];
        create_index(manager, Index::create(), index, &by, "1000000 100000 2 1").await?;
        for (name, column, rows) in [
            // The list of sessions of one technician; also the unanswered ones, whose technician is
            // null.
            ("session_by_technician", "technician_id", 200),
            // The list of sessions of one customer or computer.
            ("session_by_customer_name", "customer_name_folded", 20),
            ("session_by_customer_email", "customer_email_folded", 20),
            ("session_by_customer_number", "customer_number_folded", 20),
            ("session_by_computer_name", "computer_name_folded", 20),
            ("session_by_computer_domain", "computer_domain_folded", 1000),
        ] {
            let rows = format!("1000000 100000 {rows} 2 1");
            let by = ["account_id", column, "started_at", "id"];
            create_index(manager, Index::create(), ("session", name), &by, &rows).await?;
        }
        // Sessions by the value of a custom field.
        let index = ("custom_field", "custom_field_by_value");
        let by = ["account_id", "value_folded", "session_id"];
        create_index(manager, Index::create(), index, &by, "2000000 200000 20 1").await
    }
}

fn technician(columns: Columns) -> TableCreateStatement {
    columns
        .numbered("technician")
        .col(columns.short("username", 240).not_null())
        .col(columns.folded("username_folded").not_null())
        .col(columns.short("name", 240))
        .col(columns.folded("name_folded"))
        .take()
}

fn session(columns: Columns) -> TableCreateStatement {
    let mut table = columns.numbered("session");
    table.col(columns.number("technician_id"));
    for (text, folded) in [
        ("customer_name", "customer_name_folded"),
        ("customer_email", "customer_email_folded"),
        ("customer_number", "customer_number_folded"),
        ("computer_name", "computer_name_folded"),
        ("computer_domain", "computer_domain_folded"),
        ("computer_os", "computer_os_folded"),
    ] {
        table.col(columns.short(text, 240)).col(columns.folded(folded));
    }
    table
        .col(columns.long("problem_description"))
        .col(columns.long_folded("problem_description_folded"))
        .col(columns.long("notes"))
        .col(columns.long_folded("notes_folded"))
        .col(columns.short("start_method", 16).not_null())
        .col(columns.number("started_at").not_null())
        .col(columns.number("ended_at"))
        .col(columns.number("video_count").not_null())
        .col(columns.number("chat_count").not_null())
        .col(columns.number("updated_at").not_null())
        .foreign_key(&mut foreign_key(
            "session",
            &["account_id", "technician_id"],
            "technician",
            &["account_id", "id"],
        ))
        .take()
}

fn chat_message(columns: Columns) -> TableCreateStatement {
    columns
        .child("chat_message")
        .col(columns.number("sent_at").not_null())
        .col(columns.short("sender", 240))
        .col(columns.folded("sender_folded"))
        .col(columns.short("sender_role", 16).not_null())
        .col(columns.long("body").not_null())
        .col(columns.long_folded("body_folded").not_null())
        .take()
}

fn video(columns: Columns) -> TableCreateStatement {
    columns
        .child("video")
        .col(columns.short("url", 2048).not_null())
        .col(columns.number("recorded_at"))
        .col(columns.number("duration_seconds"))
        .col(columns.number("size_bytes"))
        .take()
}

fn custom_field(columns: Columns) -> TableCreateStatement {
    columns
        .child("custom_field")
        .col(columns.short("name", 240).not_null())
        .col(columns.folded("name_folded").not_null())
        .col(columns.short("value", 240))
        .col(columns.folded("value_folded"))
        .take()
}
