//! Measures the gateway beside the ceiling, a server written by hand for the same requests.
//!
//! It makes a database of its own in a temporary folder, fills it, checks that both servers answer
//! alike, and puts the same load on both by turns. See the README of this crate.
#![allow(clippy::print_stdout, reason = "the tables are this program's result")]
#![allow(clippy::print_stderr, reason = "who waits wants to see how far it is")]

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use benches::{home::Home, kind::Kind, programs::Programs};
use clap::{CommandFactory, Parser, error::ErrorKind};
use tokio::signal::unix::{SignalKind, signal};

mod arguments;
mod client;
mod documents;
mod equal;
mod fixture;
mod growth;
mod idle;
mod import;
mod load;
mod loader;
mod peer;
mod report;
mod requests;
mod rounds;
mod server;
mod workload;

use arguments::Arguments;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // Two threads put on the load of a small machine; more would take from the servers.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let serves =
        arguments.peer.is_some() || arguments.grown_from.is_some() || arguments.wants_serving();
    if serves && arguments.database == Kind::Mariadb {
        refuse("on MariaDB imports alone are measured, by --workloads import");
    }
    let is_request = |name: &String| requests::NAMES.contains(&name.as_str());
    if arguments.grown_from.is_some() && !arguments.workloads.iter().all(is_request) {
        refuse("growth is measured by single requests, not by documents and imports");
    }
    runtime.block_on(async {
        let home = Home::make(arguments.database, arguments.url.as_deref()).await?;
        let done = tokio::select! {
            // Whatever was started ends with the values that this drops.
            stopped = stopped() => stopped,
            done = run(&arguments, &home) => done,
        };
        home.leave().await?;
        done
    })
}

fn refuse(message: &str) -> ! {
    Arguments::command().error(ErrorKind::ArgumentConflict, message).exit()
}

/// Resolves when the program is asked to end.
async fn stopped() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    bail!("stopped")
}

async fn run(arguments: &Arguments, home: &Home) -> Result<()> {
    let programs = Programs::find(arguments.gateway.as_deref())?;
    let mut report = report::Report::new(arguments);
    if let Some(folder) = &arguments.peer {
        report.rounds(&peer::measure(arguments, &programs, home, folder).await?, peer::NAME);
    } else if let Some(sessions) = arguments.grown_from {
        report.rounds(&growth::measure(arguments, &programs, home, sessions).await?, growth::NAME);
    } else {
        if arguments.wants("import") {
            report.import(&import::measure(arguments, &programs, home).await?);
        }
        if arguments.wants_serving() {
            serving(arguments, &programs, home, &mut report).await?;
        }
    }
    print!("{}", report.markdown());
    Ok(())
}

/// All that needs servers.
async fn serving(
    arguments: &Arguments,
    programs: &Programs,
    home: &Home,
    report: &mut report::Report,
) -> Result<()> {
    let fixture = fixture::Fixture::make(arguments, programs, home).await?;
    let gateway = fixture.gateway(programs).await?;
    let ceiling = fixture.ceiling(programs).await?;
    let workloads = requests::workloads(arguments, &gateway, &fixture).await?;
    equal::check(&workloads, &gateway, &ceiling).await?;
    let workloads: Vec<_> = workloads.into_iter().map(Arc::new).collect();
    let wanted = workloads.iter().filter(|it| arguments.wants(it.name));
    let wanted: Vec<_> = wanted.map(|it| [it.clone(), it.clone()]).collect();
    let cluster = home.cluster_process();
    let servers = rounds::Servers { gateway, other: ceiling, other_name: "ceiling", cluster };
    report.rounds(&rounds::run(arguments, &wanted, &servers).await?, servers.other_name);
    drop(servers);
    for name in documents::NAMES.into_iter().filter(|name| arguments.wants(name)) {
        let documents = documents::measure(arguments, programs, &fixture, home, name).await?;
        report.document(&documents);
    }
    if arguments.idle {
        let page = workloads.iter().find(|it| it.name == "page").context("no pages")?;
        report.idle(&idle::measure(arguments, programs, &fixture, page).await?);
    }
    home.drop_database("fixture").await
}
