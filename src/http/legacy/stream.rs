//! Streaming an answer at the pace of the caller, with a timeout for callers that stop reading.

use std::{pin::pin, time::Duration};

use axum::body::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::{sync::mpsc, time::timeout};
use tracing::Instrument;

use crate::legacy::LegacyError;

/// The answer ended before the end of its document.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the answer was cut short")]
pub(super) struct CutShort;

/// Produces an answer in a task of its own. The task ends when the caller hangs up, or reads
/// nothing for `stall`: a caller that stops reading must not block a connection of the database.
///
/// The stream ends with an error unless the answer is complete.
pub(super) fn with_stall_timeout<S>(
    answer: S,
    stall: Duration,
) -> impl Stream<Item = Result<Bytes, CutShort>> + Send + 'static
where
    S: Stream<Item = Result<Bytes, LegacyError>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel::<Option<Bytes>>(1);
    let produce = async move {
        let mut answer = pin!(answer);
        loop {
            let chunk = match answer.next().await {
                Some(Ok(chunk)) => Some(chunk),
                Some(Err(error)) => return tracing::error!(%error, "an answer was cut short"),
                None => None,
            };
            let is_last = chunk.is_none();
            match timeout(stall, sender.send(chunk)).await {
                Ok(Ok(())) if !is_last => {}
                Ok(_) => return,
                Err(_) => return tracing::warn!("an answer was cut short: the caller stalled"),
            }
        }
    };
    tokio::spawn(produce.instrument(tracing::Span::current()));
    stream::unfold(Some(receiver), |receiver| async {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Some(chunk)) => Some((Ok(chunk), Some(receiver))),
            Some(None) => None,
            None => Some((Err(CutShort), None)),
        }
    })
}
