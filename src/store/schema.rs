//! The state of the database's schema, and bringing it up to date.

use migration::Migrator;
use sea_orm_migration::MigratorTrait;

use super::Store;
use crate::error::Result;

/// One step of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

impl Store {
    /// Every step of the schema, oldest first.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn schema_steps(&self) -> Result<Vec<Step>> {
        let migrations = Migrator::get_migration_with_status(&self.writer).await?;
        let step = |migration: &sea_orm_migration::Migration| Step {
            name: migration.name().to_owned(),
            applied: migration.status() == sea_orm_migration::MigrationStatus::Applied,
        };
        Ok(migrations.iter().map(step).collect())
    }

    /// Applies the steps that the database lacks.
    ///
    /// # Errors
    /// When a step fails.
    pub async fn migrate(&self) -> Result<()> {
        Ok(Migrator::up(&self.writer, None).await?)
    }

    /// Whether the database is a file of this machine, which the gateway keeps up to date itself.
    pub fn is_embedded(&self) -> bool {
        self.writer.get_database_backend() == sea_orm::DbBackend::Sqlite
    }
}
