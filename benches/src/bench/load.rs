//! Load: each connection sends a request as soon as it has the answer to the last one.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use benches::client::{ANSWER_TIMEOUT, Client};
use hdrhistogram::Histogram;
use tokio::{task::JoinSet, time::timeout_at};

use crate::workload::Workload;

/// The longest time that the histogram records, in microseconds.
const SLOWEST: u64 = 60_000_000;

/// The result of a load.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) requests: u64,
    pub(crate) elapsed: Duration,
    /// The times of the answers, in microseconds.
    pub(crate) latency: Histogram<u64>,
}

impl Load {
    /// Requests a second.
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }
}

/// Sends the requests of a workload to a server for some time.
pub(crate) async fn put(
    address: SocketAddr,
    workload: &Arc<Workload>,
    connections: usize,
    time: Duration,
) -> Result<Load> {
    let mut clients = Vec::new();
    for _ in 0..connections {
        clients.push(Client::connect(address).await?);
    }
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for (place, client) in clients.into_iter().enumerate() {
        // The connections start at different requests.
        let first = place * workload.requests.len() / connections;
        tasks.spawn(ask(client, workload.clone(), first, start, time));
    }
    let mut latency = Histogram::new_with_max(SLOWEST, 3)?;
    // A server that does not answer must not stop the bench.
    let end = tokio::time::Instant::now() + time + ANSWER_TIMEOUT;
    while let Some(done) = timeout_at(end, tasks.join_next()).await? {
        latency.add(done??)?;
    }
    Ok(Load { requests: latency.len(), elapsed: start.elapsed(), latency })
}

async fn ask(
    mut client: Client,
    workload: Arc<Workload>,
    first: usize,
    start: Instant,
    time: Duration,
) -> Result<Histogram<u64>> {
    let mut latency = Histogram::new_with_max(SLOWEST, 3)?;
    for request in workload.requests.iter().cycle().skip(first) {
        let sent = Instant::now();
        if sent - start >= time {
            break;
        }
        client.call(request, |_| {}).await?;
        latency.saturating_record(u64::try_from(sent.elapsed().as_micros())?);
    }
    Ok(latency)
}
