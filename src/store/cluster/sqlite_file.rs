//! The file of an embedded database: its options, and why it cannot be opened.

use std::{fs, io, path::Path, str::FromStr, time::Duration};

use sea_orm::{
    SqlxError,
    sqlx::{
        self, AssertSqlSafe, ConnectOptions, Connection, Executor, Pool, Sqlite, SqliteConnection,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
    },
};
use tokio::time::sleep;

use super::{
    driver::FileOptions,
    failure::reason,
    watched_file::{APPLICATION_ID, WatchedFile},
};
use crate::error::{Code, Error, Result};

/// How long a statement waits for the lock of another process.
pub(in crate::store) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// The time between two attempts to open a file.
const RETRY_INTERVAL: Duration = Duration::from_millis(50);

/// The write-ahead log is cut to this size, in bytes, when it begins anew.
const MAX_IDLE_LOG: &str = "67108864";

/// Reads the URL of a file.
///
/// # Errors
/// When the URL cannot be read, or names no file that can be written.
pub(super) fn options(url: &str) -> Result<SqliteConnectOptions> {
    let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
    if parameters.contains("mode=ro") || parameters.contains("immutable=") {
        return Err(Error::input("The gateway writes to its database; the URL says read-only."));
    }
    let options = SqliteConnectOptions::from_str(url).map_err(|failure| {
        Error::input(format!("The database URL cannot be read: {}.", reason(&failure)))
    })?;
    let path = options.get_filename();
    let in_memory = url.contains(":memory:")
        || ["mode=memory", "vfs=memdb"].iter().any(|it| parameters.contains(it));
    // SQLite takes these two paths for a temporary database. The second can be percent-encoded.
    if in_memory || ["", ":memory:"].iter().any(|it| path.as_os_str() == *it) {
        return Err(Error::input(
            "The database URL names no file, so the data would be lost when the process ends. Name \
             a file, such as sqlite:history.sqlite3.",
        ));
    }
    if ["vfs=", "cache=shared"].iter().any(|it| parameters.contains(it)) {
        return Err(Error::input(
            "The database URL has the parameter vfs or cache=shared, which the gateway does not \
             support.",
        ));
    }
    check_path(path)?;
    Ok(options
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("journal_size_limit", MAX_IDLE_LOG)
        // What is deleted is overwritten.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(200)
        .disable_statement_logging())
}

/// How readers open the file.
pub(super) fn reader_options(options: &SqliteConnectOptions) -> FileOptions {
    FileOptions { path: options.get_filename().to_owned(), busy_timeout: BUSY_TIMEOUT }
}

/// Makes the file, readable by its owner alone, if it does not exist and `create` says so, and opens it. SQLite gives the
/// files beside it the same permissions. A new database gets the number of the gateway, by which other
/// programs know it, and a random number, by which the gateway knows it again.
///
/// # Errors
/// When the file cannot be used, or belongs to another program.
pub(super) async fn make(options: &SqliteConnectOptions, create: bool) -> Result<WatchedFile> {
    let path = options.get_filename();
    let mut new = fs::OpenOptions::new();
    new.read(true).write(true).create(create);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, 0o600);
    let made = new.open(path).map(drop);
    made.and_then(|()| warn_of_folder(path)).map_err(|failure| not_made(path, &failure))?;
    let owner = claim(path).await.map_err(|failure| not_opened(path, &failure))?;
    if owner == Owner::OtherProgram {
        return Err(Error::input(format!(
            "The database file {} belongs to another program. Name a file of the gateway, or one that \
             does not exist.",
            shown(path)
        )));
    }
    let file = WatchedFile::open(path, None).map_err(|failure| not_made(path, &failure))?;
    if !file.is_marked() {
        let message = format!(
            "The database file {} must be marked as one of the gateway, which another process that has it \
             open prevents. Stop that process, and try again.",
            shown(path)
        );
        return Err(Error::client(Code::ServiceUnavailable, message));
    }
    Ok(file)
}

#[derive(PartialEq, Eq)]
enum Owner {
    Gateway,
    OtherProgram,
    /// It is empty, or has the tables of the gateway: a copy that was made of SQL has no mark.
    Unmarked,
}

