//! `session-history doctor`: what is wrong with an installation, and what to do.

use std::{path::Path, process::ExitCode};

use clap::Args;

use super::{
    legacy_profile,
    output::{Done, describe, print},
    trusted_documents,
};
use crate::{
    app::App,
    config::{Connections, Database, Limits, Server},
    domain::time::Clock,
    store::Store,
};

mod database;
#[cfg(unix)]
mod files;
mod finding;
mod keys;
mod server;
mod tls;
mod transfers;

use finding::{Findings, Level};

/// The arguments of `doctor`: those of `serve`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Also read all pages and rows of an SQLite file. This takes as long as a copy of the file.
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    connections: Connections,
    #[command(flatten)]
    limits: Limits,
}

pub(super) async fn run(database: &Database, arguments: Arguments) -> Done {
    let mut findings = Findings::default();
    settings(&arguments, &mut findings);
    tls::check(&arguments.server.tls, &mut findings).await;
    server::check(&arguments.server, &mut findings).await;
    let store = database::check(database, arguments.full, &mut findings).await;
    if let (Some(store), Some(file)) = (store, &arguments.server.trusted_documents) {
        trusted_documents(store, &arguments, file, &mut findings);
    }
    print(&findings.text())?;
    Ok(ExitCode::from(match findings.worst() {
        Level::Ok => 0,
        Level::Warning => 1,
        Level::Problem => 2,
    }))
}

/// The settings that depend on each other, and the files that they name. Others were checked when they were read.
fn settings(arguments: &Arguments, findings: &mut Findings) {
    const TOPIC: &str = "settings";
    let checks = [
        arguments.limits.check(),
        arguments.server.check(),
        legacy_profile::load(&arguments.server.legacy.profile)
            .map(drop)
            .map_err(|failure| describe(&*failure)),
    ];
    let before = findings.len();
    for problem in checks.into_iter().filter_map(Result::err) {
        findings.problem(TOPIC, problem);
    }
    if findings.len() == before {
        findings.ok(TOPIC, "they can be read and fit together");
    }
}

/// The manifest, which is checked with the schema of a gateway.
fn trusted_documents(store: Store, arguments: &Arguments, file: &Path, findings: &mut Findings) {
    const TOPIC: &str = "trusted documents";
    let Arguments { server, connections, limits, .. } = arguments;
    let app = App::new(store, server, connections, limits, Clock::system(), None);
    match trusted_documents::load(&app, file) {
        Ok(count) => findings.ok(TOPIC, format!("{count} in {}", file.display())),
        Err(failure) => findings.problem(TOPIC, describe(&*failure)),
    }
}
