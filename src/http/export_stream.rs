//! Streaming an answer at the pace of the caller.

use std::{fmt::Display, pin::pin};

use axum::body::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};
use tracing::Instrument;

use crate::domain::read_rate::ReadRate;

/// The answer ended before the end of its document.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the answer was cut short")]
pub(super) struct CutShort;

/// Produces an answer in a task of its own, which ends when the caller hangs up, its connection is
/// closed because it reads nothing, or it reads too slowly. What the answer holds is then free.
///
/// The stream ends with an error unless the answer is complete.
pub(super) fn produce<S, E>(
    answer: S,
    rate: ReadRate,
) -> impl Stream<Item = Result<Bytes, CutShort>> + Send + 'static
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Display + Send,
{
    let (sender, receiver) = mpsc::channel::<Option<Bytes>>(1);
    let produce = async move {
        let (mut answer, mut time) = (pin!(answer), rate.start());
        loop {
            let chunk = match answer.next().await {
                Some(Ok(chunk)) => Some(chunk),
                Some(Err(error)) => return tracing::error!(%error, "an answer was cut short"),
                None => None,
            };
            let (bytes, start) = (chunk.as_ref().map(Bytes::len), Instant::now());
            match (timeout(time.rest(), sender.send(chunk)).await, bytes) {
                (Ok(Ok(())), Some(bytes)) => time.took(bytes, start.elapsed()),
                // The answer is complete, or the caller has hung up.
                (Ok(_), _) => return,
                (Err(_), _) => {
                    return tracing::warn!("an answer was cut short: the caller reads too slowly");
                }
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
