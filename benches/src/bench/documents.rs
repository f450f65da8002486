//! Exports through the legacy URL, one at a time, each on a new server process.

use std::time::{Duration, Instant};

use anyhow::Result;
use benches::{
    client::{ANSWER_TIMEOUT, Client},
    process,
    programs::Programs,
    server::Server,
    wire::legacy,
    workspace::Workspace,
};
use tokio::time::timeout;

use crate::{arguments::Arguments, compare, fixture::Fixture, requests, rounds};

/// The workloads' names.
pub(crate) const NAMES: [&str; 2] = ["export", "export-all"];

const SCALARS: &str = "ID DATE_START DATE_END TECH_NAME TECH_USERNAME CUSTOMER_NAME \
    CUSTOMER_EMAIL CUSTOMER_NUMBER COMPUTER_NAME COMPUTER_DOMAIN COMPUTER_OS PROBLEM_DESCRIPTION \
    NOTES HAS_VIDEOS";

/// One document from one server.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) elapsed: Duration,
    /// CPU time of the server,
    pub(crate) server: Duration,
    /// and of the database server.
    pub(crate) database: Duration,
    pub(crate) bytes: usize,
    /// Peak memory above that of the new process, in KiB.
    pub(crate) above_idle: u64,
}

/// All documents of a workload, round by round.
#[derive(Debug)]
pub(crate) struct Documents {
    pub(crate) name: &'static str,
    pub(crate) gateway: Vec<Document>,
    pub(crate) baseline: Vec<Document>,
}

impl Document {
    /// The CPU time of both.
    pub(crate) fn cpu(&self) -> Duration {
        self.server + self.database
    }
}

/// A new server process and its idle memory.
struct Fresh {
    server: Server,
    idle: u64,
    client: Client,
}

/// Measures one kind of document.
pub(crate) async fn measure(
    arguments: &Arguments,
    programs: &Programs,
    fixture: &Fixture,
    workspace: &Workspace,
    name: &'static str,
) -> Result<Documents> {
    let vars = match name {
        "export" => SCALARS.to_owned(),
        _ => format!("{SCALARS} CHAT_INFO VIDEO_LINKS"),
    };
    let request = legacy(&fixture.key, &[("VARS", &vars)]);
    let mut gateway = Fresh::from(fixture.gateway(programs).await?, &fixture.key).await?;
    let mut baseline = Fresh::from(fixture.baseline(programs).await?, &fixture.key).await?;
    let mut documents = Documents { name, gateway: Vec::new(), baseline: Vec::new() };
    for round in 0..arguments.rounds {
        let gateway_first = round % 2 == 0;
        for first in [gateway_first, !gateway_first] {
            let (fresh, done, who) = match first {
                true => (&mut gateway, &mut documents.gateway, "gateway"),
                false => (&mut baseline, &mut documents.baseline, "baseline"),
            };
            let document = fresh.document(&request, workspace.cluster_process()).await?;
            let seconds = document.elapsed.as_secs_f64();
            eprintln!("round {} {name} {who}: {seconds:.2} s", round + 1);
            done.push(document);
        }
    }
    // Last, so that a measured document is the first answer of its server.
    let expected = gateway.client.get(&request).await?;
    compare::compare_bodies(name, &expected, &baseline.client.get(&request).await?)?;
    Ok(documents)
}

impl Fresh {
    async fn from(server: Server, key: &str) -> Result<Self> {
        let mut client = Client::connect(server.address).await?;
        client.get(&requests::small(key)).await?;
        let idle = process::memory(server.process())?;
        Ok(Self { server, idle, client })
    }

    async fn document(&mut self, request: &[u8], cluster: Option<i32>) -> Result<Document> {
        process::reset_peak(self.server.process());
        let before = rounds::cpu(&self.server, cluster)?;
        let start = Instant::now();
        let bytes = timeout(ANSWER_TIMEOUT, self.client.call(request, |_| {})).await??;
        let elapsed = start.elapsed();
        let after = rounds::cpu(&self.server, cluster)?;
        Ok(Document {
            elapsed,
            server: after.0 - before.0,
            database: after.1 - before.1,
            bytes,
            above_idle: process::peak(self.server.process())?.saturating_sub(self.idle),
        })
    }
}
