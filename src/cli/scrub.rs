//! Erasing the remains of what a command removed.

use clap::Args;

use super::output::{Failure, notice};
use crate::store::{Store, scrub::Scrub};

/// How much of the remains is erased.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct ScrubArguments {
    /// Do not rewrite an SQLite file after the removal. Imports wait while it is rewritten. Without that,
    /// the file can have remains of removed texts.
    #[arg(long)]
    no_vacuum: bool,
}

impl ScrubArguments {
    /// Erases the remains, as far as this program can.
    pub(super) async fn scrub(self, store: &Store) -> Result<(), Failure> {
        let scrub = if self.no_vacuum { Scrub::Quick } else { Scrub::Full };
        if !store.scrub(scrub).await? {
            notice(
                "warning: a long answer still reads an older state, so the file '-wal' beside the database has \
                 remains. They are overwritten later; to erase them now, run 'erase' again",
            );
        }
        Ok(())
    }
}
