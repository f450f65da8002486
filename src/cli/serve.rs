//! `session-history serve`.

use std::{
    future::IntoFuture,
    io::{self, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use axum::serve::ListenerExt;
use clap::Args;
use tokio::net::{TcpListener, lookup_host};

use super::{
    database::open,
    demo::{self, Demo},
    output::{Done, Failure, notice},
};
use crate::{
    app::App,
    config::{Database, Limits, ListenAddress, Server},
    domain::time::{Clock, Timestamp},
    http,
    store::Store,
};

/// How long the server waits for its last answers after a request to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// The arguments of `serve`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Create an account 'demo' with a year of made-up sessions at the first start, and print links
    /// with its key.
    #[arg(long)]
    demo: bool,
    /// Update the schema of a database server first. SQLite files are always updated.
    #[arg(long)]
    migrate: bool,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    limits: Limits,
}

pub(super) async fn run(database: &Database, arguments: Arguments) -> Done {
    arguments.limits.check()?;
    let store = open(database, arguments.migrate).await?;
    // The port comes first: a second server on it does not change the demo account.
    let listener = bind(&arguments.server.listen).await?;
    let address = reachable(listener.local_addr()?);
    let location = store.location().await?;
    notice(&format!("Database  {location}"));
    let demo = match arguments.demo {
        true => Some(demo::prepare(&store, &location, Clock::system()).await?),
        false => None,
    };
    // A program may stop the server as soon as it has read the greeting.
    let (stop, overdue) = (stopped(), overdue());
    notice(&greeting(address, demo.as_ref()));
    // The counting does not delay the first answer.
    tokio::spawn(notice_overview(store.clone()));

    let app = App::new(store, &arguments.server, &arguments.limits, Clock::system());
    let router = http::router(app);
    let listener = listener.tap_io(|connection| {
        // Where this fails, answers are only slower.
        let _ = connection.set_nodelay(true);
    });
    tokio::select! {
        served = axum::serve(listener, router).with_graceful_shutdown(stop).into_future() => {
            served?;
        }
        () = overdue => notice("stopped before every request was answered"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Listens on an address of the host: on its first one that this machine has, IPv4 before IPv6,
/// since more clients take `localhost` for 127.0.0.1 than for ::1.
async fn bind(listen: &ListenAddress) -> Result<TcpListener, Failure> {
    let fail = |error: io::Error| format!("cannot listen on {listen}: {error}");
    let addresses = lookup_host((&*listen.host, listen.port)).await.map_err(fail)?;
    let mut addresses: Vec<_> = addresses.collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let mut failure = io::Error::from(ErrorKind::AddrNotAvailable);
    for address in addresses {
        match TcpListener::bind(address).await {
            Err(error) if error.kind() == ErrorKind::AddrNotAvailable => failure = error,
            bound => return Ok(bound.map_err(fail)?),
        }
    }
    Err(fail(failure).into())
}

/// An address for links: that of this machine where the server listens on all of its addresses.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address {
        _ if !address.ip().is_unspecified() => {}
        SocketAddr::V4(_) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        SocketAddr::V6(_) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
    }
    address
}

/// The links, with the key of the demo account. Browsers do not send the part after the '#'.
fn greeting(address: SocketAddr, demo: Option<&Demo>) -> String {
    let (graphiql, graphql) =
        (format!("http://{address}/graphiql"), format!("http://{address}/graphql"));
    let Some(Demo { secret, newest }) = demo else {
        return format!("\nGraphiQL  {graphiql}\nGraphQL   {graphql}");
    };
    let day_before = Timestamp::from_micros(newest.micros() - 86_400_000_000).unwrap_or(*newest);
    let since: String = day_before.civil().chars().take(10).collect();
    format!(
        "\nGraphiQL  {graphiql}#key={secret}\nGraphQL   {graphql}\nDemo key  {secret}\n\
         Legacy    http://{address}/get_session_history.php?KEY={secret}\
         &VARS=ID+CUSTOMER_NAME+TECH_NAME+DATE_START+DATE_END+CHAT_INFO\
         &FILTER_DATE_START_INI={since}"
    )
}

async fn notice_overview(store: Store) {
    match store.overview().await {
        Ok(overview) => {
            let (accounts, sessions) = (overview.accounts, overview.sessions);
            let newest = overview.newest.map_or_else(|| "none".to_owned(), Timestamp::rfc3339);
            notice(&format!(
                "Contents  accounts: {accounts}, sessions: {sessions}, newest session: {newest}"
            ));
        }
        Err(error) => tracing::warn!(cause = ?error.cause(), "the sessions were not counted"),
    }
}

/// Returns a future that resolves some time after a request to stop, or at a second one.
fn overdue() -> impl Future<Output = ()> {
    let first = stopped();
    async {
        first.await;
        tokio::select! {
            () = stopped() => {}
            () = tokio::time::sleep(DRAIN_TIMEOUT) => {}
        }
    }
}

/// Returns a future that resolves at a request to stop: SIGINT or SIGTERM. It gets the signals from
/// now on.
#[cfg(unix)]
pub(super) fn stopped() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    let mut received = signals.map(|signal| {
        Box::pin(async move {
            match signal {
                Ok(mut signal) => drop(signal.recv().await),
                // Then only the other signal stops the process.
                Err(_) => std::future::pending().await,
            }
        })
    });
    async move {
        let [interrupt, terminate] = &mut received;
        tokio::select! {
            () = interrupt => {}
            () = terminate => {}
        }
    }
}

/// Returns a future that resolves at a request to stop.
#[cfg(not(unix))]
pub(super) async fn stopped() {
    // Without the signal, only a kill stops the process.
    let _ = tokio::signal::ctrl_c().await;
}
