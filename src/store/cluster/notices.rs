//! Notices of PostgreSQL that an account has new changes. They are hints: one can be lost.

use sea_orm::{
    ConnectionTrait, DbBackend, SqlxError,
    sqlx::{Postgres, pool::PoolOptions, postgres::PgListener},
};

use super::{
    host::{Host, Server},
    timeouts::PING_TIMEOUT,
    urls::ServerOptions,
};

/// The channel of the notices.
const CHANNEL: &str = "session_history_changes";

/// The notices of one host, on a connection of their own.
#[derive(Debug)]
pub(in crate::store) struct Notices(PgListener);

impl Notices {
    /// Listens on a host. None if it cannot send notices: it is of another kind, is behind a pooler that gives
    /// a connection for a transaction only, or is a host that does not answer.
    pub(in crate::store) async fn open(host: &Host) -> Option<Self> {
        let Some(ServerOptions::Postgres(options)) = host.server.as_ref().map(Server::options)
        else {
            return None;
        };
        if host.begin_settings().is_some() {
            return None;
        }
        let pool = PoolOptions::<Postgres>::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .acquire_timeout(PING_TIMEOUT)
            .connect_lazy_with((**options).clone());
        let mut listener = PgListener::connect_with(&pool).await.ok()?;
        listener.listen(CHANNEL).await.ok()?;
        Some(Self(listener))
    }

    /// Waits for the next notice, and returns the number of its account. None if notices may have been lost,
    /// since the connection was.
    pub(in crate::store) async fn next(&mut self) -> Result<Option<i64>, SqlxError> {
        let notice = self.0.try_recv().await?;
        Ok(notice.and_then(|notice| notice.payload().parse().ok()))
    }
}

/// Sends the notice that an account has new changes. Another kind of database has no notices.
pub(in crate::store) async fn notify(host: &Host, account: i64) {
    if host.writes.get_database_backend() != DbBackend::Postgres {
        return;
    }
    let sent = host.writes.execute_unprepared(&format!("NOTIFY {CHANNEL}, '{account}'")).await;
    if let Err(failure) = sent {
        tracing::debug!(%failure, "a notice of changes was not sent");
    }
}
