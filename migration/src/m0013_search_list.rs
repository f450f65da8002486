//! A longer list of new words before PostgreSQL's index.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Raises `gin_pending_list_limit` of `session_words_by_token`.
#[derive(Debug)]
pub(crate) struct Migration;

/// In KiB. The list then has the words of about 700 sessions. To merge them into the index at once takes a third of the time
/// that parts of 128 KiB take. A search reads the list, in less than a millisecond; with 4 MiB it takes several.
const LIMIT: &str = "ALTER INDEX session_words_by_token SET (gin_pending_list_limit = 1024)";

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0013_search_list"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// The step is atomic, except on MySQL and MariaDB.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(LIMIT).await?;
        }
        Ok(())
    }
}
