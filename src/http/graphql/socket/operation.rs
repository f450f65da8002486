//! An operation over a WebSocket: a task that gives its answers to the task of the socket.

use std::sync::Arc;

use axum::extract::ws::Message;
use bytes::Bytes;
use tokio::sync::mpsc;

use super::{super::time_limit::within_time, close::Close, message};
use crate::{
    app::{
        App,
        caller::{Caller, RequestSlot},
        feed::{FeedEnd, follow},
        keys::KeyState,
    },
    error::{Error, Result},
    graphql::{
        error::refusal,
        execute::{Access, GraphqlRequest, Outcome, ResponseText, execute},
    },
};

/// What an operation gives to its socket.
pub(super) struct Output {
    pub(super) id: Arc<str>,
    /// The number of the operation: an id can be used again.
    pub(super) number: u64,
    pub(super) kind: OutputKind,
}

/// What an operation gives to its socket.
pub(super) enum OutputKind {
    /// An answer. More may follow.
    Answer(Message),
    /// The last message.
    Last(Message),
    /// The socket must be closed.
    Close(Close),
}

/// An operation in progress.
pub(super) struct Operation {
    pub(super) app: Arc<App>,
    pub(super) caller: Arc<Caller>,
    pub(super) id: Arc<str>,
    pub(super) number: u64,
    pub(super) outputs: mpsc::Sender<Output>,
}

impl Operation {
    /// Runs the operation to its end.
    pub(super) async fn run(self, request: GraphqlRequest) {
        let last = match within_time(&self.app, self.begin(request)).await {
            Ok((outcome, slot)) => self.answer(outcome, slot).await,
            Err(error) => Some(self.failed(&refusal(&error))),
        };
        if let Some(last) = last {
            self.output(last).await;
        }
    }

    async fn begin(&self, request: GraphqlRequest) -> Result<(Begun, Option<RequestSlot>)> {
        let Self { app, .. } = self;
        let caller = match app.keys.check(&self.caller).await? {
            KeyState::Valid(caller) => caller,
            KeyState::Invalid => return Ok((Begun::Closes(Close::FORBIDDEN), None)),
            KeyState::OtherFile => return Ok((Begun::Closes(Close::RESTART), None)),
        };
        let slot = caller.begin_request().await?;
        let context = app.socket_request(&caller);
        let (open_schema, writes) = (app.settings.open_schema, Some(app.writes(&caller)));
        let access = Access { queries_only: false, has_stream: true, open_schema, writes };
        let outcome = execute(&app.schema, context, request, access).await;
        Ok((Begun::Outcome(Box::new(outcome)), Some(slot)))
    }

    /// Gives the answers of an operation to the socket. Returns its last message.
    async fn answer(&self, begun: Begun, slot: Option<RequestSlot>) -> Option<OutputKind> {
        let outcome = match begun {
            Begun::Outcome(outcome) => outcome,
            Begun::Closes(close) => return Some(OutputKind::Close(close)),
        };
        let answer: Bytes = match *outcome {
            Outcome::Subscribed(subscription) => {
                drop(slot);
                let permit = match self.caller.begin_subscription() {
                    Ok(permit) => permit,
                    Err(error) => return Some(self.failed(&refusal(&error))),
                };
                let emit = |event: Bytes| async move { self.next(&event).await };
                let end = follow(&self.app, &self.caller, &subscription, || (), emit).await;
                drop(permit);
                return match end {
                    FeedEnd::Refused(answer) => Some(self.failed(&answer)),
                    FeedEnd::Failed(error) => Some(self.failed(&refusal(&error))),
                    FeedEnd::Forbidden => Some(OutputKind::Close(Close::FORBIDDEN)),
                    FeedEnd::OtherFile => Some(OutputKind::Close(Close::RESTART)),
                    FeedEnd::Left => None,
                };
            }
            Outcome::Refused { body, .. } => return Some(self.failed(&body)),
            Outcome::Executed(ResponseText::Whole(text)) => text,
            Outcome::Unavailable(body) => body.into(),
            Outcome::Executed(ResponseText::Chunks(_)) | Outcome::NotAQuery => {
                let error = Error::internal("an answer over a WebSocket is not one text");
                return Some(self.failed(&refusal(&error)));
            }
        };
        self.next(&answer).await;
        Some(OutputKind::Last(message::complete(&self.id)))
    }

    async fn next(&self, answer: &[u8]) -> bool {
        self.output(OutputKind::Answer(message::next(&self.id, answer))).await
    }

    fn failed(&self, answer: &[u8]) -> OutputKind {
        OutputKind::Last(message::error(&self.id, answer))
    }

    /// Waits until the socket takes an output. Returns false if it has closed.
    async fn output(&self, kind: OutputKind) -> bool {
        let output = Output { id: self.id.clone(), number: self.number, kind };
        self.outputs.send(output).await.is_ok()
    }
}

/// How an operation begins.
enum Begun {
    Outcome(Box<Outcome>),
    /// Not at all: the socket must be closed.
    Closes(Close),
}
