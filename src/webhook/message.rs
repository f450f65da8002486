//! The messages of a webhook, as Standard Webhooks wants them.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::Sha256;

use crate::{
    domain::time::Timestamp,
    error::{Error, Result},
};

/// What a secret begins with.
const SECRET_PREFIX: &str = "whsec_";
/// The number of random bytes of a secret.
const SECRET_BYTES: usize = 32;

/// A message to a receiver.
#[derive(Clone, Debug)]
pub struct Message {
    /// The same for each attempt to send a change, so that a receiver knows what it has.
    pub id: String,
    /// JSON.
    pub body: String,
}

/// The answer to a subscription.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    data: Option<Data<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    #[serde(borrow)]
    session_changes: &'a RawValue,
}

/// What every change has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    kind: &'a str,
    cursor: &'a str,
    changed_at: &'a str,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    timestamp: &'a str,
    data: &'a RawValue,
}

impl Message {
    /// The message about a change, of the answer to a subscription. The number of a webhook that was removed is given to
    /// another one, and other accounts have the same numbers, so its id also has the time when the webhook was added.
    ///
    /// # Errors
    /// When the answer has no change.
    pub fn of_change(webhook: i64, added_at: i64, event: &[u8]) -> Result<Self> {
        let wrong = |error| Error::internal(format!("an event of a webhook is not valid: {error}"));
        let event: Event<'_> = serde_json::from_slice(event).map_err(wrong)?;
        let data =
            event.data.ok_or_else(|| Error::internal("an event of a webhook has no data"))?;
        let change: Change<'_> = serde_json::from_str(data.session_changes.get()).map_err(wrong)?;
        let kind = if change.kind == "DELETED" { "session.deleted" } else { "session.stored" };
        let (timestamp, data) = (change.changed_at, data.session_changes);
        let body = serde_json::to_string(&Body { r#type: kind, timestamp, data }).map_err(wrong)?;
        Ok(Self { id: format!("msg_{webhook}_{added_at}_{}", change.cursor), body })
    }

    /// A message that tells nothing, to try a receiver.
    pub fn test(webhook: i64, now: Timestamp) -> Self {
        let body = format!(r#"{{"type":"test","timestamp":"{}","data":{{}}}}"#, now.rfc3339());
        Self { id: format!("msg_{webhook}_test_{}", now.micros()), body }
    }

    /// The header `webhook-signature` of an attempt at this second.
    ///
    /// # Errors
    /// When the secret is not in base64.
    pub fn signature(&self, secret: &str, second: i64) -> Result<String> {
        let key = STANDARD.decode(secret);
        let mut signature = key
            .ok()
            .and_then(|key| Hmac::<Sha256>::new_from_slice(&key).ok())
            .ok_or_else(|| Error::internal("the secret of a webhook is not valid"))?;
        signature.update(format!("{}.{second}.{}", self.id, self.body).as_bytes());
        Ok(format!("v1,{}", STANDARD.encode(signature.finalize().into_bytes())))
    }
}

/// A new secret, in base64.
///
/// # Errors
/// When the system gives no random numbers.
pub fn new_secret() -> Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::internal("the system gives no random numbers"))?;
    Ok(STANDARD.encode(bytes))
}

/// A secret as its receiver needs it.
pub fn shown_secret(secret: &str) -> String {
    format!("{SECRET_PREFIX}{secret}")
}
