//! Waiting, at the start, for servers that start at the same time.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::{failure::may_come, hosts::Hosts};
use crate::error::{Code, Error, Result};

/// The time between two looks.
const AGAIN: Duration = Duration::from_millis(500);
/// The time between two lines of the log that say what is waited for.
const SAY: Duration = Duration::from_secs(5);

/// Waits until a primary answers. Hosts that do not are left alone, until they do.
///
/// # Errors
/// When none answers in time, or a host refuses for a reason that waiting does not mend.
pub(super) async fn wait(hosts: &Hosts, most: Duration) -> Result<()> {
    let begun = Instant::now();
    let mut said = None::<Instant>;
    loop {
        let looks = join_all(hosts.all().iter().map(|host| host.first_look())).await;
        let answers = looks.iter().skip(hosts.replicas()).any(|look| look.is_ok());
        let late = begun.elapsed() >= most;
        let say = !answers && said.is_none_or(|said| said.elapsed() >= SAY);
        for (host, look) in hosts.all().iter().zip(looks) {
            let Err(failure) = look else { continue };
            let place = host.place();
            if !may_come(&failure) {
                return Err(refusal(format!("The database at {place} cannot be used: {failure}")));
            }
            if answers {
                host.leave(&failure);
            } else if late {
                let after = most.as_secs();
                return Err(refusal(format!(
                    "The database at {place} does not answer, after {after} seconds: {failure}"
                )));
            } else if say {
                tracing::warn!(host = place, %failure, "waiting for the database");
            }
        }
        if answers {
            return Ok(());
        }
        if say {
            said = Some(Instant::now());
        }
        sleep(AGAIN).await;
    }
}

fn refusal(message: String) -> Error {
    Error::client(Code::ServiceUnavailable, message)
}
