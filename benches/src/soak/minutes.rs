//! The table of the minutes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Result;
use benches::{process, server::Server};
use tokio::time::{Instant, sleep_until};

use crate::{account::Account, growth::Usage};

/// The number of samples a minute.
const SAMPLES: usize = 12;
const SAMPLE_PAUSE: Duration = Duration::from_secs(5);

/// What was seen while the load ran.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    /// The median of each minute.
    pub(crate) minutes: Vec<Usage>,
    /// By workload and kind.
    pub(crate) errors: BTreeMap<String, u64>,
}

/// Prints a line each minute.
pub(crate) async fn observe(
    server: &Server,
    accounts: &[Arc<Account>],
    minutes: usize,
) -> Result<Observed> {
    println!(
        "| minute | RSS MiB | anonymous MiB | descriptors | threads | CPU s | requests | p50/p99 ms | sessions \
         | provoked | errors |\n|---|---|---|---|---|---|---|---|---|---|---|"
    );
    let mut observed = Observed::default();
    let mut next = Instant::now();
    let mut cpu = process::cpu(server.process())?;
    for minute in 1..=minutes {
        let mut samples = Vec::with_capacity(SAMPLES);
        for _ in 0..SAMPLES {
            next += SAMPLE_PAUSE;
            sleep_until(next).await;
            samples.push(usage(server.process())?);
        }
        let usage = Usage::median(&samples);
        let spent = process::cpu(server.process())?;
        let counts = accounts[0].run.meter.take();
        let sessions: usize = accounts.iter().map(|account| account.model().len()).sum();
        let Usage { resident, anonymous, descriptors, threads } = usage;
        println!(
            "| {minute} | {resident:.1} | {anonymous:.1} | {descriptors} | {threads} | {:.1} | {} \
             | {:.1}/{:.1} | {sessions} | {} | {} |",
            (spent - cpu).as_secs_f64(),
            counts.requests,
            counts.milliseconds(50.0),
            counts.milliseconds(99.0),
            counts.provoked,
            counts.errors.values().sum::<u64>(),
        );
        cpu = spent;
        for (error, times) in counts.errors {
            eprintln!("minute {minute}: {times} times {error}");
            *observed.errors.entry(error).or_default() += times;
        }
        observed.minutes.push(usage);
    }
    Ok(observed)
}

fn usage(process: i32) -> Result<Usage> {
    let mebibytes = |kibibytes: u64| kibibytes as f64 / 1_024.0;
    Ok(Usage {
        resident: mebibytes(process::memory(process)?),
        anonymous: mebibytes(process::anonymous_memory(process)?),
        descriptors: process::descriptors(process)? as f64,
        threads: process::threads(process)? as f64,
    })
}
