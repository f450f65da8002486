//! Tables of the history, by what their rows belong to.

use sea_orm_migration::sea_query::{
    Alias, ForeignKey, ForeignKeyAction, ForeignKeyCreateStatement, Index, TableCreateStatement,
};

use crate::column::Columns;

impl Columns {
    /// A table of what belongs to an account, each row with a number of its own.
    pub(crate) fn numbered(self, name: &'static str) -> TableCreateStatement {
        let mut table = self.keyed(name, &["account_id", "id"]);
        table.foreign_key(&mut foreign_key(name, &["account_id"], "account", &["id"]));
        table
    }

    /// A table of what belongs to a session, numbered from 1 without a gap, and deleted with it.
    pub(crate) fn child(self, name: &'static str) -> TableCreateStatement {
        let mut table = self.keyed(name, &["account_id", "session_id", "seq"]);
        let mut session =
            foreign_key(name, &["account_id", "session_id"], "session", &["account_id", "id"]);
        table.foreign_key(session.on_delete(ForeignKeyAction::Cascade));
        table
    }

    fn keyed(self, name: &'static str, key: &[&'static str]) -> TableCreateStatement {
        let (mut table, mut index) = (self.table(name), Index::create());
        for column in key {
            table.col(self.number(column).not_null());
            index.col(Alias::new(*column));
        }
        table.primary_key(&mut index);
        table
    }
}

/// A foreign key, named after the two tables.
pub(crate) fn foreign_key(
    from: &str,
    columns: &[&str],
    to: &str,
    key: &[&str],
) -> ForeignKeyCreateStatement {
    let mut foreign_key = ForeignKey::create();
    foreign_key.name(format!("{from}_{to}")).from_tbl(Alias::new(from)).to_tbl(Alias::new(to));
    for column in columns {
        foreign_key.from_col(Alias::new(*column));
    }
    for column in key {
        foreign_key.to_col(Alias::new(*column));
    }
    foreign_key
}
