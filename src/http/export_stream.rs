//! The body of an export: one page, or a stream at the pace of the caller.

use std::{fmt::Display, pin::pin, time::Duration};

use axum::body::{Body, Bytes};
use futures_util::{Stream, StreamExt, stream};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};
use tracing::Instrument;

use crate::{
    app::App,
    domain::{read_rate::ReadRate, viewer::AccountId},
    error::{Error, Result},
    store::Reads,
};

/// The answer ended before the end of its document.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the answer was cut short")]
struct CutShort;

/// The body of an export: its only page, if it has only one, which does not wait for other exports, else
/// the stream that `whole` makes with the reads of an export. `refusal` is an error for the caller. Returns also how long it waited for them.
pub(super) async fn body<S, E, R>(
    app: &App,
    account: AccountId,
    single_page: Option<Bytes>,
    whole: impl AsyncFnOnce(Reads) -> Result<S, R>,
    refusal: impl Fn(Error) -> R,
) -> (Result<Body, R>, Option<Duration>)
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Display + Send,
{
    if let Some(page) = single_page {
        let memory = app.memory.reservation(account);
        let body = memory.grow(page.len()).map(|()| Body::from(memory.hold(page)));
        return (body.map_err(refusal), None);
    }
    let (reads, waited) = app.export_slot(account).await;
    let answer = match reads {
        Ok(reads) => whole(reads).await,
        Err(error) => Err(refusal(error)),
    };
    let body = answer.map(|it| Body::from_stream(produce(it, app.settings.read_rate)));
    (body, Some(waited))
}

/// The reads of an answer of one page. Without lists, a page is one statement, which shows one state by
/// itself.
pub(super) async fn page_reads(app: &App, account: AccountId, has_lists: bool) -> Result<Reads> {
    match has_lists {
        true => app.store.short_snapshot(account).await,
        false => Ok(app.store.reads()),
    }
}

/// Produces an answer in a task of its own, which ends when the caller hangs up, its connection is
/// closed because it reads nothing, or it reads too slowly. What the answer holds is then free.
///
/// The stream ends with an error unless the answer is complete.
fn produce<S, E>(
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
