//! Measures the gateway and the baseline, a server written by hand for the same requests.
//!
//! The bench creates and fills a database in a temporary folder, checks that both servers give the
//! same answers, and puts the same load on each in turn. See the README of this crate.
#![allow(clippy::print_stdout, reason = "the tables are this program's result")]
#![allow(clippy::print_stderr, reason = "the user sees the progress")]

use std::sync::Arc;

use anyhow::{Context, Result};
use benches::{engine::Engine, programs::Programs, stop::stopped, workspace::Workspace};
use clap::{CommandFactory, Parser, error::ErrorKind};

mod arguments;
mod compare;
mod documents;
mod fixture;
mod growth;
mod idle;
mod import;
mod load;
mod loader;
mod postgraphile;
mod report;
mod requests;
mod rounds;
mod statistics;
mod workload;

use arguments::Arguments;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // Two threads are enough for the load; more would take CPU from the servers.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let serves = arguments.postgraphile.is_some()
        || arguments.grown_from.is_some()
        || arguments.wants_serving();
    if serves && arguments.database == Engine::Mariadb {
        refuse("on MariaDB only imports are measured: --workloads import");
    }
    let is_request = |name: &String| requests::NAMES.contains(&name.as_str());
    if arguments.grown_from.is_some() && !arguments.workloads.iter().all(is_request) {
        refuse("--grown-from measures single requests, not exports and imports");
    }
    runtime.block_on(async {
        let workspace = Workspace::create(arguments.database, arguments.url.as_deref()).await?;
        let done = tokio::select! {
            // Dropped values stop the programs that were started.
            stopped = stopped() => stopped,
            done = run(&arguments, &workspace) => done,
        };
        workspace.drop_all().await?;
        done
    })
}

fn refuse(message: &str) -> ! {
    Arguments::command().error(ErrorKind::ArgumentConflict, message).exit()
}

async fn run(arguments: &Arguments, workspace: &Workspace) -> Result<()> {
    let programs = Programs::find(arguments.gateway.as_deref())?;
    let mut report = report::Report::new(arguments);
    if let Some(folder) = &arguments.postgraphile {
        report.rounds(
            &postgraphile::measure(arguments, &programs, workspace, folder).await?,
            postgraphile::NAME,
        );
    } else if let Some(sessions) = arguments.grown_from {
        report.rounds(
            &growth::measure(arguments, &programs, workspace, sessions).await?,
            growth::NAME,
        );
    } else {
        if arguments.wants("import") {
            report.import(&import::measure(arguments, &programs, workspace).await?);
        }
        if arguments.wants_serving() {
            serving(arguments, &programs, workspace, &mut report).await?;
        }
    }
    print!("{}", report.markdown());
    Ok(())
}

/// Measures everything that needs running servers.
async fn serving(
    arguments: &Arguments,
    programs: &Programs,
    workspace: &Workspace,
    report: &mut report::Report,
) -> Result<()> {
    let fixture = fixture::Fixture::make(arguments, programs, workspace).await?;
    let gateway = fixture.gateway(programs).await?;
    let baseline = fixture.baseline(programs).await?;
    let workloads = requests::workloads(arguments, &gateway, &fixture).await?;
    compare::compare_servers(&workloads, &gateway, &baseline).await?;
    let workloads: Vec<_> = workloads.into_iter().map(Arc::new).collect();
    let wanted = workloads.iter().filter(|it| arguments.wants(it.name));
    let wanted: Vec<_> = wanted.map(|it| [it.clone(), it.clone()]).collect();
    let cluster = workspace.cluster_process();
    let servers = rounds::Servers { gateway, other: baseline, other_name: "baseline", cluster };
    report.rounds(&rounds::run(arguments, &wanted, &servers).await?, servers.other_name);
    drop(servers);
    for name in documents::NAMES.into_iter().filter(|name| arguments.wants(name)) {
        let documents = documents::measure(arguments, programs, &fixture, workspace, name).await?;
        report.document(&documents);
    }
    if arguments.idle {
        let page = workloads.iter().find(|it| it.name == "page").context("no pages")?;
        report.idle(&idle::measure(arguments, programs, &fixture, page).await?);
    }
    workspace.drop_database("fixture").await
}
