//! What a mirror reports.

use std::{io::Read, time::Duration};

use super::failure::RequestFailure;
use crate::{
    domain::{session::StartMethod, sync::TimeRange},
    ingest::{format::Format, pipeline::Warning, problem::Rejection, tally::Tally},
};

/// Learns how a mirror goes.
pub trait SyncObserver {
    /// A range is requested.
    fn requested(&mut self, method: StartMethod, range: TimeRange);
    /// An answer arrives. What is returned is read in its place.
    fn wrap(&mut self, input: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        input
    }
    /// The answer is in this format.
    fn opened(&mut self, format: Format);
    /// A record was rejected, and not because its session was removed here.
    fn rejected(&mut self, rejection: &Rejection);
    /// Something about an answer is odd.
    fn warned(&mut self, warning: &Warning);
    /// The mirror still runs. Called now and then while an answer is read.
    fn running(&mut self, tally: &Tally);
    /// A range was read whole.
    fn read(&mut self, method: StartMethod, range: TimeRange, tally: &Tally);
    /// A request failed. The next one is made after a pause.
    fn failed(
        &mut self,
        of: Option<(StartMethod, TimeRange)>,
        failure: &RequestFailure,
        pause: Duration,
    );
    /// The source was asked for a session by its number and does not have it any more.
    fn missing(&mut self, id: i64);
    /// So many sessions that the source does not have were removed. Others are held.
    fn removed(&mut self, removed: u64, held: u64);
}
