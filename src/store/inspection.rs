//! What an operator should know of the database: the version and the settings of its server, and the state of its jobs and
//! rows.

use entity::{change_counter, job};
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, QueryOrder, QueryResult, QuerySelect, QueryTrait,
    SqliteTransactionMode, Statement,
};

use super::{cluster::Row, database::Store};
use crate::{
    domain::{indexed::Indexed, viewer::AccountId},
    error::Result,
};

/// The server of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseServer {
    /// The program.
    pub program: ServerProgram,
    /// Its version, such as `15.4` or `10.11.6-MariaDB`.
    pub version: String,
    /// Its time, in microseconds.
    pub clock: i64,
    /// The maximum number of its connections.
    pub max_connections: i64,
    /// Settings with which it can lose what was committed, or becomes slow.
    pub risky_settings: String,
}

/// The program of a database server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerProgram {
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    MariaDb,
    /// MySQL.
    MySql,
}

impl ServerProgram {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::MariaDb => "MariaDB",
            Self::MySql => "MySQL",
        }
    }

    /// The oldest version that the gateway works with.
    pub fn oldest(self) -> &'static str {
        match self {
            // Older ones are not maintained any more.
            Self::Postgres => "13",
            // Older ones have no JSON_TABLE.
            Self::MariaDb => "10.6",
            Self::MySql => "8.0.4",
        }
    }
}

impl DatabaseServer {
    /// Whether the gateway works with its version.
    pub fn is_supported(&self) -> bool {
        numbers(&self.version) >= numbers(self.program.oldest())
    }
}

/// The numbers at the beginning of a version.
fn numbers(version: &str) -> Vec<u32> {
    let end = version.find(|sign: char| !(sign.is_ascii_digit() || sign == '.'));
    let numbers = version[..end.unwrap_or(version.len())].split('.');
    numbers.map_while(|number| number.parse().ok()).collect()
}

/// A job, which one gateway at a time does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobState {
    /// Its name.
    pub name: String,
    /// Until when a gateway has it, in microseconds.
    pub leased_until: i64,
    /// When it was last done, in microseconds; 0 if it never was.
    pub finished_at: i64,
}

const POSTGRES: &str = "SELECT current_setting('server_version'), \
    CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint), \
    CAST(current_setting('max_connections') AS bigint), \
    concat_ws(', ', CASE current_setting('fsync') WHEN 'off' THEN 'fsync = off' END, \
    CASE current_setting('full_page_writes') WHEN 'off' THEN 'full_page_writes = off' END, \
    CASE current_setting('synchronous_commit') WHEN 'off' THEN 'synchronous_commit = off' END, \
    CASE current_setting('autovacuum') WHEN 'off' THEN 'autovacuum = off' END)";
const MYSQL: &str = "SELECT CAST(VERSION() AS CHAR(200)), CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED), \
    CAST(@@max_connections AS SIGNED), \
    CAST(CASE WHEN @@innodb_flush_log_at_trx_commit <> 1 THEN CONCAT('innodb_flush_log_at_trx_commit = ', \
    @@innodb_flush_log_at_trx_commit) ELSE '' END AS CHAR(200))";

impl Store {
    /// The server of the database. None if the database is a file.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn server(&self) -> Result<Option<DatabaseServer>> {
        let select = match self.hosts().backend() {
            DbBackend::Sqlite => return Ok(None),
            DbBackend::MySql => MYSQL,
            _ => POSTGRES,
        };
        let server = |row: QueryResult| {
            let version: String = row.try_get_by_index(0)?;
            let program = match self.hosts().backend() {
                DbBackend::MySql if version.contains("MariaDB") => ServerProgram::MariaDb,
                DbBackend::MySql => ServerProgram::MySql,
                _ => ServerProgram::Postgres,
            };
            Ok(DatabaseServer {
                program,
                version,
                clock: row.try_get_by_index(1)?,
                max_connections: row.try_get_by_index(2)?,
                risky_settings: row.try_get_by_index(3)?,
            })
        };
        self.row(select).await?.map(server).transpose()
    }

    /// The jobs, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn jobs(&self) -> Result<Vec<JobState>> {
        let by_name = job::Entity::find().order_by_asc(job::Column::Name).into_query();
        let job = |row: Row<'_>| {
            let (name, leased_until, finished_at) = (row.string(0)?, row.i64(2)?, row.i64(3)?);
            Ok(JobState { name, leased_until, finished_at })
        };
        self.primary_reads().internal_rows(&by_name).await?.iter().map(job).collect()
    }

    /// Which sessions of each account are in the search index.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_indexes(&self) -> Result<Vec<(AccountId, Indexed)>> {
        use change_counter::Column::{AccountId as Account, WordsTo};
        let select = change_counter::Entity::find().select_only().columns([Account, WordsTo]);
        let select = select.order_by_asc(Account).into_query();
        let index =
            |row: Row<'_>| Ok((AccountId(row.i64(0)?), Indexed::of_stored(row.opt_i64(1)?)));
        self.primary_reads().internal_rows(&select).await?.iter().map(index).collect()
    }

    /// The first table of an SQLite file with a row whose session or account does not exist. A server does not allow
    /// such rows, and a file allows them to other programs. The work grows with the number of rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn orphans(&self) -> Result<Option<String>> {
        if !self.is_embedded() {
            return Ok(None);
        }
        let row = self.row("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1").await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// What is wrong with the pages of an SQLite file, if something is. The work grows with the size of the file.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn damage(&self) -> Result<Option<String>> {
        if !self.is_embedded() {
            return Ok(None);
        }
        let row = self.row("PRAGMA quick_check(1)").await?;
        let found: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(found.filter(|found| found != "ok"))
    }

    async fn row(&self, select: &str) -> Result<Option<QueryResult>> {
        let transaction = self.begin_as(SqliteTransactionMode::Deferred).await?;
        let select = Statement::from_string(transaction.get_database_backend(), select);
        let row = transaction.query_one_raw(select).await?;
        transaction.rollback().await?;
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        DatabaseServer,
        ServerProgram::{MariaDb, MySql, Postgres},
    };

    #[test]
    fn a_version_is_compared_number_by_number() {
        for (program, version, expected) in [
            (Postgres, "15.4 (Debian 15.4-1)", true),
            (Postgres, "13.0", true),
            (Postgres, "12.22", false),
            (Postgres, "9.6.24", false),
            (Postgres, "18beta1", true),
            (MariaDb, "10.11.6-MariaDB-0+deb12u1", true),
            (MariaDb, "10.6.0-MariaDB", true),
            (MariaDb, "10.5.29-MariaDB", false),
            (MySql, "8.0.4", true),
            (MySql, "8.0.3-rc", false),
            (MySql, "5.7.44", false),
            (MySql, "9.1.0", true),
        ] {
            let server = DatabaseServer {
                program,
                version: version.to_owned(),
                clock: 0,
                max_connections: 0,
                risky_settings: String::new(),
            };
            assert_eq!(server.is_supported(), expected, "{version}");
        }
    }
}
