//! One host of the database: its connections, and whether it is up.

use std::{
    fmt,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, SqlxError, Statement,
};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout},
};

use super::{
    failure::{is_timeout, no_answer, reason},
    fair_queue::{Account, FairPermit},
    observer::{Event, Observers},
    probe::probe,
    read_pool::ReadPool,
    session_settings::SessionSettings,
    timeouts::{PROBE_AFTER, PROBE_INTERVAL, PROBE_REUSE},
    urls::ServerOptions,
    watched_file::WatchedFile,
};

/// Reads a row of a file.
const A_ROW: &str = "SELECT version FROM seaql_migrations LIMIT 1";

/// The connections to one host.
pub(in crate::store) struct Host {
    /// The connections of single reads.
    pub(in crate::store) reads: ReadPool,
    /// The connections of exports.
    pub(in crate::store) exports: ReadPool,
    /// The connections of write transactions.
    pub(in crate::store) writes: DatabaseConnection,
    pub(super) session: SessionSettings,
    /// None for a file of this machine.
    pub(super) server: Option<Server>,
    /// The file of an embedded database.
    pub(super) file: Option<Arc<WatchedFile>>,
    pub(super) observers: Observers,
}

/// A server, which may be down.
pub(super) struct Server {
    options: ServerOptions,
    down: AtomicBool,
    /// The number of answers to statements.
    answers: AtomicU64,
    last_probe: Mutex<Option<(Instant, bool)>>,
}

impl Host {
    /// The host and port of the server, for people.
    pub(in crate::store) fn address(&self) -> String {
        self.server.as_ref().map_or_else(|| "a file".into(), |server| server.options.address())
    }

    /// SQL with which each transaction begins.
    pub(in crate::store) fn begin_settings(&self) -> Option<&str> {
        self.session.on_begin.as_deref()
    }

    /// Whether the host is not known to be down.
    pub(super) fn is_up(&self) -> bool {
        self.server.as_ref().is_none_or(|server| !server.down.load(Relaxed))
            && self.file.as_ref().is_none_or(|file| file.is_usable())
    }

    /// Waits for an answer of this host for as long as the host answers probes.
    pub(in crate::store) async fn while_up<T, E: From<DbErr>>(
        self: &Arc<Self>,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        if self.server.is_none() {
            let answer = answer.await;
            // Rows of a file that was replaced meanwhile may be those of another account.
            self.check_file()?;
            return answer;
        }
        let mut answer = pin!(answer);
        loop {
            match timeout(PROBE_AFTER, &mut answer).await {
                Ok(answer) => {
                    if answer.is_ok() {
                        self.server.iter().for_each(Server::note_answer);
                    }
                    return answer;
                }
                Err(_) if self.probe().await => {}
                Err(_) => return Err(no_answer(PROBE_AFTER).into()),
            }
        }
    }

    /// Waits for the permit to use a connection of a pool, for at most this time. It is not waited for
    /// while the host is marked as down: those that have the others may not notice that.
    pub(in crate::store) async fn permit(
        &self,
        pool: &ReadPool,
        account: Account,
        longest: Option<Duration>,
    ) -> Result<FairPermit, DbErr> {
        let mut permit = pin!(pool.permit(account, longest));
        loop {
            match timeout(PROBE_AFTER, &mut permit).await {
                Ok(permit) => return permit,
                Err(_) if self.is_up() => {}
                Err(_) => return Err(no_answer(PROBE_AFTER)),
            }
        }
    }

    /// Probes the host, and marks it as down if it does not answer. The result may be a moment old.
    pub(in crate::store) async fn probe(self: &Arc<Self>) -> bool {
        let now = Instant::now();
        self.probe_since(now.checked_sub(PROBE_REUSE).unwrap_or(now)).await
    }

    /// Probes the host after a failure, and marks it as down if it does not answer.
    pub(in crate::store) async fn probe_after_failure(self: &Arc<Self>) -> bool {
        self.probe_since(Instant::now()).await
    }

