//! The hosts that have the history, and which of them is asked.
//!
//! Replicas come first, and are only read; then the primaries, which are equal. A host that does
//! not answer is left alone, and looked at now and then until it does.

use std::{
    fmt,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use sea_orm::{ConnectOptions, DatabaseConnection, DbBackend, DbErr, SqlxError};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout},
};

use super::{
    connect::open,
    failure::{may_pass, none_up, silent},
    probe::Probe,
};
use crate::error::{Error, Result};

/// How long a statement may take before its host is looked at. A slow one goes on if the host is
/// there; on a host that is gone, or still being connected to, it ends.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the result of a look holds, so that a thousand who wait look once.
const FRESH: Duration = Duration::from_millis(100);
/// The time between two looks at a host that is down.
const AGAIN: Duration = Duration::from_millis(500);
/// How often a question is put again. After the quick restart of a server each connection of the
/// pool may be broken, and each try uses one of them up.
const TRIES: u32 = 10;

/// The hosts, in the order in which they are asked.
#[derive(Debug)]
pub(super) struct Hosts {
    hosts: Box<[Arc<Host>]>,
    replicas: usize,
    turn: AtomicUsize,
    backend: DbBackend,
}

/// Connections to one host.
pub(super) struct Host {
    /// Those that read.
    pub(super) reads: DatabaseConnection,
    /// Those for long answers.
    pub(super) exports: DatabaseConnection,
    /// Those that write; on a server, the same that read.
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

/// A question's way from host to host.
#[derive(Debug)]
pub(super) struct Search<'a> {
    hosts: &'a Hosts,
    turn: usize,
    place: usize,
    tries: u32,
}

impl Hosts {
    /// Replicas, and the primaries, of which there is at least one.
    pub(super) fn new(backend: DbBackend, replicas: Vec<Host>, primaries: Vec<Host>) -> Self {
        let count = replicas.len();
        let hosts = replicas.into_iter().chain(primaries).map(Arc::new).collect();
        Self { hosts, replicas: count, turn: AtomicUsize::new(0), backend }
    }

    /// The language of all of them.
    pub(super) fn backend(&self) -> DbBackend {
        self.backend
    }

    /// All hosts.
    pub(super) fn all(&self) -> &[Arc<Host>] {
        &self.hosts
    }

    /// How many of them are replicas, which come first.
    pub(super) fn replicas(&self) -> usize {
        self.replicas
    }

    /// Which replica is the next one's first: each in turn.
    pub(super) fn turn(&self) -> usize {
        if self.replicas > 1 { self.turn.fetch_add(1, Relaxed) } else { 0 }
    }

    /// A way through the hosts, beginning at a place in their order.
    pub(super) fn search(&self, turn: usize, place: usize) -> Search<'_> {
        Search { hosts: self, turn, place, tries: TRIES }
    }

    /// The primary that is asked now.
    ///
    /// # Errors
    /// When none is up.
    pub(super) fn primary(&self) -> Result<&Arc<Host>> {
        self.search(0, self.replicas).host()
    }

    /// Whether any host answers, soon.
    ///
    /// # Errors
    /// When none does.
    pub(super) async fn ping(&self) -> Result<()> {
        let looks = self.hosts.iter().filter(|host| host.is_up()).map(|host| async {
            match &host.server {
                Some(_) => host.look().await,
                None => host.reads.ping().await.is_ok(),
            }
        });
        let answers = futures_util::future::join_all(looks).await;
        if answers.contains(&true) { Ok(()) } else { Err(none_up()) }
    }

    /// The first host that is up, from a place on, and its place.
    fn from(&self, turn: usize, place: usize) -> Option<(usize, &Arc<Host>)> {
        (place..self.hosts.len()).find_map(|place| {
            let index = if place < self.replicas { (turn + place) % self.replicas } else { place };
            self.hosts.get(index).filter(|host| host.is_up()).map(|host| (place, host))
        })
    }
}

impl<'a> Search<'a> {
    /// The host to ask.
    ///
    /// # Errors
    /// When none is up.
    pub(super) fn host(&mut self) -> Result<&'a Arc<Host>> {
        let (place, host) = self.hosts.from(self.turn, self.place).ok_or_else(none_up)?;
        self.place = place;
        Ok(host)
    }

    /// Goes on after a failure of the host: to the next one, or to the same once more where there
    /// is no other and only the connection was lost.
    ///
    /// # Errors
    /// The failure, where nothing is left to try or another try would meet the same.
    pub(super) async fn pass(&mut self, failure: DbErr) -> Result<()> {
        let failure = Error::from(failure);
        if self.tries == 0 || !may_pass(&failure) {
            return Err(failure);
        }
        self.tries -= 1;
        let there = self.host()?.look().await;
        match self.hosts.from(self.turn, self.place + 1) {
            Some((place, _)) => self.place = place,
            None if there => {}
            None => return Err(failure),
        }
        Ok(())
    }
}

impl Host {
    /// The host and port of its server, for people.
    pub(super) fn place(&self) -> String {
        self.server.as_ref().map_or_else(|| "this machine".into(), |server| server.probe.place())
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

    fn is_up(&self) -> bool {
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
        let Some(server) = &self.server else { return true };
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
