//! The start of the gateway, its idle memory, and the cost of idle connections.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use benches::{client::Client, process, programs::Programs};
use tokio::time::sleep;

use crate::{
    arguments::Arguments,
    fixture::Fixture,
    requests,
    rounds::{self, Run},
    workload::Workload,
};

/// The number of starts.
const STARTS: usize = 5;
/// The number of idle connections.
const CONNECTIONS: usize = 1_000;

/// What was measured.
#[derive(Debug)]
pub(crate) struct Idle {
    /// From the start to the first answer.
    pub(crate) starts: Vec<Duration>,
    /// Idle memory after one request, in KiB.
    pub(crate) memory: Vec<u64>,
    /// `page` without idle connections,
    pub(crate) alone: Vec<Run>,
    /// and with them.
    pub(crate) crowded: Vec<Run>,
}

/// Measures start, memory and idle connections.
pub(crate) async fn measure(
    arguments: &Arguments,
    programs: &Programs,
    fixture: &Fixture,
    page: &Arc<Workload>,
) -> Result<Idle> {
    let mut idle = Idle { starts: vec![], memory: vec![], alone: vec![], crowded: vec![] };
    let small = requests::small(&fixture.key);
    for _ in 0..STARTS {
        let start = Instant::now();
        let gateway = fixture.gateway(programs).await?;
        Client::connect(gateway.address).await?.get(&small).await?;
        idle.starts.push(start.elapsed());
        sleep(Duration::from_millis(500)).await;
        idle.memory.push(process::memory(gateway.process())?);
    }
    let gateway = fixture.gateway(programs).await?;
    for _ in 0..arguments.rounds {
        idle.alone.push(rounds::measure(arguments, page, &gateway, None).await?);
        let mut crowd = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            let mut client = Client::connect(gateway.address).await?;
            client.get(&small).await?;
            crowd.push(client);
        }
        idle.crowded.push(rounds::measure(arguments, page, &gateway, None).await?);
    }
    Ok(idle)
}
