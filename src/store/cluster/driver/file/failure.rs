//! The failures of SQLite, as the other driver of SQLite reports them.

use std::{borrow::Cow, error::Error as StdError, fmt};

use sea_orm::{
    SqlxError,
    sqlx::error::{DatabaseError, ErrorKind},
};

/// A failure that SQLite reported.
#[derive(Debug)]
struct FileError {
    /// The extended result code.
    code: i32,
    message: String,
}

/// Turns a failure of the file into one that has the same result code.
pub(super) fn failed(failure: rusqlite::Error) -> SqlxError {
    match failure.sqlite_error() {
        Some(error) => SqlxError::Database(Box::new(FileError {
            code: error.extended_code,
            message: failure.to_string(),
        })),
        None => SqlxError::Decode(failure.into()),
    }
}

impl DatabaseError for FileError {
    fn message(&self) -> &str {
        &self.message
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.to_string().into())
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SQLite result code {}: {}", self.code, self.message)
    }
}

impl StdError for FileError {}
