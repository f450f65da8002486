//! `session-history serve`.

use std::{future::IntoFuture, net::Ipv4Addr, process::ExitCode, time::Duration};

use axum::serve::ListenerExt;
use clap::Args;
use tokio::net::TcpListener;

use super::{Done, Failure, clock, key::new_secret, open, say};
use crate::{
    app::App,
    config::{Database, Limits, Server},
    domain::{session::StartMethod, time::Timestamp, viewer::Scope},
    http,
    ingest::writer::Writer,
    store::{Store, api_key::NewKey},
};

/// How long requests that are under way may take when the process is asked to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// How to serve.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Make a demo account at first start, and print a key for it.
    #[arg(long)]
    demo: bool,
    /// Bring the schema of a database on a server up to date first.
    #[arg(long)]
    migrate: bool,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    limits: Limits,
}

pub(super) async fn run(database: &Database, arguments: Arguments) -> Done {
    let store = open(database, arguments.migrate).await?;
    // The port is taken first: a second server at once should not touch the demo's keys.
    let listener = TcpListener::bind(arguments.server.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", arguments.server.listen))?;
    let mut address = listener.local_addr()?;
    let demo_key = if arguments.demo { Some(demo(&store).await?) } else { None };
    let app = App::new(store, &arguments.server, &arguments.limits, clock());
    let router = http::router(app);

    if address.ip().is_unspecified() {
        // A link needs an address that leads somewhere.
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    say(&format!("\nGraphiQL  http://{address}/graphiql\nGraphQL   http://{address}/graphql"));
    if let Some(secret) = demo_key {
        say(&format!("Demo key  {secret}\nLegacy    {}", demo_url(&address.to_string(), &secret)));
    }
    let listener = listener.tap_io(|connection| {
        // Where it fails, answers are only slower.
        let _ = connection.set_nodelay(true);
    });
    tokio::select! {
        served = axum::serve(listener, router).with_graceful_shutdown(stopped()).into_future() => {
            served?;
        }
        () = overdue() => say("ended before every request was answered"),
    }
    Ok(ExitCode::SUCCESS)
}

fn demo_url(address: &str, secret: &str) -> String {
    format!(
        "http://{address}/get_session_history.php?KEY={secret}\
         &VARS=ID+CUSTOMER_NAME+TECH_NAME+DATE_START+DATE_END+CHAT_INFO\
         &FILTER_DATE_START_INI=2026-06-01&FILTER_DATE_START_END=2026-06-03"
    )
}

/// Fills the demo account if it is not full, and gives it a new key in place of the last start's.
async fn demo(store: &Store) -> Result<String, Failure> {
    const NAME: &str = "demo";
    const LABEL: &str = "serve --demo";
    let now = clock().now();
    let account = match store.find_account(NAME).await? {
        Some(account) => account,
        None => store.create_account(NAME, now).await?,
    };
    let until = Timestamp::parse_civil("2026-07-01").ok_or("no date")?;
    let records = crate::demo::records(until);
    let stored = store.primary_reads().session_count(account, &Default::default()).await?;
    if stored < crate::demo::SESSIONS.unsigned_abs() {
        say("Making the demo account…");
        let writer = Writer {
            store: store.clone(),
            account,
            start_method: StartMethod::Applet,
            clock: clock(),
        };
        let mut records = records.peekable();
        while records.peek().is_some() {
            let batch: Vec<_> = records.by_ref().take(1_000).collect();
            writer.write(&Vec::from_iter(&batch)).await?;
        }
    }
    for key in store.keys(Some(account)).await? {
        if key.label == LABEL && key.revoked_at.is_none() {
            store.revoke_key(key.id, now).await?;
        }
    }
    let secret = new_secret()?;
    let key = NewKey { account, label: LABEL, scopes: &[Scope::Read], expires_at: None };
    store.create_key(&key, &secret, now).await?;
    Ok(secret)
}

/// Resolves when the process was asked to end and should wait no longer: some time after, or when
/// asked again.
async fn overdue() {
    stopped().await;
    tokio::select! {
        () = stopped() => {}
        () = tokio::time::sleep(PATIENCE) => {}
    }
}

/// Resolves when the process is asked to end. Requests that are under way are answered first.
async fn stopped() {
    let interrupt = async { tokio::signal::ctrl_c().await.ok() };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
