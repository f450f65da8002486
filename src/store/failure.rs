//! What a failure of the database means for whoever asked.

use std::{error::Error as StdError, io, time::Duration};

use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr, SqlxError,
    sqlx::{error::DatabaseError, mysql::MySqlDatabaseError},
};

use crate::error::Error;

/// What a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The connection is lost, or there was none: another connection or host may do.
    Lost,
    /// Something else was in the way, and rolled this back: the same may do the next time.
    Conflict,
    /// The database is there, but has no room or no time: the same now would make it worse.
    Busy,
    /// A fault of ours.
    Fault,
}

/// MySQL's and MariaDB's numbers, for whose failures the five characters are too coarse.
/// 1047: a Galera node that is not of the cluster now; 1053, 1077, 1079: shutting down; 1152, 1927,
/// 4031: the server closed the connection.
const LOST: [u16; 7] = [1047, 1053, 1077, 1079, 1152, 1927, 4031];
/// 1020: a row changed meanwhile; 1205: a lock was waited for too long; 1213: a deadlock, or a
/// change that another Galera node was quicker with; 1062, 1452: another import, which was not seen
/// yet, inserted or removed the same session; 1180: a commit while a Galera cluster lost a node.
const CONFLICT: [u16; 6] = [1020, 1062, 1180, 1205, 1213, 1452];
/// 1040, 1203, 1226: too many connections; 1317, 1969, 3024: a statement was cut off.
const BUSY: [u16; 6] = [1040, 1203, 1226, 1317, 1969, 3024];

impl From<DbErr> for Error {
    fn from(failure: DbErr) -> Self {
        match kind(&failure) {
            Kind::Fault => Self::internal(failure),
            _ => Self::unavailable(failure),
        }
    }
}

/// Whether the same question or change may do on another try.
pub(super) fn may_pass(failure: &Error) -> bool {
    let failure = failure.cause().and_then(|cause| cause.downcast_ref::<DbErr>());
    failure.is_some_and(|failure| matches!(kind(failure), Kind::Lost | Kind::Conflict))
}

/// What happened, without what the database says of it, which may hold values of rows.
pub(super) fn summary(failure: &Error) -> String {
    let failure = failure.cause().and_then(|cause| cause.downcast_ref::<DbErr>());
    let Some(failure) = failure else { return "a failure".into() };
    let code = match failure {
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            cause.as_database_error().and_then(|cause| {
                let number = cause.try_downcast_ref::<MySqlDatabaseError>().map(|it| it.number());
                number.map(|it| it.to_string()).or_else(|| Some(cause.code()?.into_owned()))
            })
        }
        _ => None,
    };
    match (kind(failure), code) {
        (Kind::Lost, None) => "the connection was lost".into(),
        (Kind::Lost, Some(code)) => format!("the server left, error {code}"),
        (_, code) => format!("another change was in the way, error {}", code.unwrap_or_default()),
    }
}

/// What a failure means.
pub(super) fn kind(failure: &DbErr) -> Kind {
    match failure {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed) => {
            Kind::Busy
        }
        DbErr::Conn(RuntimeErr::SqlxError(cause)) => match of_driver(cause) {
            Kind::Fault => Kind::Lost,
            kind => kind,
        },
        DbErr::Conn(_) => Kind::Lost,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            of_driver(cause)
        }
        _ => Kind::Fault,
    }
}

/// Whether a server that could not be reached like this may be there later, or answers even so.
pub(super) fn may_come(failure: &SqlxError) -> bool {
    of_driver(failure) != Kind::Fault
}

/// Whether a failure to connect comes from a server that is at work.
pub(super) fn is_at_work(failure: &SqlxError) -> bool {
    matches!(failure, SqlxError::Database(_)) && of_driver(failure) == Kind::Busy
}

