//! Which host a read tries, and which one next after a failure.

use std::sync::Arc;

use super::{
    failure::{is_transient, none_up, summary},
    host::Host,
    hosts::Hosts,
};
use crate::error::{Error, Result};

/// How often a read is tried again: on the next host that is up, or on the last one once more.
const RETRIES: u32 = 10;

/// The way of one read from host to host.
#[derive(Debug)]
pub(in crate::store) struct Failover<'a> {
    hosts: &'a Hosts,
    first_replica: usize,
    position: usize,
    retries: u32,
}

impl<'a> Failover<'a> {
    /// Begins at a position in the order of the hosts.
    pub(in crate::store) fn new(hosts: &'a Hosts, first_replica: usize, position: usize) -> Self {
        Self { hosts, first_replica, position, retries: RETRIES }
    }

    /// The host to try now.
    ///
    /// # Errors
    /// When no host is up.
    pub(in crate::store) fn host(&mut self) -> Result<&'a Arc<Host>> {
        let (position, host) =
            self.hosts.first_up(self.first_replica, self.position).ok_or_else(none_up)?;
        self.position = position;
        Ok(host)
    }

    /// Moves on after a failure of a host: to the next host that answers a probe, or to the same one
    /// if no other does.
    ///
    /// # Errors
    /// The failure, when no host answers or when a retry would fail in the same way.
    pub(in crate::store) async fn try_next(
        &mut self,
        host: &Arc<Host>,
        failure: impl Into<Error>,
    ) -> Result<()> {
        let failure = failure.into();
        if self.retries == 0 || !is_transient(&failure) {
            return Err(failure);
        }
        self.retries -= 1;
        let failed = self.position;
        let answers = host.probe_after_failure().await;
        // A host that is not known to be down may be down too.
        while let Some((position, next)) =
            self.hosts.first_up(self.first_replica, self.position + 1)
        {
            self.position = position;
            if next.probe_after_failure().await {
                self.hosts.report_retry(&summary(&failure));
                return Ok(());
            }
        }
        if answers {
            self.position = failed;
            self.hosts.report_retry(&summary(&failure));
            return Ok(());
        }
        Err(failure)
    }
}

#[cfg(test)]
mod tests {
    use std::{io, time::Duration};

    use sea_orm::{
        DbBackend, DbErr, RuntimeErr, SqlxError, SqlxPostgresConnector,
        sqlx::postgres::PgPoolOptions,
    };

    use super::{
        super::{
            fair_queue::Share,
            host::{Host, Server},
            observer::Observers,
            pool::PoolSettings,
            read_pool::ReadPool,
            session_settings::SessionSettings,
            timeouts::Timeouts,
            urls::{Engine, ServerOptions},
        },
        Failover, Hosts,
    };

    fn host(port: u16) -> Host {
        let url = format!("postgres://user:hunter2@127.0.0.1:{port}/history");
        let options = ServerOptions::parse(Engine::Postgres, &url).unwrap();
        let pool = PgPoolOptions::new().connect_lazy(&url).unwrap();
        let settings = PoolSettings {
            session: SessionSettings::default(),
            timeouts: Timeouts { connection: Duration::ZERO, statement: None, answer: None },
            observers: Observers::default(),
        };
        Host {
            reads: ReadPool::of_server(&options, 1, Share::TwoThirds, &settings),
            exports: ReadPool::of_server(&options, 1, Share::TwoThirds, &settings),
            writes: SqlxPostgresConnector::from_sqlx_postgres_pool(pool),
            session: SessionSettings::default(),
            server: Some(Server::new(options)),
            file: None,
            observers: Observers::default(),
        }
    }

    /// Three replicas with the ports 1 to 3 and two primaries with the ports 4 and 5. Nothing
    /// listens there.
    fn hosts() -> Hosts {
        let (replicas, primaries) = ([1, 2, 3].map(host), [4, 5].map(host));
        let observers = Observers::default();
        Hosts::new(DbBackend::Postgres, replicas.into(), primaries.into(), observers)
    }

    fn first_host(hosts: &Hosts, first_replica: usize) -> String {
        let host = Failover::new(hosts, first_replica, 0).host().unwrap();
        host.address().replace("127.0.0.1:", "")
    }

    #[tokio::test]
    async fn replicas_take_turns_and_primaries_follow_in_order() {
        let hosts = hosts();
        let mark_down = |port: usize| {
            hosts.all()[port - 1].mark_down(&SqlxError::Io(io::Error::other("down")));
        };
        let first = |replica| first_host(&hosts, replica);
        assert_eq!([0, 1, 2, 3].map(first), ["1", "2", "3", "1"]);
        assert_eq!(hosts.primary().unwrap().address(), "127.0.0.1:4");
        mark_down(2);
        assert_eq!([0, 1, 2, 3].map(first), ["1", "3", "3", "1"]);
        mark_down(1);
        mark_down(3);
        assert_eq!([0, 1, 2].map(first), ["4", "4", "4"]);
        mark_down(4);
        assert_eq!(first(0), "5");
        assert_eq!(hosts.primary().unwrap().address(), "127.0.0.1:5");
        mark_down(5);
        assert!(hosts.primary().is_err() && Failover::new(&hosts, 0, 0).host().is_err());
    }

    #[tokio::test]
    async fn a_lost_connection_probes_all_hosts_and_a_permanent_failure_none() {
        let hosts = hosts();
        let mut failover = Failover::new(&hosts, 1, 0);
        let host = failover.host().unwrap();
        assert_eq!(host.address(), "127.0.0.1:2");
        assert!(failover.try_next(host, DbErr::Custom("a fault".into())).await.is_err());
        assert!(hosts.all().iter().all(|host| host.is_up()));
        let lost = DbErr::Conn(RuntimeErr::Internal("lost".into()));
        assert!(failover.try_next(host, lost).await.is_err());
        let up: Vec<_> = hosts.all().iter().filter(|host| host.is_up()).collect();
        assert!(up.is_empty(), "{up:?}");
    }

    #[tokio::test]
    async fn the_debug_text_of_hosts_has_no_password() {
        let text = format!("{:?}", hosts());
        assert!(text.contains("127.0.0.1:4") && !text.contains("hunter2"), "{text}");
    }
}
