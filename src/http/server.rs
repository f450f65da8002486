//! The sockets: accepting connections, serving HTTP/1 and HTTP/2 on them within time limits, and
//! stopping.

use std::{
    io::{self, ErrorKind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::Router;
use hyper_util::{rt::TokioTimer, server::conn::auto::Builder};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, sleep},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

#[cfg(test)]
use super::legacy_path;
use super::{client::Client, request_id::new_id};
use crate::metrics::Metrics;

mod activity;
mod answer_body;
mod certificate;
mod connection;
mod connection_table;
mod handshake;
mod host_header;
mod http2_stream;
mod limits;
mod open_files;
mod repaired_stream;
mod request_body;
mod request_line;
#[cfg(test)]
mod request_line_oracle;
mod socket;
mod upgrade;

pub use certificate::Certificate;
pub use handshake::USE_TLS;
pub use limits::ConnectionLimits;

pub(in crate::http) use request_body::BodyTooSlow;
pub(in crate::http) use upgrade::UpgradeSlot;

use activity::Activity;
use connection::{Accepted, Server, connection};
use connection_table::ConnectionTable;
use http2_stream::StreamExecutor;

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
/// The maximum number of connections beyond the limit that are about to close.
const MAX_CLOSING: usize = 32;
/// The time between two looks at them.
const CLOSING_PAUSE: Duration = Duration::from_millis(1);
/// The answer to a connection beyond the limits, except its id.
const NO_ROOM: &str = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\n\
    content-type: text/plain; charset=utf-8\r\ncontent-length: 46\r\nconnection: close\r\n\
    x-request-id: {id}\r\n\r\nThe server has too many connections. Try later";

/// Serves connections, with TLS or without, until `stop` resolves, and then until the requests in progress are answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    tls: Option<TlsAcceptor>,
    metrics: Option<Arc<Metrics>>,
    stop: impl Future<Output = ()>,
) {
    let is_tls = tls.is_some();
    let count = metrics.as_deref().map(|metrics| &metrics.connections);
    count.iter().for_each(|count| {
        count.limit.set(i64::try_from(limits.max_connections).unwrap_or(i64::MAX))
    });
    let server = Arc::new(Server {
        router,
        limits,
        tls,
        metrics: metrics.clone(),
        start: Instant::now(),
        stopping: AtomicBool::new(false),
        table: Arc::new(ConnectionTable::new(&limits)),
        builder: builder(limits.stall_timeout),
    });
    let tasks = TaskTracker::new();
    let accept = async {
        let mut refused = Refused::default();
        loop {
            // A connection that made room for another has its descriptor until its task has run.
            while tasks.len() >= limits.max_connections.saturating_add(MAX_CLOSING) {
                sleep(CLOSING_PAUSE).await;
            }
            match listener.accept().await {
                Ok((stream, address)) => {
                    let activity = Arc::new(Activity::new(server.start));
                    match server.table.insert(address.ip(), activity.clone()) {
                        Ok(entry) => {
                            let client = Client::of_peer(address.ip());
                            let accepted = Accepted { stream, client, activity, entry };
                            tasks.spawn(connection(server.clone(), accepted));
                        }
                        Err(_) => {
                            count.iter().for_each(|count| count.refused.inc());
                            refused.refuse(&stream, is_tls);
                        }
                    }
                }
                // The client has closed the connection before it was accepted.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    tracing::error!(%error, "a connection could not be accepted");
                    count.iter().for_each(|count| count.accept_failures.inc());
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

/// The connections that were refused since the last line in the log.
#[derive(Default)]
struct Refused {
    count: u64,
    last_line: Option<Instant>,
}

impl Refused {
    /// Answers a connection beyond the limits, and logs that at most once in ten seconds. With TLS, the
    /// connection is closed: a handshake is more work than there is room for.
    fn refuse(&mut self, stream: &TcpStream, is_tls: bool) {
        self.count += 1;
        if self.last_line.is_none_or(|last| last.elapsed() >= Duration::from_secs(10)) {
            tracing::warn!(refused = self.count, "too many connections: new ones were refused");
            *self = Self { count: 0, last_line: Some(Instant::now()) };
        }
        if is_tls {
            return;
        }
        // A client that has sent its request reads the answer only if the request was read.
        let _ = stream.try_read(&mut [0; 4096]);
        let _: io::Result<usize> = stream.try_write(NO_ROOM.replace("{id}", &new_id()).as_bytes());
    }
}
