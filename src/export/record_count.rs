//! How many records of a document are written.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// The number of records that are written. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct RecordCount(Arc<AtomicU64>);

impl RecordCount {
    /// More records are written.
    pub fn add(&self, records: u64) {
        self.0.fetch_add(records, Relaxed);
    }

    /// The number.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
