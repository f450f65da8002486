//! The words of sessions, and their index on each kind of database.

use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait,
    sea_orm::{ConnectionTrait, DbBackend},
    sea_query::{Alias, ColumnDef, Index, TableCreateStatement},
};

use crate::{backfill::request_backfill, column::Columns, index::set_statistics};

/// Creates `session_words` and its index.
#[derive(Debug)]
pub(crate) struct Migration;

/// SQLite's index has rows by number, which must not change: the implicit number of a row may.
/// The index stores which rows have a word, and neither texts nor positions.
const SQLITE: &str = "
CREATE TABLE session_words (
    number INTEGER PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    words TEXT NOT NULL,
    UNIQUE (account_id, session_id, seq),
    CONSTRAINT session_words_session FOREIGN KEY (account_id, session_id)
        REFERENCES session (account_id, id) ON DELETE CASCADE
);
CREATE VIRTUAL TABLE session_words_index USING fts5(
    tokens, content='', contentless_delete=1, detail=none, tokenize='ascii'
);
CREATE TRIGGER session_words_deleted AFTER DELETE ON session_words WHEN old.seq = 1 BEGIN
    DELETE FROM session_words_index WHERE rowid = old.number;
END;
";

/// A search reads every entry that is not merged into the index yet. With the usual limit of 4 MiB that takes more
/// time than the rest of a search, and imports are not faster.
const POSTGRES_INDEX: &str = "CREATE INDEX session_words_by_token ON session_words USING gin (tokens) \
    WITH (gin_pending_list_limit = 128)";

/// The maximum length of a token.
const MAX_TOKEN: u32 = 84;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_search"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// The step is atomic, except on MySQL and MariaDB.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let backend = manager.get_database_backend();
        if backend == DbBackend::Sqlite {
            database.execute_unprepared(SQLITE).await?;
            let rows = "1000000 100000 1 1";
            let key = "sqlite_autoindex_session_words_1";
            set_statistics(manager, "session_words", key, rows).await?;
            return request_backfill(manager).await;
        }
        let columns = Columns::of(manager).await?;
        let mut table = columns.child("session_words");
        table.col(columns.long("words").not_null());
        if backend == DbBackend::MySql {
            manager.create_table(table).await?;
            manager.create_table(session_token(columns)).await?;
            return request_backfill(manager).await;
        }
        // Only the first row of a session has tokens.
        let mut tokens = ColumnDef::new(Alias::new("tokens"));
        table.col(tokens.custom(Alias::new("tsvector")));
        table.col(columns.number("started_at").not_null());
        manager.create_table(table).await?;
        database.execute_unprepared(POSTGRES_INDEX).await?;
        let mut index = Index::create();
        index.name("session_words_by_start").table(Alias::new("session_words"));
        for column in ["account_id", "started_at", "session_id"] {
            index.col(Alias::new(column));
        }
        manager.create_index(index).await?;
        request_backfill(manager).await
    }
}

/// The tokens of MySQL and MariaDB, one a row. A full-text index of InnoDB does not serve: while it moves tokens from
/// memory to its tables, which it does after some writes, searches do not find them for a moment.
///
/// It has no foreign key and no other index, which would take more time than the rows themselves: who deletes the words
/// of a session deletes its tokens.
fn session_token(columns: Columns) -> TableCreateStatement {
    let mut key = Index::create();
    for name in ["account_id", "token", "session_id"] {
        key.col(Alias::new(name));
    }
    let mut token = ColumnDef::new(Alias::new("token"));
    columns
        .table("session_token")
        .col(columns.number("account_id").not_null())
        .col(token.var_binary(MAX_TOKEN).not_null())
        .col(columns.number("session_id").not_null())
        .primary_key(&mut key)
        .take()
}
