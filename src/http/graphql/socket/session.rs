//! The rules of a socket: what a client may send when, and what it is answered.

use std::{collections::HashMap, error::Error as _, sync::Arc, time::Duration};

use async_graphql::Value;
use axum::{
    extract::ws::{Message, WebSocket},
    http::{HeaderMap, HeaderName, HeaderValue},
};
use bytes::Bytes;
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::{Instant, interval_at, sleep_until, timeout},
};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;
use tungstenite::error::ProtocolError;

use super::{
    super::super::{client::Client, credentials},
    close::Close,
    message::{self, ClientMessage, Object},
    operation::{Operation, Output, OutputKind},
};
use crate::{
    app::{App, caller::Caller, keys::KeyState},
    domain::viewer::Viewer,
    error::{Code, Error, Result},
    graphql::{error::refusal, execute::GraphqlRequest},
};

/// How long a client has to confirm that a socket is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A socket that is served.
pub(super) struct Session {
    app: Arc<App>,
    client: Option<Client>,
    /// The caller, which the headers or the first message identify.
    caller: Option<Arc<Caller>>,
    /// The permit of an initialised socket.
    permit: Option<OwnedSemaphorePermit>,
    is_initialised: bool,
    /// The operations in progress: the number and the task of each.
    operations: HashMap<Arc<str>, (u64, AbortOnDropHandle<()>)>,
    outputs: (mpsc::Sender<Output>, mpsc::Receiver<Output>),
    counts: Counts,
}

/// What was done on a socket, for the log.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) operations: u64,
    pub(super) answers: u64,
}

impl Session {
    pub(super) fn new(app: Arc<App>, client: Option<Client>, caller: Option<Arc<Caller>>) -> Self {
        Self {
            app,
            client,
            caller,
            permit: None,
            is_initialised: false,
            operations: HashMap::new(),
            outputs: mpsc::channel(1),
            counts: Counts::default(),
        }
    }

    /// Serves the socket until it must be closed.
    pub(super) async fn serve(&mut self, socket: &mut WebSocket) -> Close {
        match self.serve_or_close(socket).await {
            Err(close) => close,
        }
    }

    /// Ends all operations. Returns the counts for the log, and the caller.
    pub(super) fn end(self) -> (Counts, Option<Arc<Viewer>>) {
        let viewer = self.caller.filter(|_| self.is_initialised).map(|it| it.viewer.clone());
        (self.counts, viewer)
    }

    async fn serve_or_close(
        &mut self,
        socket: &mut WebSocket,
    ) -> Result<std::convert::Infallible, Close> {
        let start = Instant::now();
        let (init_end, keep_alive) =
            (start + self.app.settings.init_timeout, self.app.settings.keep_alive);
        let mut signs_of_life = interval_at(start + keep_alive, keep_alive);
        let mut last_received = start;
        loop {
            let answer = tokio::select! {
                () = sleep_until(init_end), if !self.is_initialised => {
                    return Err(Close::INIT_TIMEOUT);
                }
                received = socket.recv() => {
                    last_received = Instant::now();
                    self.receive(received).await?
                }
                Some(output) = self.outputs.1.recv() => self.output(output)?,
                _ = signs_of_life.tick() => {
                    if last_received.elapsed() > 2 * keep_alive {
                        return Err(Close::LOST);
                    }
                    self.check_key().await?;
                    Some(Message::Ping(Bytes::new()))
                }
            };
            if let Some(answer) = answer {
                socket.send(answer).await.map_err(|_| Close::LOST)?;
            }
        }
    }

    /// Closes the socket of a key that is not valid any more.
    async fn check_key(&self) -> Result<(), Close> {
        let Some(caller) = self.caller.as_ref().filter(|_| self.is_initialised) else {
            return Ok(());
        };
        match self.app.keys.check(caller).await {
            Ok(KeyState::Invalid) => Err(Close::FORBIDDEN),
            Ok(KeyState::OtherFile) => Err(Close::RESTART),
            // A database that does not answer may answer later.
            Ok(KeyState::Valid(_)) | Err(_) => Ok(()),
        }
    }

