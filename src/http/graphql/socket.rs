//! GraphQL over a WebSocket: the protocol graphql-transport-ws.
//!
//! One task reads and writes the socket. It writes one message at a time, and an operation waits until its message is
//! taken, so a client that does not read holds its operations up, until the connection is cut.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::ws::{WebSocket, WebSocketUpgrade},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use tracing::Instrument;

use super::super::{client::Client, server::UpgradeSlot};
use crate::{
    app::{App, caller::Caller},
    metrics::Raised,
};

mod close;
mod message;
mod operation;
mod session;

use close::Close;
use session::Session;

/// The subprotocol.
const PROTOCOL: &str = "graphql-transport-ws";
/// The size of the buffers of a socket, in bytes. A longer message gets a longer one.
const BUFFER: usize = 4 * 1024;

/// Whether a request asks for a WebSocket.
pub(super) fn is_asked_for(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Changes the protocol of a connection. The headers may have identified the caller.
pub(super) fn open(
    app: Arc<App>,
    headers: &HeaderMap,
    client: Option<Client>,
    caller: Option<Arc<Caller>>,
    upgrade: WebSocketUpgrade,
    slot: UpgradeSlot,
) -> Response {
    if !is_allowed_origin(&app, headers) {
        let message = "Web pages of this origin may not call the gateway (--allowed-origins).\n";
        return (StatusCode::FORBIDDEN, message).into_response();
    }
    let max_size = app.settings.max_body_bytes;
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(max_size)
        .max_frame_size(max_size)
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER);
    if upgrade.selected_protocol().is_none() {
        let message = "A WebSocket needs the subprotocol 'graphql-transport-ws'.\n";
        return (StatusCode::BAD_REQUEST, message).into_response();
    }
    let span = tracing::Span::current();
    upgrade.on_upgrade(move |socket| async move {
        slot.fill(Box::pin(run(app, socket, client, caller).instrument(span)));
    })
}

/// Whether a WebSocket may be opened by a web page of an origin, as CORS says for other requests. Programs have no
/// origin.
fn is_allowed_origin(app: &App, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let is_own = origin.split_once("://").is_some_and(|(_, of)| Some(of) == host);
    is_own || app.settings.allowed_origins.iter().any(|it| it == origin)
}

/// Serves a socket to its end, and logs it.
async fn run(
    app: Arc<App>,
    mut socket: WebSocket,
    client: Option<Client>,
    caller: Option<Arc<Caller>>,
) {
    let start = Instant::now();
    let metrics = app.metrics.clone();
    let _open = metrics.as_ref().map(|metrics| Raised::new(&metrics.callers.sockets));
    let mut session = Session::new(app.clone(), client, caller);
    let close = tokio::select! {
        biased;
        () = app.stopping.cancelled() => Close::STOPPED,
        close = session.serve(&mut socket) => close,
    };
    let (counts, viewer) = session.end();
    session::close(&mut socket, &close).await;
    metrics.iter().for_each(|metrics| metrics.callers.close_socket(close.code_of_server()));
    tracing::info!(
        code = close.code,
        micros = start.elapsed().as_micros() as u64,
        client = client.map(|client| tracing::field::display(client.address)),
        account = viewer.as_deref().map(|viewer| &*viewer.account_name),
        key = viewer.as_deref().map(|viewer| &*viewer.key_label),
        operations = counts.operations,
        answers = counts.answers,
        "socket closed"
    );
}
