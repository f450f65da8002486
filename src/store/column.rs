//! The columns that a caller of the store may read, made from the entities.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use sea_orm::{
    ColumnTrait, EntityName,
    sea_query::{ColumnType, Expr, SelectStatement},
};

/// A column of a table. A [`crate::store::Row`] has the selected columns, in their order.
#[derive(Clone, Copy, Debug)]
pub struct ColumnRef(&'static dyn EntityColumn);

/// A column of any entity.
pub(super) trait EntityColumn: fmt::Debug + Sync {
    fn table(&self) -> &'static str;
    fn name(&self) -> &'static str;
    fn is_text(&self) -> bool;
    fn is_long_text(&self) -> bool;
}

impl<C: ColumnTrait + fmt::Debug + Sync> EntityColumn for C {
    fn table(&self) -> &'static str {
        C::EntityName::default().table_name()
    }

    fn name(&self) -> &'static str {
        self.as_str()
    }

    fn is_text(&self) -> bool {
        matches!(self.def().get_column_type(), ColumnType::String(_) | ColumnType::Text)
    }

    fn is_long_text(&self) -> bool {
        matches!(self.def().get_column_type(), ColumnType::Text)
    }
}

impl ColumnRef {
    pub(super) const fn new(column: &'static dyn EntityColumn) -> Self {
        Self(column)
    }

    pub(super) fn table(self) -> &'static str {
        self.0.table()
    }

    fn name(self) -> &'static str {
        self.0.name()
    }

    /// The name that the column has in a select from a table.
    pub(super) fn selected_name(self, from: &str) -> String {
        match (self.table(), self.name()) {
            (table, name) if table == from => name.to_owned(),
            (table, name) => format!("of_{table}_{name}"),
        }
    }

    pub(super) fn expr(self) -> Expr {
        Expr::col((self.table(), self.name()))
    }

    /// Whether the column has texts and not numbers.
    pub fn is_text(self) -> bool {
        self.0.is_text()
    }

    /// Whether the column has texts of many lines.
    pub fn is_long_text(self) -> bool {
        self.0.is_long_text()
    }
}

impl PartialEq for ColumnRef {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.table() == other.table()
    }
}

impl Eq for ColumnRef {}

impl Hash for ColumnRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

/// Adds columns to a select from a table. The columns of a joined table get aliases, since both
/// tables may have a column of the same name.
///
/// They are one text: an expression for each column takes longer than reading the row. No name needs
/// quotation marks.
pub(super) fn select_columns(select: &mut SelectStatement, from: &str, columns: &[ColumnRef]) {
    let mut list = String::with_capacity(columns.len() * 32);
    for column in columns {
        let (table, name) = (column.table(), column.name());
        list.extend([if list.is_empty() { "" } else { ", " }, table, ".", name]);
        if table != from {
            list.push_str(" AS ");
            list.push_str(&column.selected_name(from));
        }
    }
    if !list.is_empty() {
        select.expr(Expr::cust(list));
    }
}

/// The columns with this one among them, and its index.
pub(super) fn with_column(columns: &[ColumnRef], column: ColumnRef) -> (Vec<ColumnRef>, usize) {
    let mut columns = columns.to_vec();
    let index = index_of(&mut columns, column);
    (columns, index)
}

/// The index of a column, which is added if it is missing.
pub fn index_of(columns: &mut Vec<ColumnRef>, column: ColumnRef) -> usize {
    match columns.iter().position(|known| *known == column) {
        Some(index) => index,
        None => {
            columns.push(column);
            columns.len() - 1
        }
    }
}
