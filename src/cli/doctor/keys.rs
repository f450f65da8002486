//! The accounts and their keys. A finding has the label of a key, and nothing else of it.

use super::finding::Findings;
use crate::{domain::time::Timestamp, error::Result, store::Store};

const TOPIC: &str = "keys";
/// A key that expires within this time is told, in microseconds.
const SOON: i64 = 30 * 86_400_000_000;

pub(super) async fn check(store: &Store, now: Timestamp, findings: &mut Findings) -> Result<()> {
    let (accounts, keys) = (store.accounts().await?, store.keys(None).await?);
    if accounts.is_empty() {
        let text = "there is no account: run 'session-history account create NAME'";
        findings.warning("accounts", text);
        return Ok(());
    }
    let before = findings.len();
    for account in &accounts {
        let name = &account.name;
        let is_valid = |expires_at: Option<i64>| expires_at.is_none_or(|at| at > now.micros());
        let of_account = keys.iter().filter(|key| key.account_id == account.id);
        let valid: Vec<_> =
            of_account.filter(|key| key.revoked_at.is_none() && is_valid(key.expires_at)).collect();
        if valid.is_empty() {
            let text = format!(
                "'{name}' has no valid key: run 'session-history key create --account {name}'"
            );
            findings.warning(TOPIC, text);
        }
        for key in valid {
            let Some(expires_at) = key.expires_at.filter(|at| at - now.micros() < SOON) else {
                continue;
            };
            let time =
                Timestamp::from_micros(expires_at).map(Timestamp::rfc3339).unwrap_or_default();
            let (id, label) = (key.id, &key.label);
            findings.warning(
                TOPIC,
                format!(
                    "key {id} ('{label}') of '{name}' expires at {time}: give its callers another one"
                ),
            );
        }
    }
    if findings.len() == before {
        findings.ok(TOPIC, format!("accounts with valid keys: {}", accounts.len()));
    }
    Ok(())
}
