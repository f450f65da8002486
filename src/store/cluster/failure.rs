//! What a failure of the database means for the caller.

use std::{error::Error as StdError, io, time::Duration};

use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr, SqlxError,
    sqlx::{error::DatabaseError, mysql::MySqlDatabaseError},
};

use crate::error::{Error, Outage};

/// What a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailureKind {
    /// The connection is lost, or there was none. Another connection or host may work.
    Lost,
    /// A concurrent transaction rolled this one back. A retry may work.
    Conflict,
    /// The database answers, but it has no capacity. A retry now would add to the load.
    Busy,
    /// The database cancelled the statement, usually after the statement timeout.
    Timeout,
    /// The file is damaged. It has to be replaced.
    Damaged,
    /// Every retry fails in the same way.
    Permanent,
}

/// Error numbers of MySQL and MariaDB, whose SQLSTATE codes are too coarse.
/// 1047: the Galera node is not part of its cluster. 1053, 1077, 1079: the server shuts down. 1152,
/// 1927, 4031: the server closed the connection.
const LOST: [u16; 7] = [1047, 1053, 1077, 1079, 1152, 1927, 4031];
/// 1020: another transaction changed the row. 1205: a lock timeout. 1213: a deadlock, or a conflict
/// between two Galera nodes. 1062, 1452: another import inserted or removed the same session. 1180: a
/// commit while the Galera cluster lost a node. 1305: the savepoint of the transaction is gone, since the server has rolled
/// it back.
const CONFLICT: [u16; 7] = [1020, 1062, 1180, 1205, 1213, 1305, 1452];
/// 1040, 1203, 1226: too many connections.
const BUSY: [u16; 3] = [1040, 1203, 1226];
/// 1317, 1969, 3024: a statement was cancelled.
const TIMEOUT: [u16; 3] = [1317, 1969, 3024];

impl From<DbErr> for Error {
    fn from(failure: DbErr) -> Self {
        let outage = match failure_kind(&failure) {
            FailureKind::Lost => Outage::Unreachable,
            FailureKind::Conflict => Outage::Conflict,
            FailureKind::Busy => Outage::Busy,
            FailureKind::Timeout => Outage::Timeout,
            FailureKind::Damaged => Outage::Damaged,
            FailureKind::Permanent => return Self::internal(failure),
        };
        Self::unavailable(outage, failure)
    }
}

/// Whether a retry of the same read or write may work.
pub(in crate::store) fn is_transient(failure: &Error) -> bool {
    let failure = failure.cause().and_then(|cause| cause.downcast_ref::<DbErr>());
    failure.is_some_and(|failure| {
        matches!(failure_kind(failure), FailureKind::Lost | FailureKind::Conflict)
    })
}

/// What failed, without the message of the database, which may contain values of rows.
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
    match (failure_kind(failure), code) {
        (FailureKind::Lost, None) => "the connection was lost".into(),
        (FailureKind::Lost, Some(code)) => format!("the server ended the connection, error {code}"),
        (_, None) => "a concurrent transaction conflicted".into(),
        (_, Some(code)) => format!("a concurrent transaction conflicted, error {code}"),
    }
}

/// What a failure means.
pub(super) fn failure_kind(failure: &DbErr) -> FailureKind {
    match failure {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed) => {
            FailureKind::Busy
        }
        DbErr::Conn(RuntimeErr::SqlxError(cause)) => match driver_failure_kind(cause) {
            FailureKind::Permanent => FailureKind::Lost,
            kind => kind,
        },
        DbErr::Conn(_) => FailureKind::Lost,
        // Another transaction has removed the row, or changed what the update asks for.
        DbErr::RecordNotUpdated => FailureKind::Conflict,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            driver_failure_kind(cause)
        }
        _ => FailureKind::Permanent,
    }
}

/// Whether a server to which no connection could be made may take one later.
pub(super) fn may_recover(failure: &SqlxError) -> bool {
    // A refused certificate will be refused again.
    let refused = |failure: &io::Error| failure.kind() == io::ErrorKind::InvalidData;
    !matches!(failure, SqlxError::Io(failure) if refused(failure))
        && driver_failure_kind(failure) != FailureKind::Permanent
}

/// Whether a server refused a connection because it is busy.
pub(super) fn is_busy(failure: &SqlxError) -> bool {
    let is_busy = |kind| matches!(kind, FailureKind::Busy | FailureKind::Timeout);
    matches!(failure, SqlxError::Database(_)) && is_busy(driver_failure_kind(failure))
}

/// Whether a failure of a statement is an answer of a working server.
pub(super) fn is_answer(failure: &SqlxError) -> bool {
    matches!(failure, SqlxError::Database(_)) && driver_failure_kind(failure) != FailureKind::Lost
}

