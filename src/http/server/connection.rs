//! One connection, from its first byte to its last.

use std::{
    convert::Infallible,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use axum::{
    Router,
    http::{HeaderValue, StatusCode, Version, header::CONNECTION},
};
use hyper::{
    Request,
    body::{Body, Incoming},
    service::service_fn,
};
use hyper_util::{rt::TokioIo, server::conn::auto::Builder};
use tokio::{
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::either::Either;
use tower::Service;

use super::{
    activity::{Activity, Expired},
    answer_body::AnswerBody,
    connection_table::{ConnectionTable, TableEntry},
    handshake::begin_tls,
    host_header,
    http2_stream::StreamExecutor,
    limits::ConnectionLimits,
    repaired_stream::{Heads, RepairedStream},
    request_body::TimedRequestBody,
    socket::{self, Socket},
    upgrade::upgrade_slot,
};
use crate::{
    http::{client::Client, legacy_path},
    metrics::{ConnectionEnd, ConnectionMetrics, Metrics, Raised},
};

/// What all connections share.
pub(super) struct Server {
    pub(super) router: Router,
    pub(super) limits: ConnectionLimits,
    /// What begins TLS on each connection, if the server uses it.
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) metrics: Option<Arc<Metrics>>,
    pub(super) start: Instant,
    pub(super) stopping: AtomicBool,
    pub(super) table: Arc<ConnectionTable>,
    pub(super) builder: Builder<StreamExecutor>,
}

/// A connection that was accepted.
pub(super) struct Accepted {
    pub(super) stream: TcpStream,
    pub(super) client: Client,
    pub(super) activity: Arc<Activity>,
    pub(super) entry: TableEntry,
}

/// Serves a connection to its end.
pub(super) async fn connection(server: Arc<Server>, accepted: Accepted) {
    let Accepted { stream, client, activity, entry: _entry } = accepted;
    if let Err(error) = socket::configure(&stream) {
        tracing::debug!(%error, "an option of a socket could not be set");
    }
    let count = server.metrics.as_deref().map(|metrics| &metrics.connections);
    count.iter().for_each(|count| count.accepted.inc());
    let _open = count.map(|count| Raised::new(&count.open));
    let check = pin!(sleep_until(server.start));
    let mut clock = Clock { server: &server, activity: &activity, count, is_closing: false, check };
    let socket = Socket::new(stream, activity.clone());
    let stream = match server.tls.clone() {
        None => Either::Left(socket),
        // In boxes, since connections without TLS would have room for it too.
        Some(tls) => match clock.limit(Box::pin(begin_tls(socket, tls, client))).await.flatten() {
            Some(stream) => Either::Right(Box::new(stream)),
            None => {
                count.iter().for_each(|count| count.tls_handshake_failures.inc());
                return;
            }
        },
    };
    let heads = Arc::new(Heads::default());
    let (slot, mut upgraded) = upgrade_slot();
    let service = service_fn(|request: Request<Incoming>| {
        let is_last = heads.read(request.body().size_hint().exact());
        let is_http2 = request.version() == Version::HTTP_2;
        let progress = activity.begin(is_http2);
        let answer = host_header::check(&request).map(|()| {
            let mut request = request.map(|body| {
                TimedRequestBody::new(body, activity.clone(), server.limits.body_timeout)
            });
            request.extensions_mut().insert(client);
            if !is_http2 {
                request.extensions_mut().insert(slot.clone());
            }
            server.router.clone().call(request)
        });
        let heads = heads.clone();
        async move {
            let mut response = match answer {
                Ok(answer) => answer.await?,
                Err(problem) => host_header::refuse(problem, client),
            };
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                heads.upgrade();
            }
            if is_last {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response.map(|body| AnswerBody::new(body, progress)))
        }
    });
    let is_legacy_path = |path: &[u8]| legacy_path::route(path).is_some();
    let io = TokioIo::new(RepairedStream::new(stream, heads.clone(), is_legacy_path));
    // In a box, so that it can be dropped with what its requests have.
    let mut connection = Box::pin(server.builder.serve_connection_with_upgrades(io, service));
    loop {
        tokio::select! {
            biased;
            ended = connection.as_mut() => match ended {
                Ok(()) => break,
                Err(error) => return tracing::debug!(error, "a connection failed"),
            },
            () = activity.close.notified() => {
                if !server.stopping.load(Relaxed) && activity.waiting_since().is_some() {
                    clock.count_end(ConnectionEnd::Replaced);
                    return tracing::debug!("a connection was closed for a new one");
                }
                clock.is_closing = true;
                connection.as_mut().graceful_shutdown();
            }
            () = clock.check.as_mut() => {}
        }
        if clock.has_expired() {
            return;
        }
    }
    // Only a handler that has changed the protocol has the slot now.
    drop(connection);
    drop(slot);
    let Some(run) = upgraded.next().await else { return };
    let _in_progress = activity.begin(false);
    clock.limit(run).await;
}

/// The time limits of a connection.
struct Clock<'a> {
    server: &'a Server,
    activity: &'a Activity,
    count: Option<&'a ConnectionMetrics>,
    is_closing: bool,
    /// When the limits are checked next.
    check: Pin<&'a mut Sleep>,
}

impl Clock<'_> {
    /// Runs a part of the connection. None if a limit ends it.
    async fn limit<T>(&mut self, part: impl Future<Output = T>) -> Option<T> {
        let mut part = pin!(part);
        loop {
            tokio::select! {
                biased;
                ended = part.as_mut() => return Some(ended),
                () = self.activity.close.notified() => self.is_closing = true,
                () = self.check.as_mut() => {}
            }
            if self.has_expired() {
                return None;
            }
        }
    }

    /// Whether the connection has exceeded a time limit. If not, it is checked again later.
    fn has_expired(&mut self) -> bool {
        match self.activity.check(&self.server.limits, self.is_closing) {
            Ok(next) => {
                self.check.as_mut().reset(next);
                return false;
            }
            Err(reason @ Expired::Stalled) => {
                self.count_end(reason.into());
                tracing::warn!("an answer was cut short: the caller stalled");
            }
            Err(reason) => {
                self.count_end(reason.into());
                tracing::debug!(?reason, "a connection was closed");
            }
        }
        true
    }

    fn count_end(&self, end: ConnectionEnd) {
        self.count.iter().for_each(|count| count.close(end));
    }
}

impl From<Expired> for ConnectionEnd {
    fn from(reason: Expired) -> Self {
        match reason {
            Expired::Head => Self::HeadTimeout,
            Expired::Idle => Self::IdleTimeout,
            Expired::Stalled => Self::Stalled,
            Expired::Stopped => Self::Stopped,
        }
    }
}
