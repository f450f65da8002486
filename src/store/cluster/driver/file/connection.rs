//! A connection to a file, on a thread of its own.

use std::{
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use sea_orm::SqlxError;
use tokio::sync::oneshot;

use super::{
    failure::failed,
    interrupt::{INSTRUCTIONS, Interrupt},
};

/// The number of statements that stay prepared on a connection. Each connection has its own, which take memory.
const PREPARED_STATEMENTS: usize = 64;

/// How a file is opened.
#[derive(Clone, Debug)]
pub(in crate::store) struct FileOptions {
    pub(in crate::store) path: PathBuf,
    /// How long a statement waits for the lock of another process.
    pub(in crate::store) busy_timeout: Duration,
}

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// A connection whose thread runs one job after the other.
pub(in crate::store) struct FileConnection {
    jobs: mpsc::Sender<Job>,
    pub(super) interrupt: Arc<Interrupt>,
    /// Ends when the thread has closed the connection.
    closed: oneshot::Receiver<()>,
}

impl FileConnection {
    pub(super) async fn open(options: FileOptions) -> Result<Self, SqlxError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let (opened, is_open) = oneshot::channel();
        let (closing, closed) = oneshot::channel::<()>();
        let interrupt = Arc::new(Interrupt::new());
        let handler = interrupt.clone();
        let thread = thread::Builder::new().name("sqlite-reader".into());
        thread.spawn(move || {
            // Dropped after the connection.
            let _closing = closing;
            match open(&options, handler) {
                Ok(connection) => {
                    if opened.send(Ok(())).is_ok() {
                        queue.iter().for_each(|job| job(&connection));
                    }
                }
                // The caller may have left.
                Err(failure) => drop(opened.send(Err(failed(failure)))),
            }
        })?;
        is_open.await.unwrap_or(Err(SqlxError::WorkerCrashed))?;
        Ok(Self { jobs, interrupt, closed })
    }

    /// Runs a job on the thread.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> T + Send + 'static,
    ) -> Result<T, SqlxError> {
        let (reply, answer) = oneshot::channel();
        // The caller may have left.
        let job: Job = Box::new(move |connection| drop(reply.send(job(connection))));
        self.jobs.send(job).map_err(|_| SqlxError::WorkerCrashed)?;
        answer.await.map_err(|_| SqlxError::WorkerCrashed)
    }

    /// Closes the connection, after the job that runs.
    pub(super) async fn close(self) {
        drop(self.jobs);
        // An error, because nothing is sent.
        let _ = self.closed.await;
    }
}

fn open(options: &FileOptions, interrupt: Arc<Interrupt>) -> rusqlite::Result<Connection> {
    // Not read-only: the last connection to close empties the write-ahead log.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&options.path, flags)?;
    connection.busy_timeout(options.busy_timeout)?;
    connection.pragma_update(None, "query_only", true)?;
    // Otherwise, after an ANALYZE, SQLite prepares a statement anew for each of its values.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    let mut calls = 0_u32;
    let handler = move || {
        calls = calls.wrapping_add(1);
        !interrupt.may_continue(calls)
    };
    connection.progress_handler(INSTRUCTIONS, Some(handler))?;
    Ok(connection)
}
