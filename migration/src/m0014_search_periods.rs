//! Periods of starts in PostgreSQL's index of words.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Replaces `session_words_by_token` by an index that also has the periods in which a session starts: of about 19 hours, 13
/// days and 204 days. The last two bits of a value tell which.
#[derive(Debug)]
pub(crate) struct Migration;

/// Searches use the old index until the new one is complete.
const INDEX: &str = "
CREATE INDEX session_words_by_token_and_period ON session_words USING gin (
    tokens,
    (ARRAY[started_at >> 36 << 2, (started_at >> 40 << 2) + 1, (started_at >> 44 << 2) + 2])
) WITH (gin_pending_list_limit = 1024);
DROP INDEX session_words_by_token;
ALTER INDEX session_words_by_token_and_period RENAME TO session_words_by_token;
";

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0014_search_periods"
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
            manager.get_connection().execute_unprepared(INDEX).await?;
        }
        Ok(())
    }
}
