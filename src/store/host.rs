//! One host of the database: its connections, and whether it is there.

use std::{
    fmt,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use sea_orm::{ConnectOptions, DatabaseConnection, DbErr, SqlxError};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout},
};

use super::{connect::open, failure::silent, kept::Kept, probe::Probe};
use crate::error::Result;

/// How long a statement may take before its host is looked at. A slow one goes on if the host is
/// there; on a host that is gone, or still being connected to, it ends.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the result of a look holds, so that a thousand who wait look once.
const FRESH: Duration = Duration::from_millis(100);
/// The time between two looks at a host that is down.
const AGAIN: Duration = Duration::from_millis(500);

/// Connections to one host.
pub(super) struct Host {
    /// Those that read.
    pub(super) reads: Kept,
    /// Those for long answers.
    pub(super) exports: Kept,
    /// Those that write.
    pub(super) writes: DatabaseConnection,
    /// None for a file of this machine, which is always there.
    pub(super) server: Option<Server>,
}

/// A server, which may be down.
pub(super) struct Server {
    probe: Probe,
    alone: ConnectOptions,
    down: AtomicBool,
    last_look: Mutex<Option<(Instant, bool)>>,
}

impl Host {
    /// The host and port of its server, for people.
    pub(super) fn place(&self) -> String {
        self.server.as_ref().map_or_else(|| "this machine".into(), |server| server.probe.place())
    }

    /// Whether it is to be asked: it is not known to be gone.
    pub(super) fn is_up(&self) -> bool {
        self.server.as_ref().is_none_or(|server| !server.down.load(Relaxed))
    }

    /// Waits for an answer of this host for as long as the host is there.
    pub(super) async fn watch<T, E: From<DbErr>>(
        self: &Arc<Self>,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        if self.server.is_none() {
            return answer.await;
        }
        let mut answer = pin!(answer);
        loop {
            match timeout(PATIENCE, &mut answer).await {
                Ok(answer) => return answer,
                Err(_) if self.look().await => {}
                Err(_) => return Err(silent(PATIENCE).into()),
            }
        }
    }

    /// Looks whether the host is there. If not, it is left alone until it is.
    pub(super) async fn look(self: &Arc<Self>) -> bool {
        let Some(server) = &self.server else { return self.writes.ping().await.is_ok() };
        let mut last = server.last_look.lock().await;
        if let Some((when, there)) = *last
            && when.elapsed() < FRESH
        {
            return there;
        }
        let seen = server.probe.look().await;
        *last = Some((Instant::now(), seen.is_ok()));
        if let Err(failure) = &seen {
            self.leave(failure);
        }
        seen.is_ok()
    }

    /// Looks whether the host is there, without drawing conclusions.
    ///
    /// # Errors
    /// When it is not.
    pub(super) async fn first_look(&self) -> Result<(), SqlxError> {
        match &self.server {
            Some(server) => server.probe.look().await,
            None => Ok(()),
        }
    }

    /// Leaves the host alone until it answers again.
    pub(super) fn leave(self: &Arc<Self>, why: &(dyn std::error::Error + 'static)) {
        let Some(server) = &self.server else { return };
        if server.down.swap(true, Relaxed) {
            return;
        }
        tracing::warn!(host = self.place(), why, "a database is out of reach");
        let host = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                sleep(AGAIN).await;
                // Whoever opened the database may be done with it.
                let Some(host) = host.upgrade() else { return };
                let Some(server) = &host.server else { return };
                if server.probe.look().await.is_ok() {
                    server.down.store(false, Relaxed);
                    tracing::info!(host = host.place(), "a database is back");
                    return;
                }
            }
        });
    }
}

impl Server {
    /// A server that counts as up.
    pub(super) fn new(probe: Probe, alone: ConnectOptions) -> Self {
        Self { probe, alone, down: AtomicBool::new(false), last_look: Mutex::default() }
    }

    /// One connection, always the same, whose statements may take their time.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(super) async fn connect_alone(&self) -> Result<DatabaseConnection> {
        open(self.alone.clone()).await
    }
}

impl fmt::Debug for Host {
    /// Leaves out how the host is reached, which holds a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Host").field("place", &self.place()).finish_non_exhaustive()
    }
}
