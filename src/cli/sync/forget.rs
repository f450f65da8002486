//! `session-history sync forget`.

use crate::{
    cli::output::{Done, notice, print},
    domain::time::Clock,
    jobs::mirror::forget_source,
    store::{Store, sync::SourceId},
};

/// Removes the state of a source of an account, unless it is mirrored now.
pub(super) async fn forget(store: &Store, account: &str, url: &str) -> Done {
    let (name, url) = (account.trim(), url.trim());
    let account = store.account(name).await?;
    let known = store.sync_sources(account).await?.into_iter().find(|it| it.address == url);
    let Some(source) = known else {
        return Err(format!(
            "the account '{name}' has no source '{url}': see 'session-history sync status'"
        )
        .into());
    };
    let source = SourceId { account, source: source.id };
    if !forget_source(store, source, Clock::system()).await? {
        return Err(format!(
            "the source '{url}' is mirrored now: end 'sync', or remove it from the file of --sync-config and \
             restart the server. After a mirror was killed, try again in a minute"
        )
        .into());
    }
    notice(&format!("removed the source '{url}' of the account '{name}'; its sessions stay"));
    print("")
}
