//! One log line for each request: with its answer, or at the end of a long answer. It has the route and
//! never the URL of the request: the query of a URL can contain a key, and so can its path if a caller
//! encodes the `?`.

use std::{sync::Arc, time::Instant};

use axum::{
    body::{Body, HttpBody},
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, field::Empty, info_span};

use super::{
    client::Client,
    legacy_path,
    request_id::{REQUEST_ID, forwarded_id, new_id},
};
use crate::app::App;

mod line;

use line::{LogLine, LoggedBody};
pub(super) use line::{LogNotes, StreamNotes};

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
    let counted = app.metrics.as_ref().map(|it| it.http.begin(route.unwrap_or("unknown")));
    let span = info_span!(
        "http.request",
        id,
        method = request.method().as_str(),
        path = route.unwrap_or("unknown"),
        operation = Empty
    );
    async {
        let start = Instant::now();
        let is_head = request.method() == Method::HEAD;
        let mut response = next.run(request).await;
        let status = response.status().as_u16();
        let notes = response.extensions_mut().remove::<LogNotes>().unwrap_or_default();
        let client = client.map(|client| client.address);
        let line = LogLine { start, status, client, notes, counted };
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID.clone(), id);
        }
        match response.body().size_hint().exact() {
            None if !is_head => response.map(|body| Body::new(LoggedBody::new(body, line))),
            size => {
                line.log(size);
                response
            }
        }
    }
    .instrument(span)
    .await
}
