//! An index from which statistics are computed without the rows of sessions, which are wide.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_orm::DbBackend,
    sea_query::{Alias, Index},
};

use crate::index::create_index;

/// Replaces `session_by_start` by an index that also has the columns that statistics read.
#[derive(Debug)]
pub(crate) struct Migration;

const INDEX: (&str, &str) = ("session", "session_by_start");

/// The columns that find and sort sessions.
const KEY: [&str; 3] = ["account_id", "started_at", "id"];
/// The columns that are only read.
const READ: [&str; 6] = [
    "technician_id",
    "duration_seconds",
    "ended_at",
    "video_count",
    "chat_count",
    "first_response_seconds",
];

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0006_statistics"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// The step is atomic, except on MySQL and MariaDB.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (table, name) = INDEX;
        // MySQL and MariaDB may have been interrupted after this.
        if manager.has_index(table, name).await? {
            manager
                .drop_index(Index::drop().name(name).table(Alias::new(table)).to_owned())
                .await?;
        }
        let mut index = Index::create();
        if manager.get_database_backend() == DbBackend::Postgres {
            // PostgreSQL would read the whole index for a condition on a column that does not sort it.
            for column in READ {
                index.include(column);
            }
            return create_index(manager, index, INDEX, &KEY, "").await;
        }
        let rows = "1000000 100000 2 1 1 1 1 1 1 1";
        create_index(manager, index, INDEX, &[&KEY[..], &READ].concat(), rows).await
    }
}