    /// Probes the host, unless a probe that began since then has a result.
    async fn probe_since(self: &Arc<Self>, since: Instant) -> bool {
        // A probe is rare and its future is large: in a box, it does not add to each read.
        let Some(server) = &self.server else { return Box::pin(self.read_a_row()).await.is_ok() };
        let mut last = server.last_probe.lock().await;
        if let Some((begun, answered)) = *last
            && begun >= since
        {
            return answered;
        }
        let (begun, answers) = (Instant::now(), server.answers.load(Relaxed));
        let failure = Box::pin(probe(&server.options)).await.err();
        // A server under load can answer statements and take long to accept a connection.
        let failure = failure
            .filter(|failure| !is_timeout(failure) || server.answers.load(Relaxed) == answers);
        *last = Some((begun, failure.is_none()));
        failure.iter().for_each(|failure| self.mark_down(failure));
        failure.is_none()
    }

    /// Reads a row of the file, which a connection alone does not show to be there.
    async fn read_a_row(&self) -> Result<(), DbErr> {
        self.check_file()?;
        let rows =
            self.writes.query_all_raw(Statement::from_string(DbBackend::Sqlite, A_ROW)).await;
        self.check_file()?;
        rows.map(drop)
    }

    fn check_file(&self) -> Result<(), DbErr> {
        match self.file.as_ref().map(|file| file.check()) {
            Some(Err(fault)) => {
                let text = format!("the database file {fault}");
                Err(DbErr::Conn(RuntimeErr::Internal(text)))
            }
            _ => Ok(()),
        }
    }

    /// Probes the host, and marks nothing.
    ///
    /// # Errors
    /// When it does not answer.
    pub(super) async fn probe_once(&self) -> Result<(), SqlxError> {
        match &self.server {
            Some(server) => probe(&server.options).await,
            None => Ok(()),
        }
    }

    /// Marks the host as down until it answers again. A task probes it.
    pub(super) fn mark_down(self: &Arc<Self>, failure: &SqlxError) {
        let Some(server) = &self.server else { return };
        if server.down.swap(true, Relaxed) {
            return;
        }
        let address = self.address();
        tracing::warn!(host = address, reason = reason(failure), "a database host is down");
        self.observers.report(&Event::HostDown { host: &address });
        let host = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                sleep(PROBE_INTERVAL).await;
                // The store may be closed by now.
                let Some(host) = host.upgrade() else { return };
                let Some(server) = &host.server else { return };
                if probe(&server.options).await.is_ok() {
                    server.down.store(false, Relaxed);
                    tracing::info!(host = address, "a database host is up again");
                    host.observers.report(&Event::HostUp { host: &address });
                    return;
                }
            }
        });
    }

    /// Closes all connections that are not in use, and refuses new ones.
    pub(super) async fn close(&self) {
        self.reads.close().await;
        self.exports.close().await;
        if self.server.is_none() && self.is_up() {
            // SQLite does this at the close only if no other process has the file open.
            let checkpoint = "PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)";
            if let Err(failure) = self.writes.execute_unprepared(checkpoint).await {
                tracing::debug!(%failure, "the write-ahead log was not emptied");
            }
        }
        if let Err(failure) = self.writes.clone().close().await {
            tracing::warn!(%failure, "a database connection did not close");
        }
    }
}

impl Server {
    /// A server that counts as up.
    pub(super) fn new(options: ServerOptions) -> Self {
        Self {
            options,
            down: AtomicBool::new(false),
            answers: AtomicU64::new(0),
            last_probe: Mutex::default(),
        }
    }

    fn note_answer(&self) {
        self.answers.fetch_add(1, Relaxed);
    }

    /// How the server is reached.
    pub(super) fn options(&self) -> &ServerOptions {
        &self.options
    }
}

impl fmt::Debug for Host {
    /// Leaves out the options, which contain a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Host").field("address", &self.address()).finish_non_exhaustive()
    }
}
