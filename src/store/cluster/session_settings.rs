//! What each connection to a server sets, so that no setting of the server, of the database or of
//! the user changes what is stored and read.

use std::time::Duration;

use super::urls::{Engine, Pooling};

/// SQL that prepares connections and transactions.
#[derive(Clone, Debug, Default)]
pub(super) struct SessionSettings {
    /// Runs once on each new connection that reads.
    pub(super) on_connect: Option<String>,
    /// Runs once on each new connection that writes. All that it does is in transactions.
    pub(super) on_connect_to_write: Option<String>,
    /// Runs at the beginning of each transaction. If it is set, each statement has a transaction
    /// and no statement stays prepared, because the next transaction may have another connection.
    pub(super) on_begin: Option<String>,
}

impl SessionSettings {
    /// The settings for a kind of server.
    pub(super) fn new(engine: Engine, pooling: Pooling, statement_timeout: Duration) -> Self {
        let (seconds, milliseconds) = (statement_timeout.as_secs(), statement_timeout.as_millis());
        match (engine, pooling) {
            (Engine::Sqlite, _) => Self::default(),
            (Engine::Postgres, Pooling::Session) => {
                let settings = postgres("SET", milliseconds);
                let settings =
                    format!("{settings}; SET default_transaction_isolation = 'read committed'");
                let on_connect_to_write = Some(settings.clone());
                Self { on_connect: Some(settings), on_connect_to_write, on_begin: None }
            }
            (Engine::Postgres, Pooling::Transaction) => {
                Self { on_begin: Some(postgres("SET LOCAL", milliseconds)), ..Self::default() }
            }
            (Engine::MySql, _) => {
                let settings = mysql(seconds, milliseconds);
                // The statements after a transaction that the server has rolled back silently must not be committed one by
                // one.
                let on_connect_to_write = Some(format!("{settings}; SET autocommit = 0"));
                Self { on_connect: Some(settings), on_connect_to_write, on_begin: None }
            }
        }
    }
}

/// To compile a statement (`jit`) takes PostgreSQL longer than to execute it, and is repeated each time. Parallel workers take
/// half as much CPU again for statistics, and serve one request at the cost of all others.
fn postgres(set: &str, milliseconds: u128) -> String {
    format!(
        "{set} statement_timeout = {milliseconds}; {set} standard_conforming_strings = on; \
         {set} jit = off; {set} max_parallel_workers_per_gather = 0"
    )
}

/// MariaDB limits the time of all statements and MySQL that of reading ones. Each takes the setting
/// of the other as a comment.
fn mysql(seconds: u64, milliseconds: u128) -> String {
    format!(
        "SET SESSION autocommit = 1, completion_type = 0, \
         sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', \
         foreign_key_checks = 1, unique_checks = 1, sql_auto_is_null = 0, sql_safe_updates = 0, \
         sql_big_selects = 1, sql_select_limit = 18446744073709551615 \
         /*M!100101 , max_statement_time = {seconds} */ \
         /*!50708 , max_execution_time = {milliseconds} */; \
         SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE"
    )
}
