//! Answers as server-sent events: the "distinct connections" mode of graphql-sse. An answer is an event `next`;
//! the event `complete` follows the last one.
//!
//! A stream that ends without `complete` was cut, or the server stops: the client should connect again.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use futures_util::{FutureExt, Stream, StreamExt, stream};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc, oneshot},
    time::timeout,
};
use tracing::Instrument;

use super::{
    super::request_log::{StreamNotes, notes},
    negotiate::MediaType,
    response,
    time_limit::within_time,
};
use crate::{
    app::{
        App,
        caller::Caller,
        feed::{FeedEnd, follow},
    },
    error::Error,
    graphql::{
        error::refusal,
        execute::{Outcome, ResponseText},
        subscription::Subscription,
    },
};

/// The beginning of an event with an answer, and its end.
const NEXT: &str = "event: next\ndata: ";
const END: &str = "\n\n";
/// The event after the last answer. Without `data`, a browser would drop it.
const COMPLETE: &str = "event: complete\ndata: \n\n";
/// A comment, which shows that the stream is alive.
const COMMENT: &str = ":\n\n";

/// The answer to a request that was processed. A refusal that does not depend on the document has a status code.
pub(super) fn answer(outcome: Outcome) -> Response {
    let text = match outcome {
        Outcome::Executed(ResponseText::Whole(text)) => text,
        Outcome::Executed(ResponseText::Chunks(chunks)) => {
            return response::events(Body::from_stream(single(stream::iter(chunks))));
        }
        Outcome::Refused { body, code, .. } if response::is_of_document(code) => body.into(),
        other => return response::answer(MediaType::Graphql, other),
    };
    let text = single(stream::iter([Ok::<_, Infallible>(text)]));
    response::events(Body::from_stream(text))
}

/// A stream of one answer.
fn single<E>(text: impl Stream<Item = Result<Bytes, E>>) -> impl Stream<Item = Result<Bytes, E>> {
    let part = |text: &'static str| stream::iter([Ok(Bytes::from_static(text.as_bytes()))]);
    part(NEXT).chain(text).chain(part(END)).chain(part(COMPLETE))
}

/// The events of a subscription. When this returns, every later change will be an event.
pub(super) async fn subscribe(
    app: Arc<App>,
    caller: Arc<Caller>,
    subscription: Box<Subscription>,
    permit: OwnedSemaphorePermit,
) -> Response {
    let (sender, receiver) = mpsc::channel(1);
    let (on_open, opened) = oneshot::channel();
    let (log, keep_alive) = (StreamNotes::default(), app.settings.keep_alive);
    let producer = produce(app.clone(), caller, subscription, (on_open, sender), log.clone());
    tokio::spawn(
        async move {
            producer.await;
            drop(permit);
        }
        .in_current_span(),
    );
    // A subscription that is refused is never open.
    if let Err(error) = within_time(&app, opened.map(Ok)).await {
        return response::refuse(MediaType::Graphql, &error);
    }
    let mut response = response::events(Body::from_stream(events(receiver, keep_alive)));
    notes(&mut response).stream = Some(log);
    response
}

/// Follows the feed until the subscription ends, the client leaves, or the server stops.
async fn produce(
    app: Arc<App>,
    caller: Arc<Caller>,
    subscription: Box<Subscription>,
    (on_open, sender): (oneshot::Sender<()>, mpsc::Sender<Bytes>),
    log: StreamNotes,
) {
    let emit = |event: Bytes| {
        let (sender, log) = (&sender, &log);
        async move {
            log.events.add(1);
            sender.send(next(&event)).await.is_ok()
        }
    };
    let on_open = || {
        let _ = on_open.send(());
    };
    let end = tokio::select! {
        biased;
        () = app.stopping.cancelled() => return log.end("stopped"),
        () = sender.closed() => return log.end("left"),
        end = follow(&app, &caller, &subscription, on_open, emit) => end,
    };
    let (end, answer) = match end {
        FeedEnd::Left => return log.end("left"),
        // Without `complete`, so that the client connects again.
        FeedEnd::OtherFile => return log.end("replaced"),
        FeedEnd::Refused(answer) => ("refused", answer),
        FeedEnd::Forbidden => ("forbidden", refusal(&Error::revoked_key())),
        FeedEnd::Failed(error) => ("failed", refusal(&error)),
    };
    log.end(end);
    let _ = sender.send([&next(&answer), COMPLETE.as_bytes()].concat().into()).await;
}

fn next(answer: &[u8]) -> Bytes {
    [NEXT.as_bytes(), answer, END.as_bytes()].concat().into()
}

/// The events, and comments while there are none. The first comment shows that the stream is open.
fn events(
    receiver: mpsc::Receiver<Bytes>,
    keep_alive: Duration,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let comment = || Bytes::from_static(COMMENT.as_bytes());
    let rest = stream::unfold(receiver, move |mut receiver| async move {
        let event = match timeout(keep_alive, receiver.recv()).await {
            Ok(event) => event?,
            Err(_) => comment(),
        };
        Some((Ok(event), receiver))
    });
    stream::iter([Ok(comment())]).chain(rest)
}
