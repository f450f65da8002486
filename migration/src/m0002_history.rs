//! The history: technicians, sessions, and what belongs to a session.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_query::{Alias, ForeignKey, ForeignKeyAction, Index, TableCreateStatement},
};

use crate::column::{Columns, idens};

mod statistics;

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
        let tables: [fn(Columns) -> TableCreateStatement; 5] =
            [technician, session, chat_message, video, custom_field];
        for table in tables {
            manager.create_table(table(columns)).await?;
        }
        for (table, name, unique, over) in INDEXES {
            let mut index = Index::create();
            index.name(*name).table(Alias::new(*table));
            if *unique {
                index.unique();
            }
            for column in *over {
                index.col(Alias::new(*column));
            }
            manager.create_index(index).await?;
        }
        statistics::write(manager).await
    }
}

/// Each index: table, name, whether it is unique, and columns. The comment says what it is for.
type IndexRow = (&'static str, &'static str, bool, &'static [&'static str]);
const INDEXES: &[IndexRow] = &[
    // A technician by user name, and the list of technicians in that order.
    ("technician", "technician_by_username", true, &["account_id", "username_folded"]),
    // The list of sessions, by a range of time.
    ("session", "session_by_start", false, &["account_id", "started_at", "id"]),
    // The same for one technician; also the unanswered ones, whose technician is null.
    (
        "session",
        "session_by_technician",
        false,
        &["account_id", "technician_id", "started_at", "id"],
    ),
    // One customer or computer, in order of time.
    (
        "session",
        "session_by_customer_name",
        false,
        &["account_id", "customer_name_folded", "started_at", "id"],
    ),
    (
        "session",
        "session_by_customer_email",
        false,
        &["account_id", "customer_email_folded", "started_at", "id"],
    ),
    (
        "session",
        "session_by_customer_number",
        false,
        &["account_id", "customer_number_folded", "started_at", "id"],
    ),
    (
        "session",
        "session_by_computer_name",
        false,
        &["account_id", "computer_name_folded", "started_at", "id"],
    ),
    (
        "session",
        "session_by_computer_domain",
        false,
        &["account_id", "computer_domain_folded", "started_at", "id"],
    ),
    // Sessions by the value of a custom field.
    ("custom_field", "custom_field_by_value", false, &["account_id", "value_folded", "session_id"]),
];

fn technician(columns: Columns) -> TableCreateStatement {
    columns
        .table("technician")
        .col(columns.number("account_id").not_null())
        .col(columns.number("id").not_null())
        .col(columns.short("username", 240).not_null())
        .col(columns.folded("username_folded").not_null())
        .col(columns.short("name", 240))
        .col(columns.folded("name_folded"))
        .primary_key(Index::create().col(Alias::new("account_id")).col(Alias::new("id")))
        .foreign_key(
            ForeignKey::create()
                .name("technician_account")
                .from(Alias::new("technician"), Alias::new("account_id"))
                .to(Alias::new("account"), Alias::new("id")),
        )
        .take()
}

fn session(columns: Columns) -> TableCreateStatement {
    let mut table = columns.table("session");
    table
        .col(columns.number("account_id").not_null())
        .col(columns.number("id").not_null())
        .col(columns.number("technician_id"));
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
        .primary_key(Index::create().col(Alias::new("account_id")).col(Alias::new("id")))
        .foreign_key(
            ForeignKey::create()
                .name("session_account")
                .from(Alias::new("session"), Alias::new("account_id"))
                .to(Alias::new("account"), Alias::new("id")),
        )
        .foreign_key(
            ForeignKey::create()
                .name("session_technician")
                .from_tbl(Alias::new("session"))
                .from_col(Alias::new("account_id"))
                .from_col(Alias::new("technician_id"))
                .to_tbl(Alias::new("technician"))
                .to_col(Alias::new("account_id"))
                .to_col(Alias::new("id")),
        )
        .take()
}

fn chat_message(columns: Columns) -> TableCreateStatement {
    child(columns, "chat_message", "chat_message_session")
        .col(columns.number("sent_at").not_null())
        .col(columns.short("sender", 240))
        .col(columns.folded("sender_folded"))
        .col(columns.short("sender_role", 16).not_null())
        .col(columns.long("body").not_null())
        .col(columns.long_folded("body_folded").not_null())
        .take()
}

fn video(columns: Columns) -> TableCreateStatement {
    child(columns, "video", "video_session")
        .col(columns.short("url", 2048).not_null())
        .col(columns.number("recorded_at"))
        .col(columns.number("duration_seconds"))
        .col(columns.number("size_bytes"))
        .take()
}

fn custom_field(columns: Columns) -> TableCreateStatement {
    child(columns, "custom_field", "custom_field_session")
        .col(columns.short("name", 240).not_null())
        .col(columns.folded("name_folded").not_null())
        .col(columns.short("value", 240))
        .col(columns.folded("value_folded"))
        .take()
}

/// A table of what belongs to a session, numbered from 1 without a gap, and gone with it.
fn child(columns: Columns, name: &'static str, key: &'static str) -> TableCreateStatement {
    let [account_id, session_id, seq] = idens(["account_id", "session_id", "seq"]);
    columns
        .table(name)
        .col(columns.number("account_id").not_null())
        .col(columns.number("session_id").not_null())
        .col(columns.number("seq").not_null())
        .primary_key(Index::create().col(account_id).col(session_id).col(seq))
        .foreign_key(
            ForeignKey::create()
                .name(key)
                .from_tbl(Alias::new(name))
                .from_col(Alias::new("account_id"))
                .from_col(Alias::new("session_id"))
                .to_tbl(Alias::new("session"))
                .to_col(Alias::new("account_id"))
                .to_col(Alias::new("id"))
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}
