//! Column types and table options that the databases spell differently.

use sea_orm_migration::{
    DbErr, SchemaManager,
    sea_orm::{ConnectionTrait, DbBackend, Statement},
    sea_query::{Alias, ColumnDef, Table, TableCreateStatement},
};

/// The maximum length of a case-folded text: folding makes at most three characters of one.
const FOLDED_CHARS: u32 = 720;

/// Column types of one kind of database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns {
    backend: DbBackend,
    /// MySQL and MariaDB: the collation that compares by code point, without padding.
    collation: &'static str,
}

impl Columns {
    /// Reads the kind of the database.
    pub(crate) async fn of(manager: &SchemaManager<'_>) -> Result<Self, DbErr> {
        let backend = manager.get_database_backend();
        let mut collation = "utf8mb4_0900_bin";
        if backend == DbBackend::MySql {
            let version = Statement::from_string(backend, "SELECT VERSION()");
            let row = manager.get_connection().query_one_raw(version).await?;
            let version: String = row.map_or(Ok(String::new()), |row| row.try_get_by_index(0))?;
            if version.contains("MariaDB") {
                collation = "utf8mb4_nopad_bin";
            }
        }
        Ok(Self { backend, collation })
    }

    /// A new table. MySQL compares its texts by code point, as the other databases do.
    pub(crate) fn table(self, name: &'static str) -> TableCreateStatement {
        let mut table = Table::create();
        table.table(Alias::new(name)).if_not_exists();
        if self.backend == DbBackend::MySql {
            table.engine("InnoDB").character_set("utf8mb4").collate(self.collation);
            // The other formats of rows are too small for the indexes.
            table.extra("ROW_FORMAT=DYNAMIC");
        }
        table
    }

    /// A 64-bit number: an id, a count, or a time in microseconds.
    pub(crate) fn number(self, name: &'static str) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(name));
        column.big_integer();
        column
    }

    /// A text of at most `chars` characters, stored without a change.
    pub(crate) fn short(self, name: &'static str, chars: u32) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(name));
        column.string_len(chars);
        column
    }

    /// A text of many lines.
    pub(crate) fn long(self, name: &'static str) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(name));
        match self.backend {
            // MySQL's TEXT ends at 64 KiB.
            DbBackend::MySql => column.custom(Alias::new("MEDIUMTEXT")),
            _ => column.text(),
        };
        column
    }

    /// The case-folded shadow of a text of many lines, for prefixes by code point.
    pub(crate) fn long_folded(self, name: &'static str) -> ColumnDef {
        let mut column = self.long(name);
        if self.backend == DbBackend::Postgres {
            column.custom(Alias::new("text COLLATE \"C\""));
        }
        column
    }

    /// A short text for equality, prefixes and order by code point.
    pub(crate) fn ordered(self, name: &'static str, chars: u32) -> ColumnDef {
        let mut column = self.short(name, chars);
        if self.backend == DbBackend::Postgres {
            column.custom(Alias::new(format!("varchar({chars}) COLLATE \"C\"")));
        }
        column
    }

    /// The case-folded shadow of a short text, for equality, prefixes and order by code point.
    pub(crate) fn folded(self, name: &'static str) -> ColumnDef {
        self.ordered(name, FOLDED_CHARS)
    }
}
