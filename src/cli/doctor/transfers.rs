//! What comes in from other servers, and what goes out to webhooks.

use super::finding::Findings;
use crate::{
    domain::viewer::AccountId,
    error::Result,
    store::{Store, webhook::Webhook},
};

pub(super) async fn check(store: &Store, findings: &mut Findings) -> Result<()> {
    for account in store.accounts().await? {
        let (name, id) = (&account.name, AccountId(account.id));
        sources(store, name, id, findings).await?;
        webhooks(store, name, id, findings).await?;
    }
    Ok(())
}

async fn sources(
    store: &Store,
    name: &str,
    account: AccountId,
    findings: &mut Findings,
) -> Result<()> {
    const TOPIC: &str = "sources";
    for source in store.sync_sources(account).await? {
        let address = &source.address;
        match source.error {
            Some(error) => findings.warning(
                TOPIC,
                format!(
                    "{address}, which '{name}' mirrors, has failed since its last answer: {error}"
                ),
            ),
            None => findings.ok(TOPIC, format!("'{name}' mirrors {address}")),
        }
    }
    Ok(())
}

async fn webhooks(
    store: &Store,
    name: &str,
    account: AccountId,
    findings: &mut Findings,
) -> Result<()> {
    const TOPIC: &str = "webhooks";
    for Webhook(row) in store.webhooks(Some(account)).await? {
        let (id, failures) = (row.id, row.failures);
        match row.error {
            Some(error) => findings.warning(
                TOPIC,
                format!("webhook {id} of '{name}' has failed {failures} times in a row: {error}"),
            ),
            None => findings.ok(TOPIC, format!("webhook {id} of '{name}' takes changes")),
        }
    }
    Ok(())
}
