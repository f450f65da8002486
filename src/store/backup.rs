//! Backups: a copy of an SQLite database, and what is done after a restore.

use std::path::Path;

use entity::change_counter::{Column, Entity};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement, sea_query::Expr};

use super::{database::Store, writes::commit};
use crate::error::{Error, Result};

impl Store {
    /// Copies an SQLite database, as it is at one moment, into a file that is empty. Readers and writers go on. The
    /// copy has no remains of what was deleted.
    ///
    /// # Errors
    /// When the database cannot be read, or the file cannot be written.
    pub async fn copy_into(&self, file: &Path) -> Result<()> {
        let text = file.to_str().ok_or_else(|| {
            Error::input(format!("The path {} is not written in UTF-8.", file.display()))
        })?;
        let sql = "VACUUM INTO ?";
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [text.into()]);
        self.primary()?.writes.execute_raw(copy).await?;
        Ok(())
    }

    /// Refuses all cursors that were given out before. After a restore from a backup, positions of the change feed
    /// are used again, so an old cursor would leave out changes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refuse_old_cursors(&self) -> Result<()> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|error| Error::internal(error.to_string()))?;
        let epoch = i64::from_le_bytes(random) & i64::MAX;
        self.retry_write(move || async move {
            let transaction = self.begin().await?;
            let all = Entity::update_many().col_expr(Column::Epoch, Expr::value(epoch));
            all.exec(&transaction).await?;
            commit(transaction).await
        })
        .await
    }
}
