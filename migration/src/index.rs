//! Indexes, and the statistics of SQLite's query planner for a typical history.
//!
//! SQLite does not count its rows. Without statistics it assumes that an account has few
//! rows, and scans the whole account instead of using an index. `ANALYZE` replaces these numbers by
//! those of the file.

use sea_orm_migration::{
    DbErr, SchemaManager,
    sea_orm::{ConnectionTrait, DbBackend},
    sea_query::{Alias, IndexCreateStatement},
};

/// Creates an index of a table on columns, with statistics. An index that exists is not changed: MySQL and
/// MariaDB keep the part of a step that was done before it was interrupted.
pub(crate) async fn create_index(
    manager: &SchemaManager<'_>,
    mut index: IndexCreateStatement,
    (table, name): (&str, &str),
    columns: &[&str],
    rows: &str,
) -> Result<(), DbErr> {
    if manager.has_index(table, name).await? {
        return Ok(());
    }
    index.name(name).table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    manager.create_index(index).await?;
    set_statistics(manager, table, name, rows).await
}

/// Sets the statistics of an index: the number of rows, and then the number of rows for one value of
/// its first column, of its first two columns, and so on.
pub(crate) async fn set_statistics(
    manager: &SchemaManager<'_>,
    table: &str,
    index: &str,
    rows: &str,
) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let insert = format!("INSERT INTO sqlite_stat1 VALUES ('{table}', '{index}', '{rows}')");
    // `ANALYZE` creates the table of statistics first, and reads it at the end.
    for statement in ["ANALYZE sqlite_schema", &insert, "ANALYZE sqlite_schema"] {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
