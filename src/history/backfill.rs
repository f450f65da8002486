//! The pass over stored sessions that computes what a new step of the schema derives from them: roles of
//! messages, numbers, and words. Each batch is one transaction, which also stores the position, so a pass that was
//! interrupted goes on where it ended.

use std::collections::BTreeSet;

use super::{numbers::set_numbers, roles::derive_stored_roles};
use crate::{
    domain::time::Clock,
    error::Result,
    store::{Store, backfill::BackfillBatch},
};

/// The maximum number of sessions of a batch.
const BATCH: u64 = 500;

/// Computes what stored sessions lack. `progress` gets the number of sessions that are done after each batch.
///
/// # Errors
/// When the database fails. The batches before are stored.
pub async fn backfill(store: &Store, clock: Clock, mut progress: impl FnMut(u64)) -> Result<()> {
    loop {
        let done = store
            .retry_write(async || match store.backfill_batch(BATCH, clock.now()).await? {
                Some(batch) => derive(batch).await.map(Some),
                None => Ok(None),
            })
            .await?;
        match done {
            Some(done) => progress(done),
            None => return Ok(()),
        }
    }
}

async fn derive(batch: BackfillBatch) -> Result<u64> {
    let transaction = batch.transaction();
    let stored = transaction.load(batch.ids()).await?;
    let technicians: BTreeSet<_> =
        stored.values().filter_map(|aggregate| aggregate.session.technician_id).collect();
    let technicians = transaction.technicians_by_id(&Vec::from_iter(technicians)).await?;
    let derived = stored.into_values().map(|before| {
        let mut after = before.clone();
        let technician = after.session.technician_id.and_then(|id| technicians.get(&id));
        derive_stored_roles(&mut after, technician);
        set_numbers(&mut after);
        (before, after)
    });
    let sessions: Vec<_> = derived.collect();
    batch.finish(&sessions).await
}
