//! What a failure of the database means for the caller.

use std::{error::Error as StdError, io, time::Duration};

use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr, SqlxError,
    sqlx::{error::DatabaseError, mysql::MySqlDatabaseError},
};

use crate::error::Error;

/// What a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The connection is lost, or there was none. Another connection or host may work.
    Lost,
    /// A concurrent transaction rolled this one back. A retry may work.
    Conflict,
    /// The database answers, but it has no capacity. A retry now would add to the load.
    Busy,
    /// Every retry fails in the same way.
    Permanent,
}

/// Error numbers of MySQL and MariaDB, whose SQLSTATE codes are too coarse.
/// 1047: the Galera node is not part of its cluster. 1053, 1077, 1079: the server shuts down. 1152,
/// 1927, 4031: the server closed the connection.
const LOST: [u16; 7] = [1047, 1053, 1077, 1079, 1152, 1927, 4031];
/// 1020: another transaction changed the row. 1205: a lock timeout. 1213: a deadlock, or a conflict
/// between two Galera nodes. 1062, 1452: another import inserted or removed the same session. 1180: a
/// commit while the Galera cluster lost a node.
const CONFLICT: [u16; 6] = [1020, 1062, 1180, 1205, 1213, 1452];
/// 1040, 1203, 1226: too many connections. 1317, 1969, 3024: a statement was cancelled.
const BUSY: [u16; 6] = [1040, 1203, 1226, 1317, 1969, 3024];

impl From<DbErr> for Error {
    fn from(failure: DbErr) -> Self {
        match kind(&failure) {
            Kind::Permanent => Self::internal(failure),
            _ => Self::unavailable(failure),
        }
    }
}

/// Whether a retry of the same read or write may work.
pub(in crate::store) fn is_transient(failure: &Error) -> bool {
    let failure = failure.cause().and_then(|cause| cause.downcast_ref::<DbErr>());
    failure.is_some_and(|failure| matches!(kind(failure), Kind::Lost | Kind::Conflict))
}

/// What failed, without the message of the database, which may hold values of rows.
pub(in crate::store) fn summary(failure: &Error) -> String {
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
        (Kind::Lost, Some(code)) => format!("the server ended the connection, error {code}"),
        (_, code) => {
            format!("a concurrent transaction conflicted, error {}", code.unwrap_or_default())
        }
    }
}

/// What a failure means.
pub(super) fn kind(failure: &DbErr) -> Kind {
    match failure {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed) => {
            Kind::Busy
        }
        DbErr::Conn(RuntimeErr::SqlxError(cause)) => match of_driver(cause) {
            Kind::Permanent => Kind::Lost,
            kind => kind,
        },
        DbErr::Conn(_) => Kind::Lost,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            of_driver(cause)
        }
        _ => Kind::Permanent,
    }
}

/// Whether a server to which no connection could be made may take one later.
pub(super) fn may_recover(failure: &SqlxError) -> bool {
    // A certificate that is refused now is refused later too.
    let refused = |failure: &io::Error| failure.kind() == io::ErrorKind::InvalidData;
    !matches!(failure, SqlxError::Io(failure) if refused(failure))
        && of_driver(failure) != Kind::Permanent
}

/// Whether a server refused a connection because it is busy.
pub(super) fn is_busy(failure: &SqlxError) -> bool {
    matches!(failure, SqlxError::Database(_)) && of_driver(failure) == Kind::Busy
}

/// Whether a failure of a statement is an answer of a working server.
pub(super) fn is_answer(failure: &SqlxError) -> bool {
    matches!(failure, SqlxError::Database(_)) && of_driver(failure) != Kind::Lost
}

/// The failure of a host that does not answer.
pub(super) fn no_answer(after: Duration) -> DbErr {
    let text = format!("no answer within {} ms", after.as_millis());
    DbErr::Conn(RuntimeErr::SqlxError(
        SqlxError::Io(io::Error::new(io::ErrorKind::TimedOut, text)).into(),
    ))
}

/// The failure while no host is up.
pub(super) fn none_up() -> Error {
    DbErr::Conn(RuntimeErr::Internal("no host of the database is up".into())).into()
}

fn of_driver(cause: &SqlxError) -> Kind {
    match cause {
        SqlxError::Io(_) => Kind::Lost,
        // A connection that broke within a message.
        SqlxError::Protocol(_) | SqlxError::Tls(_) if is_io(cause) => Kind::Lost,
        SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed => Kind::Busy,
        SqlxError::Database(cause) => of_server(&**cause),
        _ => Kind::Permanent,
    }
}

fn is_io(failure: &(dyn StdError + 'static)) -> bool {
    failure.is::<io::Error>() || failure.source().is_some_and(is_io)
}

/// Whether a statement failed because its table does not exist.
pub(in crate::store) fn is_missing_table(failure: &DbErr) -> bool {
    let DbErr::Query(RuntimeErr::SqlxError(cause)) = failure else { return false };
    let Some(cause) = cause.as_database_error() else { return false };
    match cause.try_downcast_ref::<MySqlDatabaseError>() {
        Some(cause) => cause.number() == 1146,
        None => {
            cause.code().is_some_and(|code| code == "42P01")
                || cause.message().starts_with("no such table")
        }
    }
}

/// The reason of a failed connection, for people.
pub(super) fn reason(failure: &SqlxError) -> String {
    match failure {
        SqlxError::Database(failure) => failure.message().to_owned(),
        SqlxError::Io(failure) => failure.to_string(),
        // This message would show the character.
        failure if failure.to_string().contains("saslprep") => {
            "the password has a character that SCRAM authentication does not allow".into()
        }
        failure => failure.to_string(),
    }
}

fn of_server(cause: &dyn DatabaseError) -> Kind {
    if let Some(cause) = cause.try_downcast_ref::<MySqlDatabaseError>() {
        let number = cause.number();
        return match number {
            _ if LOST.contains(&number) => Kind::Lost,
            _ if CONFLICT.contains(&number) => Kind::Conflict,
            _ if BUSY.contains(&number) => Kind::Busy,
            _ => Kind::Permanent,
        };
    }
    let code = cause.code().unwrap_or_default();
    let starts = |classes: &[&str]| classes.iter().any(|class| code.starts_with(class));
    if code.len() < 5 {
        // SQLite: busy (5), locked (6), I/O (10), cannot open (14).
        let number = code.parse::<u32>().map(|code| code & 0xFF);
        return if matches!(number, Ok(5 | 6 | 10 | 14)) { Kind::Busy } else { Kind::Permanent };
    }
    if starts(&["08", "57P0", "25P03", "25P04"]) {
        // PostgreSQL: a failed connection; a server that starts or shuts down; a transaction that
        // the server ended because it was idle or took too long.
        Kind::Lost
    } else if starts(&["40", "23503", "23505", "55P03"]) {
        // A deadlock, or a conflict with what a standby replays; another import of the same session;
        // a lock timeout.
        Kind::Conflict
    } else if starts(&["53", "57014"]) {
        // Too many connections, no memory, no disk; a cancelled statement.
        Kind::Busy
    } else {
        Kind::Permanent
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlxError};

    use super::{Kind, kind};

    #[test]
    fn each_failure_of_the_driver_has_a_kind() {
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
            (DbErr::Query(driver(SqlxError::Protocol("odd".into()))), Kind::Permanent),
            (DbErr::Query(driver(SqlxError::RowNotFound)), Kind::Permanent),
            (DbErr::Custom("odd".into()), Kind::Permanent),
        ] {
            assert_eq!(kind(&failure), means, "{failure:?}");
        }
    }
}
