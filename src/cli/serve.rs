//! `session-history serve`.

use std::{
    io::{self, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::Args;
use tokio::{
    net::{TcpListener, lookup_host},
    sync::Notify,
};

use super::{
    database::{open, options},
    demo::{self, Demo},
    legacy_profile,
    output::{Done, Failure, notice},
    signals::{Reload, overdue, stopped, take_other_signals},
    sync::build::mirrors,
    trusted_documents,
};
use crate::{
    app::App,
    config::{BasePath, Connections, Database, Limits, ListenAddress, OtlpEndpoint, Server},
    domain::time::{Clock, Timestamp},
    http::{
        self,
        server::{Certificate, ConnectionLimits, serve},
    },
    jobs::{mirror::spawn_mirror, retention::spawn_daily, runner::JobRunner, webhooks},
    metrics::Metrics,
    store::Store,
};

/// The maximum number of connections to the address for metrics.
const MAX_SCRAPERS: usize = 20;

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
    connections: Connections,
    #[command(flatten)]
    limits: Limits,
}

impl Arguments {
    /// The URL of the collector of traces, if there is one.
    pub(super) fn collector(&self) -> Option<&str> {
        self.server.otlp_endpoint.as_ref().map(OtlpEndpoint::as_str)
    }
}

pub(super) async fn run(database: &Database, arguments: Arguments) -> Done {
    arguments.limits.check()?;
    arguments.server.check()?;
    let profile = legacy_profile::load(&arguments.server.legacy.profile)?;
    let certificate = match arguments.server.tls.pair() {
        Some((certificate, key)) => Some(Certificate::read(certificate, key).await?),
        None => None,
    };
    let store = open(database, arguments.migrate).await?;
    let Arguments { server, connections, limits, .. } = &arguments;
    let clock = Clock::system();
    let metrics = server.metrics_listen.as_ref();
    let metrics = metrics.map(|_| Metrics::new(clock.now().micros().div_euclid(1_000_000)));
    let metrics = metrics.transpose()?;
    let mut app = App::new(store.clone(), server, connections, limits, clock, metrics.clone());
    app.legacy_profile = Arc::new(profile);
    let trusted = server.trusted_documents.as_deref();
    let trusted = trusted.map(|file| trusted_documents::load(&app, file)).transpose()?;
    // The port comes first: a second server on it does not change the demo account.
    let listener = listen_on(&server.listen).await?;
    let address = reachable(listener.local_addr()?);
    let metrics_listener = match &server.metrics_listen {
        Some(listen) => Some(listen_on(listen).await?),
        None => None,
    };
    let location = store.location().await?;
    notice(&format!("Database  {location}"));
    if let Some(count) = trusted {
        notice(&format!("Trusted   {count} documents; others are refused"));
    }
    let mirrors = match &server.sync_config {
        Some(path) => mirrors(&store, path, clock).await?,
        None => Vec::new(),
    };
    let demo = match arguments.demo {
        true => Some(demo::prepare(&store, &location, Clock::system()).await?),
        false => None,
    };
    // A program may stop the server as soon as it has read the greeting.
    let (stop, overdue) = (stopped(), overdue());
    let tls = certificate.as_ref().map(Certificate::acceptor);
    let documents = server.trusted_documents.clone();
    let documents = documents.map(|file| trusted_documents::watch(app.clone(), file));
    let certificate = certificate.map(|it| watch(it, metrics.clone()));
    take_other_signals(certificate.into_iter().chain(documents).collect());
    let scheme = if tls.is_some() { "https" } else { "http" };
    let base_path = arguments.server.base_path.as_ref().map(BasePath::as_str).unwrap_or_default();
    if let Some(listener) = &metrics_listener {
        notice(&format!("Metrics   http://{}/metrics", reachable(listener.local_addr()?)));
    }
    notice(&greeting(&format!("{scheme}://{address}{base_path}"), demo.as_ref()));
    // The counting does not delay the first answer.
    tokio::spawn(notice_overview(store.clone()));

    store.watch_file(options(database));
    let jobs = JobRunner::new(store.clone(), clock)?;
    let lease = Duration::from_secs(server.job_lease);
    spawn_daily(&jobs, store.clone(), clock);
    for mirror in mirrors {
        spawn_mirror(&jobs, mirror, lease, app.clone()).await?;
    }
    webhooks::start(&jobs, app.clone(), lease);
    let (legacy_usage, stopping) = (app.legacy_usage.clone(), app.stopping.clone());
    let stop = async {
        stop.await;
        // Streams of events and WebSockets do not end by themselves.
        stopping.cancel();
    };
    let changes = app.changes.clone();
    let limits = connection_limits(connections).within_open_files();
    if let Some(listener) = metrics_listener {
        let (router, stop) = (http::metrics::router(app.clone()), stopping.clone());
        let limits = ConnectionLimits {
            max_connections: MAX_SCRAPERS,
            max_per_address: MAX_SCRAPERS,
            ..limits
        };
        tokio::spawn(
            async move { serve(listener, router, limits, None, None, stop.cancelled()).await },
        );
    }
    let router = http::router(app);
    let served = async {
        serve(listener, router, limits, tls, metrics, stop).await;
        // A change goes on when its caller leaves.
        changes.close();
        changes.wait().await;
        jobs.stop().await;
    };
    tokio::select! {
        () = served => {}
        () = overdue => notice("stopped before every request was answered"),
    }
    legacy_usage.flush().await;
    Ok(ExitCode::SUCCESS)
}

/// Exchanges a certificate from now on.
fn watch(certificate: Certificate, metrics: Option<Arc<Metrics>>) -> Reload {
    let request = Arc::new(Notify::new());
    let received = request.clone();
    tokio::spawn(async move { certificate.watch(&received, metrics).await });
    Reload { name: "the files of the TLS certificate", request }
}

fn connection_limits(settings: &Connections) -> ConnectionLimits {
    let seconds = |seconds| Duration::from_secs(u64::from(seconds));
    ConnectionLimits {
        max_connections: settings.max_connections,
        max_per_address: settings.max_connections_per_address,
        head_timeout: seconds(settings.head_timeout),
        body_timeout: seconds(settings.body_timeout),
        idle_timeout: seconds(settings.idle_timeout),
        stall_timeout: seconds(settings.stall_timeout),
    }
}

async fn listen_on(listen: &ListenAddress) -> Result<TcpListener, Failure> {
    let listener = bind(listen).await;
    Ok(listener.map_err(|error| format!("cannot listen on {listen}: {error}"))?)
}

/// Listens on an address of the host: on its first one that this machine has, IPv4 before IPv6,
/// since more clients take `localhost` for 127.0.0.1 than for ::1.
pub(super) async fn bind(listen: &ListenAddress) -> io::Result<TcpListener> {
    let addresses = lookup_host((&*listen.host, listen.port)).await?;
    let mut addresses: Vec<_> = addresses.collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let mut failure = io::Error::from(ErrorKind::AddrNotAvailable);
    for address in addresses {
        match TcpListener::bind(address).await {
            Err(error) if error.kind() == ErrorKind::AddrNotAvailable => failure = error,
            bound => return bound,
        }
    }
    Err(failure)
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
fn greeting(base: &str, demo: Option<&Demo>) -> String {
    let (graphiql, graphql) = (format!("{base}/graphiql"), format!("{base}/graphql"));
    let Some(Demo { secret, newest }) = demo else {
        return format!("\nPages     {base}/\nGraphiQL  {graphiql}\nGraphQL   {graphql}");
    };
    let day_before = Timestamp::from_micros(newest.micros() - 86_400_000_000).unwrap_or(*newest);
    let since: String = day_before.civil().chars().take(10).collect();
    format!(
        "\nDashboard {base}/dashboard#key={secret}\nGraphiQL  {graphiql}#key={secret}\nGraphQL   {graphql}\nDemo key  {secret}\n\
         Legacy    {base}/get_session_history.php?KEY={secret}\
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
