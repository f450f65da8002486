//! Sends messages to receivers.

use std::{sync::Arc, time::Duration};

use reqwest::{
    Client, Response, StatusCode, Url,
    header::{CONTENT_TYPE, RETRY_AFTER},
};

use super::{
    address::{PublicResolver, check_literal},
    message::Message,
};
use crate::{
    domain::time::Clock,
    error::{Error, Result},
    outgoing::{cause, client},
};

/// The maximum time of an attempt.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The longest pause that a receiver can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// Where a message goes.
#[derive(Clone, Copy)]
pub struct Receiver<'a> {
    /// Its URL.
    pub url: &'a str,
    /// Whether it may be in the internal network.
    pub internal: bool,
    /// The key of the signatures, in base64.
    pub secret: &'a str,
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The reason, for the operator. It has neither the URL nor what the receiver said.
    pub reason: String,
    /// How long the receiver wants to be left alone.
    pub wait: Option<Duration>,
}

/// Sends messages.
#[derive(Clone, Debug)]
pub struct Sender {
    public: Client,
    internal: Client,
    clock: Clock,
}

impl Sender {
    /// A sender with connections of its own.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn new(clock: Clock) -> Result<Self> {
        // A proxy resolves names by itself.
        let client = || client().no_proxy().timeout(TIMEOUT);
        let failed = |error| Error::internal(format!("the HTTP client cannot be made: {error}"));
        let public = client().dns_resolver(Arc::new(PublicResolver)).build().map_err(failed)?;
        Ok(Self { public, internal: client().build().map_err(failed)?, clock })
    }

    /// Sends a message once.
    ///
    /// # Errors
    /// When the receiver does not take it.
    pub async fn send(&self, to: Receiver<'_>, message: &Message) -> Result<(), Failure> {
        let url = Url::parse(to.url).map_err(|_| failure("the URL is not valid".to_owned()))?;
        if !to.internal {
            check_literal(&url).map_err(failure)?;
        }
        let second = self.clock.now().micros().div_euclid(1_000_000);
        let signature =
            message.signature(to.secret, second).map_err(|error| failure(error.to_string()))?;
        let client = if to.internal { &self.internal } else { &self.public };
        let answer = client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", second)
            .header("webhook-signature", signature)
            .body(message.body.clone())
            .send()
            .await
            .map_err(|error| failure(reason(&error)))?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(Failure { reason: describe(status), wait: wait(&answer) }),
        }
    }
}

fn failure(reason: String) -> Failure {
    Failure { reason, wait: None }
}

fn describe(status: StatusCode) -> String {
    match status {
        status if status.is_redirection() => {
            format!("the receiver answered {status}; redirects are not followed")
        }
        status => format!("the receiver answered {status}"),
    }
}

/// Why there is no answer. The URL may have a token, so it is left out.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("the receiver did not answer within {} s", TIMEOUT.as_secs());
    }
    format!("cannot reach the receiver: {}", cause(error))
}

/// The pause that a receiver asks for, in seconds.
fn wait(answer: &Response) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}