/// Whether a failure of a statement is the answer of a server that is at work.
pub(super) fn is_answer(failure: &SqlxError) -> bool {
    matches!(failure, SqlxError::Database(_)) && of_driver(failure) != Kind::Lost
}

/// A host that does not answer.
pub(super) fn silent(after: Duration) -> DbErr {
    let text = format!("no answer within {} ms", after.as_millis());
    DbErr::Conn(RuntimeErr::SqlxError(
        SqlxError::Io(io::Error::new(io::ErrorKind::TimedOut, text)).into(),
    ))
}

/// No host is up.
pub(super) fn none_up() -> Error {
    DbErr::Conn(RuntimeErr::Internal("no host of the database is up".into())).into()
}

fn of_driver(cause: &SqlxError) -> Kind {
    match cause {
        SqlxError::Io(_) => Kind::Lost,
        // A connection that broke in the middle of a message.
        SqlxError::Protocol(_) | SqlxError::Tls(_) if is_io(cause) => Kind::Lost,
        SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed => Kind::Busy,
        SqlxError::Database(cause) => of_server(&**cause),
        _ => Kind::Fault,
    }
}

fn is_io(failure: &(dyn StdError + 'static)) -> bool {
    failure.is::<io::Error>() || failure.source().is_some_and(is_io)
}

fn of_server(cause: &dyn DatabaseError) -> Kind {
    if let Some(cause) = cause.try_downcast_ref::<MySqlDatabaseError>() {
        let number = cause.number();
        return match number {
            _ if LOST.contains(&number) => Kind::Lost,
            _ if CONFLICT.contains(&number) => Kind::Conflict,
            _ if BUSY.contains(&number) => Kind::Busy,
            _ => Kind::Fault,
        };
    }
    let code = cause.code().unwrap_or_default();
    let starts = |classes: &[&str]| classes.iter().any(|class| code.starts_with(class));
    if code.len() < 5 {
        // SQLite: busy (5) and locked (6) past the time to wait, I/O (10), cannot open (14).
        let number = code.parse::<u32>().map(|code| code & 0xFF);
        return if matches!(number, Ok(5 | 6 | 10 | 14)) { Kind::Busy } else { Kind::Fault };
    }
    if starts(&["08", "57P0"]) {
        // PostgreSQL: a connection that failed; a server that shuts down or starts.
        Kind::Lost
    } else if starts(&["40", "23503", "23505"]) {
        // A deadlock; what a standby replayed; another import of the same session.
        Kind::Conflict
    } else if starts(&["53", "57014"]) {
        // Too many connections, no memory, no disk; a statement that was cut off.
        Kind::Busy
    } else {
        Kind::Fault
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlxError};

    use super::{Kind, kind};

    #[test]
    fn failures_of_the_driver_have_a_meaning() {
        let io = || SqlxError::Io(io::ErrorKind::UnexpectedEof.into());
        let driver = |cause: SqlxError| RuntimeErr::SqlxError(cause.into());
        for (failure, means) in [
            (DbErr::Query(driver(io())), Kind::Lost),
            (DbErr::Exec(driver(io())), Kind::Lost),
            (DbErr::Conn(driver(io())), Kind::Lost),
            (DbErr::Query(driver(SqlxError::Tls(Box::new(io::Error::other("cut"))))), Kind::Lost),
            (DbErr::Conn(driver(SqlxError::Protocol("cut".into()))), Kind::Lost),
            (DbErr::ConnectionAcquire(ConnAcquireErr::Timeout), Kind::Busy),
            (DbErr::Query(driver(SqlxError::WorkerCrashed)), Kind::Busy),
            (DbErr::Query(driver(SqlxError::Protocol("odd".into()))), Kind::Fault),
            (DbErr::Query(driver(SqlxError::RowNotFound)), Kind::Fault),
            (DbErr::Custom("odd".into()), Kind::Fault),
        ] {
            assert_eq!(kind(&failure), means, "{failure:?}");
        }
    }
}