/// Marks an unmarked database as one of the gateway.
async fn claim(path: &Path) -> Result<Owner, SqlxError> {
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT);
    let mut connection = options.disable_statement_logging().connect().await?;
    let mut owner = owner(&mut connection).await;
    if let Ok(Owner::Unmarked) = owner {
        // Another process may do the same at this moment.
        let mut random = [0; 4];
        getrandom::fill(&mut random).map_err(|failure| SqlxError::Io(failure.into()))?;
        connection.execute("BEGIN IMMEDIATE").await?;
        if let Owner::Unmarked = self::owner(&mut connection).await? {
            let database = u32::from_le_bytes(random) >> 1;
            let mark = format!(
                "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {database}"
            );
            connection.execute(AssertSqlSafe(mark)).await?;
        }
        connection.execute("COMMIT").await?;
        // An empty database has no write-ahead log yet.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        owner = self::owner(&mut connection).await;
    }
    connection.close().await?;
    owner
}

async fn owner(connection: &mut SqliteConnection) -> Result<Owner, SqlxError> {
    let application: i64 =
        sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?;
    let (objects, own_tables): (i64, i64) = sqlx::query_as(
        "SELECT COUNT(*), COUNT(CASE WHEN type = 'table' \
         AND name IN ('account', 'api_key', 'seaql_migrations') THEN 1 END) FROM sqlite_schema",
    )
    .fetch_one(connection)
    .await?;
    Ok(match (application, objects, own_tables) {
        (application, ..) if application == i64::from(APPLICATION_ID) => Owner::Gateway,
        (0, 0, _) | (0, _, 3) => Owner::Unmarked,
        _ => Owner::OtherProgram,
    })
}

/// Logs that other users may replace the file.
fn warn_of_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        const OTHERS_WRITE: u32 = 0o022;
        /// Only the owner of a file may replace it.
        const STICKY: u32 = 0o1000;
        let path = std::path::absolute(path)?;
        let folder = path.parent().unwrap_or(&path);
        let mode = fs::metadata(folder)?.permissions().mode();
        if mode & OTHERS_WRITE != 0 && mode & STICKY == 0 {
            let folder = folder.display();
            tracing::warn!(%folder, "other users may write to the folder of the database file");
        }
    }
    Ok(())
}

/// Opens the one connection that writes.
///
/// # Errors
/// When the file cannot be opened.
pub(super) async fn open_writer(
    options: &SqliteConnectOptions,
    acquire_timeout: Duration,
) -> Result<Pool<Sqlite>> {
    let path = options.get_filename().to_owned();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            // The connection to a file does not break.
            .max_lifetime(None)
            .idle_timeout(None)
            .test_before_acquire(false)
            .acquire_timeout(acquire_timeout);
        match pool.connect_with(options.clone()).await {
            Ok(pool) => return Ok(pool),
            // SQLite does not wait while another process turns on the write-ahead log.
            Err(failure) if is_locked(&failure) && attempts < 20 => sleep(RETRY_INTERVAL).await,
            Err(failure) => return Err(not_opened(&path, &failure)),
        }
    }
}

/// Refuses a path that cannot be a database, with the reason that SQLite does not give.
fn check_path(path: &Path) -> Result<()> {
    let shown = shown(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        match fs::metadata(folder) {
            Err(failure) => {
                return Err(Error::input(format!(
                    "The folder of the database file {shown} cannot be used: {failure}."
                )));
            }
            Ok(folder) if !folder.is_dir() => {
                return Err(Error::input(format!(
                    "The database file {shown} cannot be made: its folder is a file."
                )));
            }
            Ok(_) => {}
        }
    }
    match fs::metadata(path) {
        Ok(file) if file.is_dir() => {
            Err(Error::input(format!("{shown} is a folder. Name a database file in it.")))
        }
        Ok(_) => match fs::OpenOptions::new().read(true).write(true).open(path) {
            Err(failure) => Err(Error::input(format!(
                "The database file {shown} cannot be read and written: {failure}."
            ))),
            Ok(_) => Ok(()),
        },
        Err(_) => Ok(()),
    }
}

fn not_made(path: &Path, failure: &io::Error) -> Error {
    let shown = shown(path);
    if failure.kind() == io::ErrorKind::NotFound {
        return Error::input(format!("The database file {shown} does not exist."));
    }
    Error::input(format!("The database file {shown} cannot be made: {failure}."))
}

fn not_opened(path: &Path, failure: &SqlxError) -> Error {
    let (shown, reason) = (shown(path), reason(failure));
    if is_locked(failure) {
        let message = format!("The database file {shown} is locked by another process: {reason}.");
        return Error::client(Code::ServiceUnavailable, message);
    }
    Error::input(format!(
        "The database file {shown} cannot be opened: {reason}. The gateway must be able to make \
         files in its folder."
    ))
}

fn is_locked(failure: &SqlxError) -> bool {
    let code = failure.as_database_error().and_then(|failure| failure.code());
    let code = code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xFF);
    matches!(code, Some(5 | 6))
}

fn shown(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
