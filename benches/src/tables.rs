//! The tables of the history.

use std::sync::Arc;

use crate::database::{Cell, Result, Row};

/// A table with its columns. A `*` marks a column of text.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    columns: &'static [&'static str],
    /// The column of the session id.
    session: Option<usize>,
    order: &'static str,
}

/// All tables of the history.
pub const TABLES: [Table; 5] = [
    Table {
        name: "technician",
        columns: &["account_id", "id", "*username", "*username_folded", "*name", "*name_folded"],
        session: None,
        order: "id",
    },
    Table {
        name: "session",
        columns: &[
            "account_id",
            "id",
            "technician_id",
            "*customer_name",
            "*customer_name_folded",
            "*customer_email",
            "*customer_email_folded",
            "*customer_number",
            "*customer_number_folded",
            "*computer_name",
            "*computer_name_folded",
            "*computer_domain",
            "*computer_domain_folded",
            "*computer_os",
            "*computer_os_folded",
            "*problem_description",
            "*problem_description_folded",
            "*notes",
            "*notes_folded",
            "*start_method",
            "started_at",
            "ended_at",
            "video_count",
            "chat_count",
            "updated_at",
            "duration_seconds",
            "first_response_seconds",
        ],
        session: Some(1),
        order: "id",
    },
    Table {
        name: "chat_message",
        columns: &[
            "account_id",
            "session_id",
            "seq",
            "sent_at",
            "*sender",
            "*sender_folded",
            "*sender_role",
            "*body",
            "*body_folded",
        ],
        session: Some(1),
        order: "session_id, seq",
    },
    Table {
        name: "video",
        columns: &[
            "account_id",
            "session_id",
            "seq",
            "*url",
            "recorded_at",
            "duration_seconds",
            "size_bytes",
        ],
        session: Some(1),
        order: "session_id, seq",
    },
    Table {
        name: "custom_field",
        columns: &[
            "account_id",
            "session_id",
            "seq",
            "*name",
            "*name_folded",
            "*value",
            "*value_folded",
        ],
        session: Some(1),
        order: "session_id, seq",
    },
];

impl Table {
    /// The names of the columns.
    pub fn columns(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.trim_start_matches('*')).collect()
    }

    /// A select of all rows, ordered by session.
    pub fn select(&self) -> Arc<str> {
        let (columns, name, order) = (self.columns().join(", "), self.name, self.order);
        format!("SELECT {columns} FROM {name} ORDER BY {order}").into()
    }

    /// The values of a row of that select.
    ///
    /// # Errors
    /// When a value is of another type.
    pub fn cells(&self, row: &impl Row) -> Result<Box<[Cell]>> {
        let cell = |(place, column): (usize, &&str)| {
            Ok(match column.starts_with('*') {
                true => Cell::Text(row.maybe_text(place)?.map(Into::into)),
                false => Cell::Number(row.maybe_int(place)?),
            })
        };
        self.columns.iter().enumerate().map(cell).collect()
    }

    /// The session id of a row.
    pub fn session_of(&self, row: &[Cell]) -> Option<i64> {
        match row.get(self.session?) {
            Some(Cell::Number(number)) => *number,
            _ => None,
        }
    }
}
