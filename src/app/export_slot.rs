//! The slot of a long answer among those that are sent at the same time.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::App;
use crate::{
    domain::viewer::AccountId,
    error::Result,
    store::{Reads, memory::Reservation},
};

/// The time between two attempts to take the memory of a long answer.
const MEMORY_RETRY: Duration = Duration::from_millis(100);

impl App {
    /// Waits for what a long answer needs: a snapshot of the database, and memory. Accounts take turns,
    /// and the answers of one account keep their order. Returns the reads of the answer, and how long it
    /// waited for them.
    pub async fn export_slot(&self, account: AccountId) -> (Result<Reads>, Duration) {
        let (start, longest) = (Instant::now(), self.settings.export_wait);
        let reads = async {
            let snapshot = self.store.snapshot(account, longest).await?;
            let memory = self.export_memory(account, start + longest).await?;
            Ok(snapshot.with_memory(memory))
        };
        (reads.await, start.elapsed())
    }

    /// The memory of a long answer. Most of the time the limit of connections is reached before that of
    /// the memory.
    async fn export_memory(&self, account: AccountId, deadline: Instant) -> Result<Reservation> {
        loop {
            match self.memory.paged_answer(account) {
                Err(_) if Instant::now() + MEMORY_RETRY < deadline => sleep(MEMORY_RETRY).await,
                taken => return taken,
            }
        }
    }
}
