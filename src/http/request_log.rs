//! One log line for each request. It has the route and never the URL of the request: the query of
//! a URL can contain a key, and so can its path if a caller encodes the `?`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, debug, field::Empty, info, info_span};

use super::{
    client::Client,
    legacy_path,
    request_id::{REQUEST_ID, forwarded_id, new_id},
};
use crate::{app::App, domain::viewer::Viewer};

/// What the line of a request says beside its status.
#[derive(Clone, Debug, Default)]
pub(super) struct LogNotes {
    pub(super) viewer: Option<Arc<Viewer>>,
    /// Why the request was refused.
    pub(super) error: Option<&'static str>,
    /// Whether other lines tell of such requests, which can be many.
    pub(super) is_repeated: bool,
    /// How long a long answer waited for others to end.
    pub(super) export_wait: Option<Duration>,
}

/// The notes of an answer.
pub(super) fn notes(response: &mut Response) -> &mut LogNotes {
    response.extensions_mut().get_or_insert_default()
}

/// Gives the request an id, which the response has too, and logs its client, status and time.
pub(super) async fn log(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Client>().copied();
    let is_proxy = peer.is_some_and(|peer| app.proxies.trust(peer.address));
    let client = peer.map(|peer| peer.behind(&app.proxies, request.headers()));
    if let Some(client) = client.filter(|client| Some(*client) != peer) {
        request.extensions_mut().insert(client);
    }
    let forwarded = forwarded_id(request.headers()).filter(|_| is_proxy);
    let id = forwarded.map_or_else(new_id, str::to_owned);
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let legacy_route = || legacy_path::route(request.uri().path().as_bytes());
    let route = matched.as_ref().map(MatchedPath::as_str).or_else(legacy_route);
    let span = info_span!(
        "http.request",
        id,
        method = request.method().as_str(),
        path = route.unwrap_or("unknown"),
        operation = Empty
    );
    async {
        let start = Instant::now();
        let mut response = next.run(request).await;
        let micros = start.elapsed().as_micros() as u64;
        let status = response.status().as_u16();
        let notes = response.extensions_mut().remove::<LogNotes>().unwrap_or_default();
        let viewer = notes.viewer.as_deref();
        let client = client.map(|client| tracing::field::display(client.address));
        let account = viewer.map(|viewer| &*viewer.account_name);
        let (key, error) = (viewer.map(|viewer| &*viewer.key_label), notes.error);
        let export_wait_micros = notes.export_wait.map(|wait| wait.as_micros() as u64);
        if notes.is_repeated {
            debug!(status, micros, client, account, key, error, "answered");
        } else {
            info!(status, micros, export_wait_micros, client, account, key, error, "answered");
        }
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID.clone(), id);
        }
        response
    }
    .instrument(span)
    .await
}
