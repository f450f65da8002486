//! The schema of the session history: one for SQLite, PostgreSQL and MySQL/MariaDB.
//!
//! Times are `BIGINT`, microseconds since the Unix epoch in UTC, since the databases differ in the
//! range, precision and time zones of their own time types. Every table of the history has the
//! account first in its key and in each index.

use sea_orm_migration::{MigrationTrait, MigratorTrait};

mod backfill;
mod column;
mod index;
mod m0001_accounts;
mod m0002_history;
mod m0003_legacy_usage;
mod m0004_session_numbers;
mod m0005_search;
mod m0006_statistics;
mod m0007_changes;
mod m0008_removal;
mod m0009_search_index;
mod m0010_sync;
mod m0011_webhooks;
mod m0012_restores;
mod m0013_search_list;
mod m0014_search_periods;
mod m0015_words;
mod table;

/// All steps of the schema, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[sea_orm_migration::async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts::Migration),
            Box::new(m0002_history::Migration),
            Box::new(m0003_legacy_usage::Migration),
            Box::new(m0004_session_numbers::Migration),
            Box::new(m0005_search::Migration),
            Box::new(m0006_statistics::Migration),
            Box::new(m0007_changes::Migration),
            Box::new(m0008_removal::Migration),
            Box::new(m0009_search_index::Migration),
            Box::new(m0010_sync::Migration),
            Box::new(m0011_webhooks::Migration),
            Box::new(m0012_restores::Migration),
            Box::new(m0013_search_list::Migration),
            Box::new(m0014_search_periods::Migration),
            Box::new(m0015_words::Migration),
        ]
    }
}
