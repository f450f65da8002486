//! Giving an answer out at the pace of the caller, but not for ever.

use std::{pin::pin, time::Duration};

use axum::body::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::{sync::mpsc, time::timeout};
use tracing::Instrument;

use crate::legacy::Fault;

/// The answer was cut short of its end.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the answer was cut short")]
pub(super) struct CutShort;

/// Runs an answer in a task of its own, which ends when the caller hangs up, or takes nothing for
/// so long: whoever stops reading must not hold a connection of the database.
///
/// Unless the answer came to its end, the stream ends with an error.
pub(super) fn paced<S>(
    answer: S,
    stall: Duration,
) -> impl Stream<Item = Result<Bytes, CutShort>> + Send + 'static
where
    S: Stream<Item = Result<Bytes, Fault>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel::<Option<Bytes>>(1);
    let give = async move {
        let mut answer = pin!(answer);
        loop {
            let chunk = match answer.next().await {
                Some(Ok(chunk)) => Some(chunk),
                Some(Err(fault)) => return tracing::error!(%fault, "an answer was cut short"),
                None => None,
            };
            let done = chunk.is_none();
            match timeout(stall, sender.send(chunk)).await {
                Ok(Ok(())) if !done => {}
                Ok(_) => return,
                Err(_) => return tracing::warn!("an answer was cut short: the caller stalled"),
            }
        }
    };
    tokio::spawn(give.instrument(tracing::Span::current()));
    stream::unfold(Some(receiver), |receiver| async {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Some(chunk)) => Some((Ok(chunk), Some(receiver))),
            Some(None) => None,
            None => Some((Err(CutShort), None)),
        }
    })
}
