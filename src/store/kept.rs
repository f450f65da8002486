//! The connections that read, to a database of any kind.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::{
    DatabaseConnection, DbBackend, DbErr, QueryResult, Statement,
    sqlx::{MySql, Postgres, Sqlite},
};

use super::shelf::{Held, Patience, Shelf};

/// Connections that read. Each goes on to the next who asks.
pub(super) enum Kept {
    Sqlite(Arc<Shelf<Sqlite>>),
    Postgres(Arc<Shelf<Postgres>>),
    MySql(Arc<Shelf<MySql>>),
}

/// A transaction that sees one state, that of its first statement.
pub(super) enum Snapshot {
    Sqlite(Held<Sqlite>),
    Postgres(Held<Postgres>),
    MySql(Held<MySql>),
}

type Answer<'a> = BoxFuture<'a, Result<Vec<QueryResult>, DbErr>>;

impl Kept {
    /// At most so many connections, which a pool makes.
    pub(super) fn of(pool: &DatabaseConnection, most: u32, patience: Patience) -> Self {
        match pool.get_database_backend() {
            DbBackend::Postgres => {
                Self::Postgres(Shelf::of(pool.get_postgres_connection_pool(), most, patience))
            }
            DbBackend::MySql => {
                Self::MySql(Shelf::of(pool.get_mysql_connection_pool(), most, patience))
            }
            _ => Self::Sqlite(Shelf::of(pool.get_sqlite_connection_pool(), most, patience)),
        }
    }

    /// All rows of a statement.
    pub(super) fn all(&self, statement: Statement) -> Answer<'_> {
        // Boxed, or whoever waits for it would have room for all three.
        match self {
            Self::Sqlite(shelf) => shelf.all(statement).boxed(),
            Self::Postgres(shelf) => shelf.all(statement).boxed(),
            Self::MySql(shelf) => shelf.all(statement).boxed(),
        }
    }

    /// Begins to look at one state.
    pub(super) async fn snapshot(&self) -> Result<Snapshot, DbErr> {
        Ok(match self {
            // A transaction that reads is a snapshot by itself.
            Self::Sqlite(shelf) => Snapshot::Sqlite(shelf.begin(&["BEGIN"]).await?),
            Self::Postgres(shelf) => {
                let begin = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"];
                Snapshot::Postgres(shelf.begin(&begin).await?)
            }
            Self::MySql(shelf) => {
                let begin = [
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                    "START TRANSACTION READ ONLY",
                ];
                Snapshot::MySql(shelf.begin(&begin).await?)
            }
        })
    }
}

impl Snapshot {
    /// All rows of a statement.
    pub(super) fn all(&self, statement: Statement) -> Answer<'_> {
        match self {
            Self::Sqlite(held) => held.all(statement).boxed(),
            Self::Postgres(held) => held.all(statement).boxed(),
            Self::MySql(held) => held.all(statement).boxed(),
        }
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        match self {
            Self::Sqlite(held) => held.end(),
            Self::Postgres(held) => held.end(),
            Self::MySql(held) => held.end(),
        }
    }
}
