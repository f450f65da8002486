//! The steps of the database's schema: which are applied, and how the others are applied.

use std::collections::BTreeSet;

use migration::Migrator;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, QueryOrder, QueryResult,
    SqliteTransactionMode, Statement,
};
use sea_orm_migration::{MigratorTrait, seaql_migrations};

use super::{
    cluster::{is_missing_table, unlimited_connection},
    database::Store,
    writes::commit,
};
use crate::error::Result;

/// Locks that let one process at a time change the schema. PostgreSQL's is a number in the database,
/// held until the transaction ends. MySQL's is a name on the server, held by the connection.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(7235914068)";
const MYSQL_LOCK: &str = "SELECT GET_LOCK(MD5(CONCAT('session-history ', DATABASE())), 600)";

/// The table of the applied steps. Made with the defaults of the database, its key might be too long.
const MYSQL_STEPS: &str = "CREATE TABLE IF NOT EXISTS seaql_migrations (\
    version VARCHAR(255) NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL\
    ) ENGINE=InnoDB CHARACTER SET ascii ROW_FORMAT=DYNAMIC";

/// One step of the schema.
#[expect(missing_docs, reason = "the names say it")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub name: String,
    pub state: State,
}

/// The state of a step of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The database has it.
    Applied,
    /// The database does not have it yet.
    Pending,
    /// The database has it, but this version of the gateway does not know it.
    Unknown,
}

impl Store {
    /// Every step of the schema, oldest first, the unknown ones last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schema_steps(&self) -> Result<Vec<Step>> {
        let database = self.begin_as(SqliteTransactionMode::Deferred).await?;
        let by_version =
            seaql_migrations::Entity::find().order_by_asc(seaql_migrations::Column::Version);
        let rows = match by_version.all(&database).await {
            Err(failure) if is_missing_table(&failure) => Vec::new(),
            rows => rows?,
        };
        database.rollback().await?;
        let mut applied: BTreeSet<_> = rows.into_iter().map(|row| row.version).collect();
        let known = Migrator::get_migration_files();
        let mut steps = Vec::new();
        for step in &known {
            let state = if applied.remove(step.name()) { State::Applied } else { State::Pending };
            steps.push(Step { name: step.name().to_owned(), state });
        }
        steps.extend(applied.into_iter().map(|name| Step { name, state: State::Unknown }));
        Ok(steps)
    }

    /// Applies the steps that the database does not have yet. Processes that do so at the same time
    /// wait for each other.
    ///
    /// # Errors
    /// When a step fails. On SQLite and PostgreSQL, nothing of any step stays then.
    pub async fn migrate(&self) -> Result<()> {
        if let Some(connection) = unlimited_connection(&*self.primary()?) {
            // MySQL commits after each change of the schema, so that a transaction is no use.
            let done = migrate_locked(&connection).await;
            // This releases the lock.
            connection.close().await?;
            return Ok(done?);
        }
        // On SQLite, this locks the file.
        let transaction = self.begin().await?;
        if self.hosts().backend() == DbBackend::Postgres {
            transaction.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
            transaction.execute_unprepared(POSTGRES_LOCK).await?;
        }
        Migrator::up(&transaction, None).await?;
        commit(transaction).await
    }

    /// Whether the database is a file of this machine. The gateway migrates it without being asked.
    pub fn is_embedded(&self) -> bool {
        self.hosts().backend() == DbBackend::Sqlite
    }
}

async fn migrate_locked(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let lock = Statement::from_string(DbBackend::MySql, MYSQL_LOCK);
    let row = connection.query_one_raw(lock).await?;
    if is_refused(row.as_ref()) {
        let message = "another process changes the schema and did not end in time";
        return Err(DbErr::Custom(message.into()));
    }
    connection.execute_unprepared(MYSQL_STEPS).await?;
    Migrator::up(connection, None).await
}

/// Whether MySQL waited for the lock in vain.
fn is_refused(row: Option<&QueryResult>) -> bool {
    row.and_then(|row| row.try_get_by_index::<i64>(0).ok()) == Some(0)
}
