//! The statistics of SQLite's query planner, for a typical history.
//!
//! SQLite does not count its rows. Without statistics it assumes that an account has few
//! rows, and scans the whole account instead of using an index. `ANALYZE` replaces these numbers by
//! those of the file.

use sea_orm_migration::{
    DbErr, SchemaManager,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Each index with its number of rows, and then the number of rows for one value of its first column,
/// of its first two columns, and so on.
const STATISTICS: [(&str, &str, &str); 14] = [
    ("technician", "sqlite_autoindex_technician_1", "1000 100 1"),
    ("technician", "technician_by_username", "1000 100 1"),
    ("session", "sqlite_autoindex_session_1", "1000000 100000 1"),
    ("session", "session_by_start", "1000000 100000 2 1"),
    ("session", "session_by_technician", "1000000 100000 200 2 1"),
    ("session", "session_by_customer_name", "1000000 100000 20 2 1"),
    ("session", "session_by_customer_email", "1000000 100000 20 2 1"),
    ("session", "session_by_customer_number", "1000000 100000 20 2 1"),
    ("session", "session_by_computer_name", "1000000 100000 20 2 1"),
    ("session", "session_by_computer_domain", "1000000 100000 1000 2 1"),
    ("chat_message", "sqlite_autoindex_chat_message_1", "20000000 2000000 20 1"),
    ("video", "sqlite_autoindex_video_1", "500000 50000 2 1"),
    ("custom_field", "sqlite_autoindex_custom_field_1", "2000000 200000 2 1"),
    ("custom_field", "custom_field_by_value", "2000000 200000 20 1"),
];

pub(super) async fn write(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let connection = manager.get_connection();
    // This makes the table of statistics.
    connection.execute_unprepared("ANALYZE").await?;
    for (table, index, rows) in STATISTICS {
        let insert = format!("INSERT INTO sqlite_stat1 VALUES ('{table}', '{index}', '{rows}')");
        connection.execute_unprepared(&insert).await?;
    }
    // This reads it.
    connection.execute_unprepared("ANALYZE sqlite_schema").await?;
    Ok(())
}
