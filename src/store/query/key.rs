//! Kinds of rows that are found by their keys.

use std::sync::Arc;

use crate::{
    error::Result,
    store::{
        cluster::Rows,
        column::ColumnRef,
        table::{ChatMessageTable, SessionTable, TechnicianTable, VideoTable},
    },
};

/// Declares the kinds of rows, each with the columns of its key.
macro_rules! row_kinds {
    ($($(#[$doc:meta])+ $kind:ident: [$($column:path),+],)+) => {
        /// A kind of row that is found by its key.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum RowKind {
            $($(#[$doc])+ $kind,)+
        }

        impl RowKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The columns of the key.
            pub fn key_columns(self) -> &'static [ColumnRef] {
                match self {
                    $(Self::$kind => &[$($column),+],)+
                }
            }
        }
    };
}

row_kinds! {
    /// A session, by its number.
    Session: [SessionTable::ID],
    /// A technician, by its number.
    Technician: [TechnicianTable::ID],
    /// A chat message, by its session and its number there.
    ChatMessage: [ChatMessageTable::SESSION_ID, ChatMessageTable::SEQ],
    /// A recording, by its session and its number there.
    Video: [VideoTable::SESSION_ID, VideoTable::SEQ],
}

/// The key of a row: one or two numbers, of which a missing one is 0.
pub type RowKey = [i64; 2];

/// Rows that were found by their keys.
#[derive(Debug, Default)]
pub struct FoundRows {
    /// The rows, in no particular order.
    pub rows: Arc<Rows>,
    /// The key of each row, sorted, with the index of the row.
    indexes: Vec<(RowKey, usize)>,
}

impl FoundRows {
    /// Reads the key of each row from the columns with these indexes.
    pub(super) fn new(rows: Rows, key_columns: &[usize]) -> Result<Self> {
        let mut indexes = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            let mut key = [0; 2];
            for (number, column) in key.iter_mut().zip(key_columns) {
                *number = row.i64(*column)?;
            }
            indexes.push((key, index));
        }
        indexes.sort_unstable();
        Ok(Self { rows: Arc::new(rows), indexes })
    }

    /// The index of the row with this key.
    pub fn index(&self, key: RowKey) -> Option<usize> {
        let found = self.indexes.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        Some(self.indexes.get(found)?.1)
    }
}
