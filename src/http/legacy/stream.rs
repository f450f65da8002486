//! Streaming an answer at the pace of the caller.

use std::pin::pin;

use axum::body::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc;
use tracing::Instrument;

use crate::legacy::LegacyError;

/// The answer ended before the end of its document.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the answer was cut short")]
pub(super) struct CutShort;

/// Produces an answer in a task of its own, which ends when the caller hangs up or its connection is
/// closed because it reads nothing.
///
/// The stream ends with an error unless the answer is complete.
pub(super) fn produce<S>(answer: S) -> impl Stream<Item = Result<Bytes, CutShort>> + Send + 'static
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
            if sender.send(chunk).await.is_err() || is_last {
                return;
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