    /// Takes what was received. Returns the answer, if there is one at once.
    async fn receive(
        &mut self,
        received: Option<Result<Message, axum::Error>>,
    ) -> Result<Option<Message>, Close> {
        let text = match received {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Binary(_))) => {
                return Err(Close::invalid("A message is a text".to_owned()));
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(None),
            // 1005: the frame has no code.
            Some(Ok(Message::Close(frame))) => {
                return Err(Close::of_client(frame.map_or(1005, |frame| frame.code)));
            }
            None => return Err(Close::LOST),
            Some(Err(error)) => return Err(close_of(&error)),
        };
        match ClientMessage::parse(&text).map_err(Close::invalid)? {
            ClientMessage::Init(payload) => self.init(&payload).await.map(Some),
            ClientMessage::Ping(payload) => Ok(Some(message::pong(payload.as_ref()))),
            ClientMessage::Pong => Ok(None),
            ClientMessage::Complete(id) => {
                self.operations.remove(&*id);
                Ok(None)
            }
            ClientMessage::Subscribe(id, request) => self.subscribe(&id, request),
        }
    }

    /// Identifies the caller by the first message, whose payload has the names of the headers that can have a key.
    async fn init(&mut self, payload: &Object) -> Result<Message, Close> {
        if std::mem::replace(&mut self.is_initialised, true) {
            return Err(Close::SECOND_INIT);
        }
        let headers = headers(payload);
        let found = credentials::caller(&self.app, &headers, self.client).await;
        if let Some(caller) = found.map_err(|error| close_for(&error))? {
            self.caller = Some(caller);
        }
        let caller = self.caller.as_ref().ok_or(Close::FORBIDDEN)?;
        self.permit = Some(caller.open_socket().map_err(|error| close_for(&error))?);
        Ok(message::ack())
    }

    fn subscribe(
        &mut self,
        id: &str,
        request: Result<GraphqlRequest>,
    ) -> Result<Option<Message>, Close> {
        let caller = self.caller.clone().filter(|_| self.permit.is_some());
        let caller = caller.ok_or(Close::NO_INIT)?;
        if self.operations.contains_key(id) {
            return Err(Close::duplicate(id));
        }
        self.counts.operations += 1;
        let request = match self.admit(&caller).and(request) {
            Ok(request) => request,
            Err(error) => return Ok(Some(message::error(id, &refusal(&error)))),
        };
        let (id, number): (Arc<str>, _) = (id.into(), self.counts.operations);
        let (app, outputs) = (self.app.clone(), self.outputs.0.clone());
        let operation = Operation { app, caller, id: id.clone(), number, outputs };
        let task = tokio::spawn(operation.run(request).in_current_span());
        self.operations.insert(id, (number, AbortOnDropHandle::new(task)));
        Ok(None)
    }

    fn admit(&self, caller: &Caller) -> Result<()> {
        let max = self.app.settings.max_socket_operations;
        if self.operations.len() >= max {
            let message =
                format!("The WebSocket has {max} operations in progress, which is the limit.");
            let error = Error::client(Code::RateLimited, message);
            return Err(error.with_retry_after(Duration::from_secs(1)));
        }
        caller.count_request()
    }

    /// Takes what an operation gives. That of one that the client has ended is dropped.
    fn output(&mut self, output: Output) -> Result<Option<Message>, Close> {
        let Output { id, number, kind } = output;
        if self.operations.get(&id).is_none_or(|(current, _)| *current != number) {
            return Ok(None);
        }
        match kind {
            OutputKind::Answer(message) => {
                self.counts.answers += 1;
                Ok(Some(message))
            }
            OutputKind::Last(message) => {
                self.operations.remove(&id);
                Ok(Some(message))
            }
            OutputKind::Close(close) => Err(close),
        }
    }
}

/// Closes a socket, and waits a moment until the client confirms it.
pub(super) async fn close(socket: &mut WebSocket, close: &Close) {
    let closed = async {
        if let Some(frame) = close.frame() {
            socket.send(frame).await?;
        }
        // This also confirms what the client has sent.
        while socket.recv().await.transpose()?.is_some() {}
        Ok::<_, axum::Error>(())
    };
    let _ = timeout(CLOSE_TIMEOUT, closed).await;
}

/// The texts of a payload as headers.
fn headers(payload: &Object) -> HeaderMap {
    let header = |(name, value): (&async_graphql::Name, &Value)| {
        let Value::String(value) = value else { return None };
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(value).ok()?))
    };
    payload.iter().filter_map(header).collect()
}

/// The close of a socket whose caller is not admitted.
fn close_for(error: &Error) -> Close {
    error.log();
    match error.code() {
        Code::Unauthenticated => Close::FORBIDDEN,
        _ => Close::UNAVAILABLE,
    }
}

/// The close of a socket from which nothing more can be read.
fn close_of(error: &axum::Error) -> Close {
    match error.source().and_then(|source| source.downcast_ref()) {
        Some(tungstenite::Error::Capacity(_)) => Close::TOO_LARGE,
        Some(tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => {
            Close::LOST
        }
        Some(tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_)) => Close::NO_FRAME,
        _ => Close::LOST,
    }
}
