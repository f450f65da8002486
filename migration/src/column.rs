//! Column types and table options that the databases spell differently.

use sea_orm_migration::{
    sea_orm::DbBackend,
    sea_query::{Alias, ColumnDef, IntoIden, Table, TableCreateStatement},
};

/// The longest case-folded text: folding makes at most three characters of one.
const FOLDED_CHARS: u32 = 720;

/// Writes columns for one database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns(pub(crate) DbBackend);

impl Columns {
    /// A new table. MySQL compares its texts by code point, as the other databases do.
    pub(crate) fn table(self, name: &'static str) -> TableCreateStatement {
        let mut table = Table::create();
        table.table(Alias::new(name));
        if self.0 == DbBackend::MySql {
            table.engine("InnoDB").character_set("utf8mb4").collate("utf8mb4_bin");
        }
        table
    }

    /// A 64-bit number: an id, a count, or a time in microseconds.
    pub(crate) fn number(self, name: &'static str) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(name));
        column.big_integer();
        column
    }

    /// A text of at most `chars` characters, kept as it came.
    pub(crate) fn short(self, name: &'static str, chars: u32) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(name));
        column.string_len(chars);
        column
    }

    /// A text of many lines.
    pub(crate) fn long(self, name: &'static str) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(name));
        match self.0 {
            // MySQL's TEXT ends at 64 KiB.
            DbBackend::MySql => column.custom(Alias::new("MEDIUMTEXT")),
            _ => column.text(),
        };
        column
    }

    /// The case-folded shadow of a short text, for equality, prefixes and order by code point.
    pub(crate) fn folded(self, name: &'static str) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(name));
        match self.0 {
            DbBackend::Postgres => {
                column.custom(Alias::new(format!("varchar({FOLDED_CHARS}) COLLATE \"C\"")))
            }
            _ => column.string_len(FOLDED_CHARS),
        };
        column
    }
}

/// The names as identifiers, for keys over several columns.
pub(crate) fn idens<const N: usize>(names: [&'static str; N]) -> [impl IntoIden; N] {
    names.map(Alias::new)
}
