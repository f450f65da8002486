//! Which failures of a database mean that it cannot be reached.

use sea_orm::{DbErr, RuntimeErr, SqlxError};

use crate::error::Error;

impl From<DbErr> for Error {
    fn from(failure: DbErr) -> Self {
        let unreachable = match &failure {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
            DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => is_unreachable(cause),
            _ => false,
        };
        if unreachable { Self::unavailable(failure) } else { Self::internal(failure) }
    }
}

fn is_unreachable(cause: &SqlxError) -> bool {
    match cause {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => true,
        // PostgreSQL, in five characters: connection failures (08), too many connections and the
        // like (53), and a server that shuts down or starts (57P0).
        // SQLite: busy (5) and locked (6) past the time to wait, I/O (10), cannot open (14).
        SqlxError::Database(cause) => cause.code().is_some_and(|code| {
            let sqlite = (code.len() < 5).then(|| code.parse::<u32>().ok()).flatten();
            ["08", "53", "57P0"].iter().any(|class| code.starts_with(class))
                || sqlite.is_some_and(|code| matches!(code & 0xFF, 5 | 6 | 10 | 14))
        }),
        _ => false,
    }
}
