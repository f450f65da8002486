//! Erases what removed rows leave in the files of the database.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult, Statement};
use tokio::time::sleep;

use super::{cluster::BUSY_TIMEOUT, database::Store, writes::commit};
use crate::error::Result;

/// The tables whose values PostgreSQL's statistics have.
const ANALYZE: &str =
    "ANALYZE technician, session, chat_message, video, custom_field, session_words";
/// Rewrites about this number of pages of SQLite's full-text index at once.
const MERGE_PAGES: i64 = 500;
/// The pauses between attempts to empty SQLite's write-ahead log, which readers of older states prevent.
const LOG_PAUSES: [u64; 6] = [50, 100, 200, 500, 1_000, 2_000];
/// How long one attempt waits for readers, in milliseconds.
const LOG_TIMEOUT: u64 = 50;

/// What is done about the remains of removed rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scrub {
    /// The index of words, and the write-ahead log of a file. Other writers wait only for a moment.
    Quick,
    /// The whole file, too, which is rewritten. Other writers wait until it is done.
    Full,
}

impl Store {
    /// Erases what removed rows leave in the files, as far as the gateway can. Returns whether SQLite's write-ahead
    /// log is empty, too: a long answer may still need it.
    ///
    /// SQLite overwrites what is deleted. But its full-text index has deleted words until its parts are merged, a
    /// page can have a copy of a row that was moved to another page, and the write-ahead log has earlier pages.
    /// PostgreSQL's statistics have frequent values of columns.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scrub(&self, scrub: Scrub) -> Result<bool> {
        match self.hosts().backend() {
            DbBackend::Sqlite => {}
            DbBackend::Postgres => {
                return self.run_alone(ANALYZE).await.map(|()| true);
            }
            _ => return Ok(true),
        }
        let mut pages = -MERGE_PAGES;
        while self.retry_write(move || self.merge_words(pages)).await? {
            pages = MERGE_PAGES;
        }
        if scrub == Scrub::Full {
            self.run_alone("VACUUM").await?;
        }
        self.empty_log().await
    }

    async fn run_alone(&self, statement: &str) -> Result<()> {
        self.retry_write(move || self.run_once(statement)).await
    }

    async fn run_once(&self, statement: &str) -> Result<()> {
        Ok(self.primary()?.writes.execute_unprepared(statement).await.map(drop)?)
    }

    /// Merges parts of the index of words: with a negative number of pages it begins a merge of all parts, which
    /// other calls continue. Returns whether there was something to do.
    async fn merge_words(&self, pages: i64) -> Result<bool> {
        let transaction = self.begin().await?;
        let before = total_changes(&transaction).await?;
        let merge =
            "INSERT INTO session_words_index (session_words_index, rank) VALUES ('merge', ?)";
        let merge = Statement::from_sql_and_values(DbBackend::Sqlite, merge, [pages.into()]);
        transaction.execute_raw(merge).await?;
        let changes = total_changes(&transaction).await? - before;
        commit(transaction).await?;
        // The command itself is one change.
        Ok(changes > 1)
    }

    /// Writes the write-ahead log into the file, and empties it. Returns whether it is empty.
    async fn empty_log(&self) -> Result<bool> {
        let empty = Statement::from_string(DbBackend::Sqlite, empty_log());
        let mut pauses = LOG_PAUSES.into_iter();
        loop {
            // Each statement returns a row: that of the second one is 0 if it did not wait in vain.
            let rows = self.primary()?.writes.query_all_raw(empty.clone()).await?;
            let busy = rows.get(1).map(|row| row.try_get_by_index::<i64>(0)).transpose()?;
            if busy == Some(0) {
                return Ok(true);
            }
            let Some(pause) = pauses.next() else { return Ok(false) };
            sleep(Duration::from_millis(pause)).await;
        }
    }
}

/// The statements that empty the write-ahead log. Other writers wait while this waits for readers, so it waits only
/// for a moment.
fn empty_log() -> String {
    let normal = BUSY_TIMEOUT.as_millis();
    format!(
        "PRAGMA busy_timeout = {LOG_TIMEOUT}; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = {normal}"
    )
}

async fn total_changes(transaction: &DatabaseTransaction) -> Result<i64> {
    let select = Statement::from_string(DbBackend::Sqlite, "SELECT total_changes()");
    number(transaction.query_one_raw(select).await?)
}

/// The number in the first column of a row.
fn number(row: Option<QueryResult>) -> Result<i64> {
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
}
