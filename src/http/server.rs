//! The sockets: accepting connections, serving HTTP/1 and HTTP/2 on them within time limits, and
//! stopping.

use std::{
    convert::Infallible,
    io::{self, ErrorKind},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
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
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, Sleep, sleep, sleep_until},
};
use tokio_util::task::TaskTracker;
use tower::Service;

use super::{client::Client, legacy_path, request_id::new_id};

mod activity;
mod answer_body;
mod connection_table;
mod host_header;
mod http2_stream;
mod limits;
mod repaired_stream;
mod request_body;
mod request_line;
#[cfg(test)]
mod request_line_oracle;
mod socket;
mod upgrade;

pub use limits::ConnectionLimits;

pub(in crate::http) use request_body::BodyTooSlow;
pub(in crate::http) use upgrade::UpgradeSlot;

use activity::{Activity, Expired};
use answer_body::AnswerBody;
use connection_table::{ConnectionTable, TableEntry};
use http2_stream::StreamExecutor;
use repaired_stream::{Heads, RepairedStream};
use request_body::TimedRequestBody;
use socket::Socket;
use upgrade::upgrade_slot;

/// The maximum size of the head of a request of HTTP/1, whose URL has up to 64 KiB, and of the part of
/// an answer that waits in memory for a slow client.
const MAX_BUFFER: usize = 128 * 1024;
/// The maximum size of the headers of a request of HTTP/2, in bytes.
const MAX_HEADER_LIST_BYTES: u32 = 16 * 1024;
/// The maximum number of requests at once of a connection of HTTP/2.
const MAX_STREAMS: u32 = 100;
/// The maximum number of bytes of an answer that wait in memory for a slow client of HTTP/2.
const MAX_STREAM_BUFFER: usize = 64 * 1024;
/// When the server asks a client of HTTP/2 whether it is still there, and how long it waits.
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// The time between two attempts to accept a connection while that fails.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);
/// The answer to a connection beyond the limits, except its id.
const NO_ROOM: &str = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\n\
    content-type: text/plain; charset=utf-8\r\ncontent-length: 46\r\nconnection: close\r\n\
    x-request-id: {id}\r\n\r\nThe server has too many connections. Try later";

/// What all connections share.
struct Server {
    router: Router,
    limits: ConnectionLimits,
    start: Instant,
    stopping: AtomicBool,
    table: Arc<ConnectionTable>,
    builder: Builder<StreamExecutor>,
}

/// Serves connections until `stop` resolves, and then until the requests in progress are answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    stop: impl Future<Output = ()>,
) {
    let server = Arc::new(Server {
        router,
        limits,
        start: Instant::now(),
        stopping: AtomicBool::new(false),
        table: Arc::new(ConnectionTable::new(&limits)),
        builder: builder(limits.stall_timeout),
    });
    let tasks = TaskTracker::new();
    let accept = async {
        let mut refused = Refused::default();
        loop {
            match listener.accept().await {
                Ok((stream, address)) => {
                    let activity = Arc::new(Activity::new(server.start));
                    match server.table.insert(address.ip(), activity.clone()) {
                        Ok(entry) => {
                            let client = Client::of_peer(address.ip());
                            let accepted = Accepted { stream, client, activity, _entry: entry };
                            tasks.spawn(connection(server.clone(), accepted));
                        }
                        Err(_) => refused.refuse(&stream),
                    }
                }
                // The client has closed the connection before it was accepted.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    tracing::error!(%error, "a connection could not be accepted");
                    // It may be the limit of open files.
                    server.table.make_room();
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = accept => {}
        () = stop => {}
    }
    drop(listener);
    server.stopping.store(true, Relaxed);
    server.table.wake_all();
    tasks.close();
    tasks.wait().await;
}

fn builder(stall_timeout: Duration) -> Builder<StreamExecutor> {
    let mut builder = Builder::new(StreamExecutor { stall_timeout });
    // The time of a head is checked with the other times.
    builder.http1().header_read_timeout(None).max_buf_size(MAX_BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADER_LIST_BYTES)
        .max_send_buf_size(MAX_STREAM_BUFFER);
    builder
}

/// A connection that was accepted.
struct Accepted {
    stream: TcpStream,
    client: Client,
    activity: Arc<Activity>,
    _entry: TableEntry,
}

/// Serves a connection to its end.
async fn connection(server: Arc<Server>, accepted: Accepted) {
    let Accepted { stream, client, activity, _entry } = accepted;
    if let Err(error) = socket::configure(&stream) {
        tracing::debug!(%error, "an option of a socket could not be set");
    }
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
    let socket = Socket::new(stream, activity.clone());
    let is_legacy_path = |path: &[u8]| legacy_path::route(path).is_some();
    let io = TokioIo::new(RepairedStream::new(socket, heads.clone(), is_legacy_path));
    // In a box, so that it can be dropped with what its requests have.
    let mut connection = Box::pin(server.builder.serve_connection_with_upgrades(io, service));
    let mut check = pin!(sleep_until(server.start));
    let mut is_closing = false;
    loop {
        tokio::select! {
            biased;
            ended = connection.as_mut() => match ended {
                Ok(()) => break,
                Err(error) => return tracing::debug!(error, "a connection failed"),
            },
            () = activity.close.notified() => {
                if !server.stopping.load(Relaxed) && activity.waiting_since().is_some() {
                    return tracing::debug!("a connection was closed for a new one");
                }
                is_closing = true;
                connection.as_mut().graceful_shutdown();
            }
            () = check.as_mut() => {}
        }
        if has_expired(&server, &activity, is_closing, check.as_mut()) {
            return;
        }
    }
    // Only a handler that has changed the protocol has the slot now.
    drop(connection);
    drop(slot);
    let Some(mut run) = upgraded.next().await else { return };
    let _in_progress = activity.begin(false);
    loop {
        tokio::select! {
            biased;
            () = run.as_mut() => return,
            () = activity.close.notified() => is_closing = true,
            () = check.as_mut() => {}
        }
        if has_expired(&server, &activity, is_closing, check.as_mut()) {
            return;
        }
    }
}

/// Whether a connection has exceeded a time limit. If not, it is checked again later.
fn has_expired(
    server: &Server,
    activity: &Activity,
    is_closing: bool,
    check: Pin<&mut Sleep>,
) -> bool {
    match activity.check(&server.limits, is_closing) {
        Ok(next) => {
            check.reset(next);
            return false;
        }
        Err(Expired::Stalled) => {
            tracing::warn!("an answer was cut short: the caller stalled");
        }
        Err(reason) => tracing::debug!(?reason, "a connection was closed"),
    }
    true
}

/// The connections that were refused since the last line in the log.
#[derive(Default)]
struct Refused {
    count: u64,
    last_line: Option<Instant>,
}

impl Refused {
    /// Answers a connection beyond the limits, and logs that at most once in ten seconds.
    fn refuse(&mut self, stream: &TcpStream) {
        self.count += 1;
        if self.last_line.is_none_or(|last| last.elapsed() >= Duration::from_secs(10)) {
            tracing::warn!(refused = self.count, "too many connections: new ones were refused");
            *self = Self { count: 0, last_line: Some(Instant::now()) };
        }
        // A client that has sent its request reads the answer only if the request was read.
        let _ = stream.try_read(&mut [0; 4096]);
        let _: io::Result<usize> = stream.try_write(NO_ROOM.replace("{id}", &new_id()).as_bytes());
    }
}
