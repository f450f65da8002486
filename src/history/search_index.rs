//! Adds the stored sessions of an account to the search index. Each batch is one transaction, which also stores the
//! position, so a pass that was interrupted goes on where it ended.

use crate::{domain::viewer::AccountId, error::Result, store::Store};

/// The maximum number of sessions of a batch.
const BATCH: u64 = 500;

/// Adds the sessions that the index does not have. `progress` gets the number of sessions that are done after each
/// batch.
///
/// # Errors
/// When the database fails. The batches before are stored.
pub async fn add_search(
    store: &Store,
    account: AccountId,
    mut progress: impl FnMut(u64),
) -> Result<()> {
    let mut done = 0;
    loop {
        let added = store
            .retry_write(async || {
                let mut batch = store.batch(account).await?;
                let added = batch.add_to_index(BATCH).await?;
                batch.commit().await?;
                Ok(added)
            })
            .await?;
        let Some(added) = added else { return Ok(()) };
        done += added;
        progress(done);
    }
}
