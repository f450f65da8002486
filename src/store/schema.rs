//! The state of the database's schema, and bringing it up to date.

use std::collections::BTreeSet;

use migration::Migrator;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, QueryOrder, QueryResult, Statement,
};
use sea_orm_migration::{MigratorTrait, SchemaManager, seaql_migrations};

use super::Store;
use crate::error::Result;

/// Held by whoever changes the schema, so that two at once do it one after the other: a number
/// on PostgreSQL, where each database has its own; a name on MySQL, where the server has them.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_lock(7235914068)";
const MYSQL_LOCK: &str = "SELECT GET_LOCK(MD5(CONCAT('session-history ', DATABASE())), 600)";

/// One step of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// What is known of it.
    pub state: State,
}

/// What is known of a step of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The database has it.
    Applied,
    /// The database lacks it.
    Pending,
    /// The database has it, and this version of the gateway does not know what it is.
    Unknown,
}

impl Store {
    /// Every step of the schema, oldest first, the unknown ones last.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn schema_steps(&self) -> Result<Vec<Step>> {
        let database = &self.primary()?.writes;
        let table = seaql_migrations::Entity;
        let mut applied = BTreeSet::new();
        if SchemaManager::new(database).has_table(table.table_name()).await? {
            let rows = seaql_migrations::Entity::find()
                .order_by_asc(seaql_migrations::Column::Version)
                .all(database);
            applied.extend(rows.await?.into_iter().map(|row| row.version));
        }
        let known = Migrator::get_migration_files();
        let mut steps = Vec::new();
        for step in &known {
            let state = if applied.remove(step.name()) { State::Applied } else { State::Pending };
            steps.push(Step { name: step.name().to_owned(), state });
        }
        steps.extend(applied.into_iter().map(|name| Step { name, state: State::Unknown }));
        Ok(steps)
    }

    /// Applies the steps that the database lacks. Whoever else does so at the same time comes
    /// first or second.
    ///
    /// # Errors
    /// When a step fails. Of the failed step nothing stays on SQLite and PostgreSQL.
    pub async fn migrate(&self) -> Result<()> {
        let Some(server) = &self.primary()?.server else {
            // SQLite's transactions hold the schema too, and this one begins by locking the file.
            let transaction = self.begin().await?;
            Migrator::up(&transaction, None).await?;
            return Ok(transaction.commit().await?);
        };
        let alone = server.connect_alone().await?;
        let lock = Statement::from_string(
            alone.get_database_backend(),
            if self.hosts.backend() == DbBackend::MySql { MYSQL_LOCK } else { POSTGRES_LOCK },
        );
        let done = match alone.query_one_raw(lock).await {
            Ok(row) if is_refused(row.as_ref()) => {
                Err(DbErr::Custom("another process has been changing the schema too long".into()))
            }
            Ok(_) => Migrator::up(&alone, None).await,
            Err(failure) => Err(failure),
        };
        // The lock goes with the connection.
        alone.close().await?;
        Ok(done?)
    }

    /// Whether the database is a file of this machine, which the gateway keeps up to date itself.
    pub fn is_embedded(&self) -> bool {
        self.hosts.backend() == DbBackend::Sqlite
    }
}

/// Whether MySQL says that the lock was not free in time; PostgreSQL waits and says nothing.
fn is_refused(row: Option<&QueryResult>) -> bool {
    row.and_then(|row| row.try_get_by_index::<i64>(0).ok()) == Some(0)
}
