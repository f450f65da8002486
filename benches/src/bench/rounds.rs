//! The same load on both servers in turn, for several rounds.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use benches::{process, server::Server};

use crate::{arguments::Arguments, load, workload::Workload};

/// The servers under test and their database server.
#[derive(Debug)]
pub(crate) struct Servers {
    pub(crate) gateway: Server,
    /// The server that it is compared with.
    pub(crate) other: Server,
    pub(crate) other_name: &'static str,
    /// The first process of the database server, if there is one.
    pub(crate) cluster: Option<i32>,
}

/// One run of a workload on one server.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// Requests a second.
    pub(crate) rate: f64,
    /// In milliseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// CPU time of the server a request, in microseconds,
    pub(crate) server: f64,
    /// and of the database server.
    pub(crate) database: f64,
    /// Peak memory, in KiB.
    pub(crate) peak: u64,
}

/// All runs of a workload, round by round.
#[derive(Debug)]
pub(crate) struct Runs {
    pub(crate) name: &'static str,
    pub(crate) gateway: Vec<Run>,
    pub(crate) other: Vec<Run>,
}

impl Run {
    /// CPU time of both a request, in microseconds.
    pub(crate) fn cpu(&self) -> f64 {
        self.server + self.database
    }
}

/// Measures every workload on both servers in every round.
pub(crate) async fn run(
    arguments: &Arguments,
    workloads: &[[Arc<Workload>; 2]],
    servers: &Servers,
) -> Result<Vec<Runs>> {
    let none =
        |[it, _]: &[Arc<Workload>; 2]| Runs { name: it.name, gateway: vec![], other: vec![] };
    let mut all: Vec<_> = workloads.iter().map(none).collect();
    for round in 0..arguments.rounds {
        for (workload, runs) in workloads.iter().zip(&mut all) {
            let gateway_first = round % 2 == 0;
            for gateway in [gateway_first, !gateway_first] {
                let (server, workload, name) = match gateway {
                    true => (&servers.gateway, &workload[0], "gateway"),
                    false => (&servers.other, &workload[1], servers.other_name),
                };
                let run = measure(arguments, workload, server, servers.cluster).await;
                let run = run.with_context(|| workload.name)?;
                eprintln!(
                    "round {} {} {name}: {:.0} req/s, {:.0}+{:.0} µs",
                    round + 1,
                    workload.name,
                    run.rate,
                    run.server,
                    run.database
                );
                if gateway { &mut runs.gateway } else { &mut runs.other }.push(run);
            }
        }
    }
    Ok(all)
}

/// Warms a server up and measures it.
pub(crate) async fn measure(
    arguments: &Arguments,
    workload: &Arc<Workload>,
    server: &Server,
    cluster: Option<i32>,
) -> Result<Run> {
    let (address, connections) = (server.address, arguments.connections);
    let time = Duration::from_secs_f64(arguments.seconds);
    load::put(address, workload, connections, (time / 4).min(Duration::from_secs(1))).await?;

    process::reset_peak(server.process());
    let before = cpu(server, cluster)?;
    let load = load::put(address, workload, connections, time).await?;
    let after = cpu(server, cluster)?;
    let each = |used: Duration| used.as_secs_f64() * 1e6 / load.requests.max(1) as f64;
    let milliseconds = |quantile: f64| load.latency.value_at_quantile(quantile) as f64 / 1e3;
    Ok(Run {
        rate: load.rate(),
        p50: milliseconds(0.5),
        p99: milliseconds(0.99),
        server: each(after.0 - before.0),
        database: each(after.1 - before.1),
        peak: process::peak(server.process())?,
    })
}

/// The CPU time of a server and of the database server since their start.
pub(crate) fn cpu(server: &Server, cluster: Option<i32>) -> Result<(Duration, Duration)> {
    Ok((process::cpu(server.process())?, database_cpu(cluster)?))
}

/// The CPU time of the database server since its start, if there is one.
pub(crate) fn database_cpu(cluster: Option<i32>) -> Result<Duration> {
    cluster.map_or(Ok(Duration::ZERO), process::cpu_of_family)
}
