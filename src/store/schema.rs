//! The state of the database's schema, and bringing it up to date.

use std::{collections::BTreeSet, time::Duration};

use migration::Migrator;
use sea_orm::{ConnectionTrait, DbBackend, EntityName, EntityTrait, QueryOrder, Statement};
use sea_orm_migration::{MigratorTrait, SchemaManager, seaql_migrations};

use super::{Store, connect::mysql_limit};
use crate::error::Result;

/// Held by whoever changes the schema, so that two at once do it one after the other: a number
/// on PostgreSQL, where each database has its own; a name on MySQL, whose server has them.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(7235914068)";
const MYSQL_LOCK: &str = "SELECT GET_LOCK(MD5(CONCAT('session-history ', DATABASE())), 600)";
const MYSQL_UNLOCK: &str = "SELECT RELEASE_LOCK(MD5(CONCAT('session-history ', DATABASE())))";

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
        // One transaction is one connection, which holds the lock. SQLite's begins by locking.
        let transaction = self.begin().await?;
        let backend = transaction.get_database_backend();
        let run = async |text: &str| {
            transaction.query_one_raw(Statement::from_string(backend, text)).await
        };
        match backend {
            DbBackend::Postgres => {
                transaction.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
                run(POSTGRES_LOCK).await?;
            }
            DbBackend::MySql => {
                transaction.execute_unprepared(&mysql_limit(Duration::ZERO)).await?;
                run(MYSQL_LOCK).await?;
            }
            _ => {}
        }
        let done = Migrator::up(&transaction, None).await;
        if backend == DbBackend::MySql {
            // The connection goes back to the pool as it was.
            run(MYSQL_UNLOCK).await?;
            transaction.execute_unprepared(&mysql_limit(self.statement_timeout)).await?;
        }
        done?;
        Ok(transaction.commit().await?)
    }

    /// Whether the database is a file of this machine, which the gateway keeps up to date itself.
    pub fn is_embedded(&self) -> bool {
        self.hosts.backend() == DbBackend::Sqlite
    }
}
