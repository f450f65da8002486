//! The columns that a caller of the store may read, made from the entities.

use entity::{chat_message, custom_field, session, technician, video};
use sea_orm::{
    ColumnTrait, EntityName, IdenStatic,
    sea_query::{ColumnType, Expr, SelectStatement},
};

/// A column of a table. A [`crate::store::Row`] has the selected columns, in their order.
#[derive(Clone, Copy, Debug)]
pub enum ColumnRef {
    /// Of a session.
    Session(session::Column),
    /// Of a technician.
    Technician(technician::Column),
    /// Of a chat message.
    ChatMessage(chat_message::Column),
    /// Of a recording.
    Video(video::Column),
    /// Of a custom field.
    CustomField(custom_field::Column),
}

impl ColumnRef {
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Session(_) => session::Entity.table_name(),
            Self::Technician(_) => technician::Entity.table_name(),
            Self::ChatMessage(_) => chat_message::Entity.table_name(),
            Self::Video(_) => video::Entity.table_name(),
            Self::CustomField(_) => custom_field::Entity.table_name(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Session(column) => column.as_str(),
            Self::Technician(column) => column.as_str(),
            Self::ChatMessage(column) => column.as_str(),
            Self::Video(column) => column.as_str(),
            Self::CustomField(column) => column.as_str(),
        }
    }

    pub(super) fn expr(self) -> Expr {
        Expr::col((self.table(), self.name()))
    }

    /// Whether the column has texts and not numbers.
    pub fn is_text(self) -> bool {
        let definition = match self {
            Self::Session(column) => column.def(),
            Self::Technician(column) => column.def(),
            Self::ChatMessage(column) => column.def(),
            Self::Video(column) => column.def(),
            Self::CustomField(column) => column.def(),
        };
        matches!(definition.get_column_type(), ColumnType::String(_) | ColumnType::Text)
    }

    /// The number of the table and that of the column in it.
    fn ordinals(self) -> (u8, u8) {
        match self {
            Self::Session(column) => (0, column as u8),
            Self::Technician(column) => (1, column as u8),
            Self::ChatMessage(column) => (2, column as u8),
            Self::Video(column) => (3, column as u8),
            Self::CustomField(column) => (4, column as u8),
        }
    }
}

impl PartialEq for ColumnRef {
    fn eq(&self, other: &Self) -> bool {
        self.ordinals() == other.ordinals()
    }
}

impl Eq for ColumnRef {}

/// Adds columns to a select from a table. The columns of a joined table get aliases, since both
/// tables may have a column of the same name.
pub(super) fn select_columns(select: &mut SelectStatement, from: &str, columns: &[ColumnRef]) {
    for column in columns {
        let (table, name) = (column.table(), column.name());
        if table == from {
            select.column((table, name));
        } else {
            select.expr_as(column.expr(), format!("of_{table}_{name}"));
        }
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
