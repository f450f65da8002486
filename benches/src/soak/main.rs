//! Puts a mixed load on a gateway for a long time, and looks whether it grows, fails or loses something. See the
//! README of this crate.
#![allow(clippy::print_stdout, reason = "the table is this program's result")]
#![allow(clippy::print_stderr, reason = "the user sees the progress")]

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use benches::{
    engine::Engine,
    programs::{ACCOUNT, Programs, make_account, succeed},
    server::Server,
    stop::stopped,
    workspace::Workspace,
};
use clap::Parser;
use fastrand::Rng;
use tokio::task::JoinSet;

mod account;
mod content;
mod end;
mod followers;
mod growth;
mod meter;
mod minutes;
mod model;
mod readers;
mod requests;
mod writers;

use account::{Account, Run};
use followers::{Follower, Way};
use writers::{Imports, Writer};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ACCOUNTS: [&str; 2] = [ACCOUNT, "other"];
/// The tasks that read.
const READERS: u32 = 6;

/// Puts a mixed load on a gateway for a long time.
#[derive(Debug, Parser)]
struct Arguments {
    /// Database engine.
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Engine,
    /// Duration of the load, in minutes. Growth is looked for from 15 minutes on.
    #[arg(long, value_name = "N", default_value_t = 60)]
    minutes: usize,
    /// Number of requests of readers a second. Writers and others add about 8.
    #[arg(long, value_name = "N", default_value_t = 20)]
    rate: u32,
    /// Number of sessions of each account at the start, so that caches fill soon.
    #[arg(long, value_name = "N", default_value_t = 6_000)]
    sessions: usize,
    /// Number of new sessions, and of changed ones, of each import.
    #[arg(long, value_name = "N", default_value_t = 200)]
    import: usize,
    /// Seed of the random choices. Default: random.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Path of the gateway. Default: session-history in the folder of this program.
    #[arg(long, value_name = "PATH")]
    gateway: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let workspace = Workspace::create(arguments.database, None).await?;
    tokio::select! {
        // Dropped values stop the programs that were started.
        stopped = stopped() => stopped,
        done = soak(&arguments, &workspace) => done,
    }
}

async fn soak(arguments: &Arguments, workspace: &Workspace) -> Result<()> {
    ensure!(arguments.rate > 0 && arguments.minutes > 0, "--rate and --minutes begin at 1");
    let programs = Arc::new(Programs::find(arguments.gateway.as_deref())?);
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    eprintln!("--seed {seed}");
    let mut random = Rng::with_seed(seed);
    let url = workspace.database("soak").await?;
    make_account(&programs, &url, &[]).await?;
    succeed(&mut programs.gateway(&url, &["account", "create", ACCOUNTS[1]])).await?;
    let mut keys = Vec::new();
    for name in ACCOUNTS {
        let create = ["key", "create", "--account", name, "--scope", "read,write,admin"];
        keys.push(succeed(&mut programs.gateway(&url, &create)).await?.trim().to_owned());
    }
    let log = workspace.file("gateway.log");
    let serve = programs.gateway(&url, &["serve", "--listen", "127.0.0.1:0"]);
    let server = Server::start(serve, &log).await?;
    let run = Arc::new(Run::new(server.address)?);
    let accounts: Vec<_> = ACCOUNTS
        .into_iter()
        .zip(keys)
        .map(|(name, key)| Arc::new(Account::new(name, key, run.clone())))
        .collect();

    let (mut followers, mut following) = (Vec::new(), JoinSet::new());
    for account in &accounts {
        for way in [Way::Pages, Way::Events, Way::Socket] {
            let follower = Arc::new(Follower::begin(account.clone(), way).await?);
            following.spawn(follower.clone().follow(random.fork()));
            followers.push(follower);
        }
    }
    let mut load = JoinSet::new();
    for account in &accounts {
        let imports = Imports {
            programs: programs.clone(),
            url: url.clone(),
            folder: workspace.folder().to_owned(),
            at_first: arguments.sessions,
            sessions: arguments.import,
            pause: Duration::from_secs(20),
        };
        load.spawn(Writer::new(account.clone(), 0, random.fork()).import(imports));
        load.spawn(Writer::new(account.clone(), 1, random.fork()).record(Duration::from_secs(1)));
    }
    let forever = |task: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>| async {
        task.await;
        Ok(())
    };
    let pause = Duration::from_secs(1) * READERS / arguments.rate;
    for _ in 0..READERS {
        load.spawn(forever(Box::pin(readers::read(accounts.clone(), pause, random.fork()))));
    }
    let pause = Duration::from_secs(1);
    load.spawn(forever(Box::pin(readers::hang_up(accounts.clone(), pause, random.fork()))));
    load.spawn(forever(Box::pin(readers::read_slowly(accounts.clone(), random.fork()))));
    load.spawn(forever(Box::pin(readers::stall(accounts.clone(), random.fork()))));

    let observed = tokio::select! {
        observed = minutes::observe(&server, &accounts, arguments.minutes) => observed?,
        failed = first_failure(&mut load) => bail!("a writer gave up: {failed:#}"),
    };
    run.end();
    while let Some(done) = load.join_next().await {
        done?.context("a writer gave up")?;
    }
    end::check(&accounts, &followers, &observed, &log).await
}

/// Resolves only when a task fails.
async fn first_failure(load: &mut JoinSet<Result<()>>) -> anyhow::Error {
    loop {
        match load.join_next().await {
            Some(Ok(Ok(()))) => {}
            Some(Ok(Err(error))) => return error,
            Some(Err(error)) => return error.into(),
            None => std::future::pending().await,
        }
    }
}
