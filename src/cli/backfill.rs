//! The progress of the pass over stored sessions: a bar on a terminal, a line a minute elsewhere.

use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::{Failure, notice};
use crate::{domain::time::Clock, history::backfill::backfill, store::Store};

/// The time between two lines.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// Computes what stored sessions lack, if they lack anything.
pub(super) async fn run(store: &Store) -> Result<(), Failure> {
    if !store.needs_backfill().await? {
        return Ok(());
    }
    let total = store.overview().await?.sessions;
    notice(&format!(
        "updating {total} stored sessions; if this is interrupted, the next start goes on"
    ));
    let bar = ProgressBar::new(total);
    bar.set_style(ProgressStyle::with_template("{wide_bar} {pos}/{len} sessions, {eta} left")?);
    let is_terminal = io::stderr().is_terminal();
    if !is_terminal {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let mut reported = Instant::now();
    let updated = backfill(store, Clock::system(), |done| {
        bar.set_position(done);
        if !is_terminal && reported.elapsed() >= REPORT_INTERVAL {
            reported = Instant::now();
            notice(&format!("{done} of {total} stored sessions are updated"));
        }
    })
    .await;
    bar.finish_and_clear();
    Ok(updated?)
}