/// Whether there was no answer in time.
pub(super) fn is_timeout(failure: &SqlxError) -> bool {
    matches!(failure, SqlxError::Io(failure) if failure.kind() == io::ErrorKind::TimedOut)
}

/// The failure of a host that does not answer.
pub(super) fn no_answer(after: Duration) -> DbErr {
    let text = format!("no answer within {} ms", after.as_millis());
    DbErr::Conn(RuntimeErr::SqlxError(
        SqlxError::Io(io::Error::new(io::ErrorKind::TimedOut, text)).into(),
    ))
}

/// The failure of a statement.
pub(super) fn statement_failed(failure: SqlxError) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(failure.into()))
}

/// The failure to get a connection.
pub(super) fn not_connected(failure: SqlxError) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(failure.into()))
}

/// The failure while no host is up.
pub(super) fn none_up() -> Error {
    DbErr::Conn(RuntimeErr::Internal("no host of the database is up".into())).into()
}

fn driver_failure_kind(cause: &SqlxError) -> FailureKind {
    match cause {
        SqlxError::Io(_) => FailureKind::Lost,
        // A connection that broke within a message.
        SqlxError::Protocol(_) | SqlxError::Tls(_) if is_io(cause) => FailureKind::Lost,
        SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed => {
            FailureKind::Busy
        }
        SqlxError::Database(cause) => server_failure_kind(&**cause),
        _ => FailureKind::Permanent,
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

fn server_failure_kind(cause: &dyn DatabaseError) -> FailureKind {
    if let Some(cause) = cause.try_downcast_ref::<MySqlDatabaseError>() {
        let number = cause.number();
        return match number {
            _ if LOST.contains(&number) => FailureKind::Lost,
            _ if CONFLICT.contains(&number) => FailureKind::Conflict,
            _ if BUSY.contains(&number) => FailureKind::Busy,
            _ if TIMEOUT.contains(&number) => FailureKind::Timeout,
            _ => FailureKind::Permanent,
        };
    }
    let code = cause.code().unwrap_or_default();
    let starts = |classes: &[&str]| classes.iter().any(|class| code.starts_with(class));
    if code.len() < 5 {
        // SQLite: busy (5), locked (6), interrupted (9), I/O (10), damaged (11), cannot open (14), not a
        // database (26).
        return match code.parse::<u32>().map(|code| code & 0xFF) {
            Ok(5 | 6 | 10 | 14) => FailureKind::Busy,
            Ok(9) => FailureKind::Timeout,
            Ok(11 | 26) => FailureKind::Damaged,
            _ => FailureKind::Permanent,
        };
    }
    if starts(&["08", "57P0", "25P03", "25P04"]) {
        // PostgreSQL: a failed connection; a server that starts or shuts down; a transaction that
        // the server ended because it was idle or took too long.
        FailureKind::Lost
    } else if starts(&["40", "23503", "23505", "55P03"]) {
        // A deadlock, or a conflict with what a standby replays; another import of the same session;
        // a lock timeout.
        FailureKind::Conflict
    } else if starts(&["53"]) {
        // Too many connections, no memory, no disk.
        FailureKind::Busy
    } else if code == "57014" {
        // A cancelled statement.
        FailureKind::Timeout
    } else {
        FailureKind::Permanent
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlxError};

    use super::{FailureKind, failure_kind, summary};

    #[test]
    fn each_failure_of_the_driver_has_a_kind() {
        let io = || SqlxError::Io(io::ErrorKind::UnexpectedEof.into());
        let driver = |cause: SqlxError| RuntimeErr::SqlxError(cause.into());
        for (failure, means) in [
            (DbErr::Query(driver(io())), FailureKind::Lost),
            (DbErr::Exec(driver(io())), FailureKind::Lost),
            (DbErr::Conn(driver(io())), FailureKind::Lost),
            (
                DbErr::Query(driver(SqlxError::Tls(Box::new(io::Error::other("cut"))))),
                FailureKind::Lost,
            ),
            (DbErr::Conn(driver(SqlxError::Protocol("cut".into()))), FailureKind::Lost),
            (DbErr::ConnectionAcquire(ConnAcquireErr::Timeout), FailureKind::Busy),
            (DbErr::Query(driver(SqlxError::WorkerCrashed)), FailureKind::Busy),
            (DbErr::Query(driver(SqlxError::Protocol("odd".into()))), FailureKind::Permanent),
            (DbErr::Query(driver(SqlxError::RowNotFound)), FailureKind::Permanent),
            (DbErr::Custom("odd".into()), FailureKind::Permanent),
        ] {
            assert_eq!(failure_kind(&failure), means, "{failure:?}");
        }
    }
    #[test]
    fn a_conflict_without_an_error_of_the_server_is_logged_without_a_number() {
        assert_eq!(summary(&DbErr::RecordNotUpdated.into()), "a concurrent transaction conflicted");
    }
}
