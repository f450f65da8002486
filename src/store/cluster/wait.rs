//! The wait for the servers at the start of a command.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout};

use super::{
    check,
    failure::{may_recover, reason},
    hosts::Hosts,
    timeouts::{PROBE_AFTER, PROBE_INTERVAL},
    urls::Pooling,
};
use crate::error::{Code, Error, Result};

/// The time between two log lines about a host that does not answer.
const LOG_INTERVAL: Duration = Duration::from_secs(5);

/// Waits until a primary answers, and checks it. Other hosts that do not answer are marked as down.
///
/// # Errors
/// When no primary answers in time, or when a host cannot be used however long the wait is.
pub(super) async fn wait(hosts: &Hosts, longest: Duration, pooling: Pooling) -> Result<()> {
    let begun = Instant::now();
    let mut logged = None::<Instant>;
    loop {
        let probes = join_all(hosts.all().iter().map(|host| host.probe_once())).await;
        let answered = probes.iter().skip(hosts.replicas()).any(|probe| probe.is_ok());
        let late = begun.elapsed() >= longest;
        let log = !answered && logged.is_none_or(|logged| logged.elapsed() >= LOG_INTERVAL);
        for (host, probe) in hosts.all().iter().zip(probes) {
            let Err(failure) = probe else { continue };
            let (address, reason) = (host.address(), reason(&failure));
            if !may_recover(&failure) {
                return Err(unusable(&address, &reason));
            }
            if answered {
                host.mark_down(&failure);
            } else if late {
                let seconds = longest.as_secs();
                return Err(Error::client(
                    Code::ServiceUnavailable,
                    format!(
                        "The database at {address} does not answer, after {seconds} seconds: {reason}."
                    ),
                ));
            } else if log {
                tracing::warn!(host = address, reason, "waiting for the database");
            }
        }
        if answered {
            return check_primaries(hosts, pooling).await;
        }
        if log {
            logged = Some(Instant::now());
        }
        sleep(PROBE_INTERVAL).await;
    }
}

async fn check_primaries(hosts: &Hosts, pooling: Pooling) -> Result<()> {
    for host in hosts.all().iter().skip(hosts.replicas()).filter(|host| host.is_up()) {
        let Some(server) = &host.server else { continue };
        // A primary that stops answering now is found by its first statement.
        let check = timeout(3 * PROBE_AFTER, check::problem(server.options(), pooling)).await;
        match check {
            Ok(Ok(Some(problem))) => return Err(unusable(&host.address(), &problem)),
            Ok(Err(failure)) if !may_recover(&failure) => {
                return Err(unusable(&host.address(), &reason(&failure)));
            }
            _ => {}
        }
    }
    Ok(())
}

fn unusable(address: &str, reason: &str) -> Error {
    Error::input(format!("The database at {address} cannot be used: {reason}."))
}
