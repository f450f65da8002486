//! Compares the answers of both servers, byte for byte.

use anyhow::{Result, bail};
use benches::{client::Client, server::Server};

use crate::workload::Workload;

/// Sends every request of the workloads to both servers, and fails if any body differs.
pub(crate) async fn compare_servers(
    workloads: &[Workload],
    gateway: &Server,
    baseline: &Server,
) -> Result<()> {
    let mut gateway = Client::connect(gateway.address).await?;
    let mut baseline = Client::connect(baseline.address).await?;
    for workload in workloads {
        let (mut bytes, mut rows) = (0, 0);
        for request in &workload.requests {
            let expected = gateway.get(request).await?;
            compare_bodies(workload.name, &expected, &baseline.get(request).await?)?;
            bytes += expected.len();
            rows += count(&expected, b"\"legacyId\"") + count(&expected, b"<request>");
        }
        let (requests, name) = (workload.requests.len(), workload.name);
        eprintln!(
            "{name}: {requests} requests with the same answers, {} bytes and {:.1} sessions on average",
            bytes / requests.max(1),
            rows as f64 / requests.max(1) as f64
        );
    }
    Ok(())
}

/// Fails if two bodies differ, and shows where.
pub(crate) fn compare_bodies(name: &str, gateway: &[u8], baseline: &[u8]) -> Result<()> {
    if gateway == baseline {
        return Ok(());
    }
    let at = gateway.iter().zip(baseline).take_while(|(left, right)| left == right).count();
    let around = |body: &[u8]| {
        let (from, to) = (at.saturating_sub(80), (at + 80).min(body.len()));
        String::from_utf8_lossy(&body[from.min(to)..to]).into_owned()
    };
    bail!(
        "{name}: the bodies differ from byte {at} on\ngateway ({} bytes): …{}…\nbaseline ({} bytes): …{}…",
        gateway.len(),
        around(gateway),
        baseline.len(),
        around(baseline)
    )
}

fn count(body: &[u8], part: &[u8]) -> usize {
    body.windows(part.len()).filter(|window| *window == part).count()
}
