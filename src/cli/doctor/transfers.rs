//! What comes in from other servers, and what goes out to webhooks.

use super::finding::Findings;
use crate::{
    cli::sync::report::shown,
    domain::{session::StartMethod, sync::SyncWindow, viewer::AccountId},
    error::Result,
    store::{Store, sync::SourceId, webhook::Webhook},
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
        let of = SourceId { account, source: source.id };
        for method in StartMethod::ALL {
            let windows = store.sync_windows(of, method).await?;
            if let Some(failed) = failed_ranges(method, &windows) {
                findings.warning(TOPIC, format!("{address}, which '{name}' mirrors: {failed}"));
            }
        }
    }
    Ok(())
}

/// How many ranges failed several times, and why the newest one did.
fn failed_ranges(method: StartMethod, windows: &[SyncWindow]) -> Option<String> {
    let failures = windows.iter().rev().filter_map(|it| Some((it.range, it.failure.as_ref()?)));
    let mut failures = failures.filter(|(_, failure)| failure.attempts > 1);
    let (newest, failure) = failures.next()?;
    let (count, range) = (failures.count() + 1, shown(method, newest));
    Some(format!("{count} ranges cannot be read; the newest one: {range}: {}", failure.error))
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
