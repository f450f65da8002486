//! The hosts that have the history, and which of them is asked.
//!
//! Replicas come first, and are only read; then the primaries, which are equal. A host that is
//! known to be gone is passed over.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use sea_orm::{DbBackend, DbErr, Statement, sea_query::SelectStatement};

use super::{
    failure::{may_pass, none_up},
    host::Host,
};
use crate::error::{Error, Result};

/// How often a question is put again, to the next host that is there, or to the last one once more.
const TRIES: u32 = 10;

/// The hosts, in the order in which they are asked.
pub(super) struct Hosts {
    backend: DbBackend,
    hosts: Box<[Arc<Host>]>,
    replicas: usize,
    turn: AtomicUsize,
    listener: OnceLock<Listener>,
}

/// Who is told every statement that reads.
pub(super) type Listener = Box<dyn Fn(&Statement) + Send + Sync>;

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
        Self {
            backend,
            hosts,
            replicas: count,
            turn: AtomicUsize::new(0),
            listener: OnceLock::new(),
        }
    }

    /// The language of all of them.
    pub(super) fn backend(&self) -> DbBackend {
        self.backend
    }

    /// A statement in their language.
    pub(super) fn statement(&self, select: &SelectStatement) -> Statement {
        let statement = self.backend.build(select);
        if let Some(listener) = self.listener.get() {
            listener(&statement);
        }
        statement
    }

    /// Tells every statement from now on to a listener; there is at most one.
    pub(super) fn watch(&self, listener: Listener) {
        // A second one is not listened to.
        let _ = self.listener.set(listener);
    }

    /// All hosts.
    pub(super) fn all(&self) -> &[Arc<Host>] {
        &self.hosts
    }

    /// How many of them are replicas, which come first.
    pub(super) fn replicas(&self) -> usize {
        self.replicas
    }

    /// Which replica is asked first: each in turn.
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

    /// Whether any host answers, within about a second.
    ///
    /// # Errors
    /// When none does.
    pub(super) async fn ping(&self) -> Result<()> {
        let up = self.hosts.iter().filter(|host| host.is_up());
        let answers = futures_util::future::join_all(up.map(|host| host.look())).await;
        if answers.contains(&true) { Ok(()) } else { Err(none_up()) }
    }

    /// The first host that is up, from a place in the order on, and its place.
    fn from(&self, turn: usize, place: usize) -> Option<(usize, &Arc<Host>)> {
        (place..self.hosts.len()).find_map(|place| {
            let index = if place < self.replicas {
                turn.wrapping_add(place) % self.replicas
            } else {
                place
            };
            self.hosts.get(index).filter(|host| host.is_up()).map(|host| (place, host))
        })
    }
}

impl fmt::Debug for Hosts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Hosts").field(&self.hosts).finish()
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

    /// Goes on after a failure of the host: to the next one that is there, or to the same once more
    /// where it is the last that is.
    ///
    /// # Errors
    /// The failure, where nothing is left to try or another try would meet the same.
    pub(super) async fn pass(&mut self, host: &Arc<Host>, failure: DbErr) -> Result<()> {
        let failure = Error::from(failure);
        if self.tries == 0 || !may_pass(&failure) {
            return Err(failure);
        }
        self.tries -= 1;
        let asked = self.place;
        let there = host.look().await;
        // A pool would take its time to find out that the next one is gone too.
        while let Some((place, next)) = self.hosts.from(self.turn, self.place + 1) {
            self.place = place;
            if next.look().await {
                return Ok(());
            }
        }
        if there {
            self.place = asked;
            return Ok(());
        }
        Err(failure)
    }
}

#[cfg(test)]
mod tests {
    use std::{io, time::Duration};

    use sea_orm::{
        ConnectOptions, DbBackend, DbErr, RuntimeErr, SqlxPostgresConnector,
        sqlx::postgres::PgPoolOptions,
    };

    use super::{
        super::{host::Server, kept::Kept, probe::Probe, shelf::Patience, urls::Engine},
        Host, Hosts,
    };

    fn host(port: u16) -> Host {
        let url = format!("postgres://user:hunter2@127.0.0.1:{port}/history");
        let probe = Probe::new(Engine::Postgres, &url).unwrap();
        let pool = PgPoolOptions::new().connect_lazy(&url).unwrap();
        let pool = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        let server = Some(Server::new(probe, ConnectOptions::new(url)));
        let patience = Patience { connection: Duration::ZERO, statement: None };
        let kept = || Kept::of(&pool, 1, patience);
        Host { reads: kept(), exports: kept(), writes: pool, server }
    }

    /// Three replicas with ports from 1 on, and two primaries, none of which anybody listens at.
    fn hosts() -> Hosts {
        Hosts::new(DbBackend::Postgres, [1, 2, 3].map(host).into(), [4, 5].map(host).into())
    }

    fn asked(hosts: &Hosts, turn: usize) -> String {
        hosts.search(turn, 0).host().unwrap().place().replace("127.0.0.1:", "")
    }

    #[tokio::test]
    async fn replicas_take_turns_and_primaries_stand_in_in_order() {
        let hosts = hosts();
        let gone = |port: usize| hosts.all()[port - 1].leave(&io::Error::other("gone"));
        assert_eq!([0, 1, 2, 3].map(|turn| asked(&hosts, turn)), ["1", "2", "3", "1"]);
        assert_eq!(hosts.primary().unwrap().place(), "127.0.0.1:4");
        gone(2);
        assert_eq!([0, 1, 2, 3].map(|turn| asked(&hosts, turn)), ["1", "3", "3", "1"]);
        gone(1);
        gone(3);
        assert_eq!([0, 1, 2].map(|turn| asked(&hosts, turn)), ["4", "4", "4"]);
        gone(4);
        assert_eq!(asked(&hosts, 0), "5");
        assert_eq!(hosts.primary().unwrap().place(), "127.0.0.1:5");
        gone(5);
        assert!(hosts.primary().is_err() && hosts.search(0, 0).host().is_err());
    }

    #[tokio::test]
    async fn after_a_lost_connection_all_hosts_are_looked_at_and_after_a_fault_none() {
        let hosts = hosts();
        let mut search = hosts.search(1, 0);
        let host = search.host().unwrap();
        assert_eq!(host.place(), "127.0.0.1:2");
        assert!(search.pass(host, DbErr::Custom("a fault".into())).await.is_err());
        assert!(hosts.all().iter().all(|host| host.is_up()));
        let lost = DbErr::Conn(RuntimeErr::Internal("lost".into()));
        assert!(search.pass(host, lost).await.is_err());
        let up: Vec<_> = hosts.all().iter().filter(|host| host.is_up()).collect();
        assert!(up.is_empty(), "{up:?}");
    }

    #[tokio::test]
    async fn what_is_shown_of_hosts_has_no_password() {
        let shown = format!("{:?}", hosts());
        assert!(shown.contains("127.0.0.1:4") && !shown.contains("hunter2"), "{shown}");
    }
}
