//! What a connection is doing, and since when. The task of the connection compares it with the time
//! limits now and then, so that a request does not set a timer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::limits::ConnectionLimits;

/// While the server stops: the maximum time in which nothing of a request body arrives, and in which
/// an HTTP/2 connection without requests closes.
const STOP_PAUSE: Duration = Duration::from_secs(1);
/// While the server stops: the time between two checks of a connection.
const STOP_CHECK: Duration = Duration::from_millis(100);

/// The rate at which a client reads at least, in bytes a second. Its system takes many bytes at once and
/// then nothing until the client has read a large part of them, so these bytes give it time.
const MIN_READ_RATE: u64 = 2_000;
/// The maximum of this time, in stall timeouts.
const MAX_CREDIT: u64 = 5;

/// A moment, or none. It is stored as milliseconds, where 0 is none.
#[derive(Debug, Default)]
struct Since(AtomicU64);

impl Since {
    fn set(&self, now: u64) {
        self.0.store(now, Relaxed);
    }

    fn set_once(&self, now: impl FnOnce() -> u64) {
        if self.0.load(Relaxed) == 0 {
            self.set(now());
        }
    }

    fn clear(&self) {
        if self.0.load(Relaxed) != 0 {
            self.set(0);
        }
    }

    fn get(&self) -> Option<u64> {
        Some(self.0.load(Relaxed)).filter(|since| *since != 0)
    }
}

/// Why a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expired {
    /// The head of a request was not complete in time.
    Head,
    /// No request began for too long.
    Idle,
    /// The client read nothing of an answer for too long.
    Stalled,
    /// The server stops, and no request is in progress.
    Stopped,
}

/// What a connection is doing.
#[derive(Debug)]
pub(super) struct Activity {
    /// The start of the server, from which the milliseconds count.
    start: Instant,
    /// The number of requests whose answers are not sent yet.
    requests: AtomicUsize,
    is_http2: AtomicBool,
    /// Since when no request is in progress.
    idle: Since,
    /// Since when a head is arriving.
    head: Since,
    /// Since when a body is awaited.
    body: Since,
    /// Since when the socket takes nothing.
    write: Since,
    /// The bytes that the socket took since it last took nothing, and the moment until which the client
    /// may read those before.
    written: AtomicU64,
    credit_end: AtomicU64,
    /// Whether the socket is to be closed without sending the rest.
    aborted: AtomicBool,
    /// Wakes the task of the connection: the connection is to close.
    pub(super) close: Notify,
}

impl Activity {
    /// Of a new connection, which must send a head now.
    pub(super) fn new(start: Instant) -> Self {
        let activity = Self {
            start,
            requests: AtomicUsize::new(0),
            is_http2: AtomicBool::new(false),
            idle: Since::default(),
            head: Since::default(),
            body: Since::default(),
            write: Since::default(),
            written: AtomicU64::new(0),
            credit_end: AtomicU64::new(0),
            aborted: AtomicBool::new(false),
            close: Notify::new(),
        };
        let now = activity.now();
        activity.idle.set(now);
        activity.head.set(now);
        activity
    }

    /// The milliseconds since the start of the server, from 1.
    fn now(&self) -> u64 {
        self.start.elapsed().as_millis() as u64 + 1
    }

    /// A request has begun. It ends when the returned value is dropped.
    pub(super) fn begin(self: &Arc<Self>, is_http2: bool) -> RequestInProgress {
        self.requests.fetch_add(1, Relaxed);
        self.head.clear();
        if is_http2 {
            self.is_http2.store(true, Relaxed);
        }
        RequestInProgress(self.clone())
    }

    /// Bytes have arrived. Those of HTTP/2 need not belong to a head.
    pub(super) fn received(&self) {
        if self.requests.load(Relaxed) == 0 && !self.is_http2.load(Relaxed) {
            self.head.set_once(|| self.now());
        }
    }

    /// The rest of a body is awaited, or some of it arrived.
    pub(super) fn await_body(&self, is_waiting: bool) {
        if is_waiting {
            self.body.set_once(|| self.now());
        } else {
            self.body.clear();
        }
    }

    /// The socket took bytes.
    pub(super) fn wrote(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Relaxed);
        self.write.clear();
    }

    /// The socket takes nothing.
    pub(super) fn block_writes(&self) {
        self.write.set_once(|| {
            let (now, written) = (self.now(), self.written.swap(0, Relaxed));
            let credit = written * 1000 / MIN_READ_RATE;
            self.credit_end.store(self.credit_end.load(Relaxed).max(now) + credit, Relaxed);
            now
        });
    }

    /// The moment at which a client that reads nothing has exceeded the limit.
    fn stall_end(&self, limit: Duration) -> Option<u64> {
        let since = self.write.get()?;
        let max = since + MAX_CREDIT * millis(limit);
        // A long and fast answer does not give more.
        let credit_end = self.credit_end.fetch_min(max, Relaxed).min(max);
        Some(credit_end.max(since + millis(limit)))
    }

    /// Since when the connection waits for a request, if it does.
    pub(super) fn waiting_since(&self) -> Option<u64> {
        let is_waiting = self.requests.load(Relaxed) == 0 && self.write.get().is_none();
        self.idle.get().filter(|_| is_waiting)
    }

    /// Whether the socket is to be closed without sending the rest.
    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(Relaxed)
    }

    /// Returns the moment of the next check.
    ///
    /// # Errors
    /// When the connection has exceeded a time limit.
    pub(super) fn check(
        &self,
        limits: &ConnectionLimits,
        stopping: bool,
    ) -> Result<Instant, Expired> {
        let now = self.now();
        let pause = if stopping { STOP_CHECK } else { limits.shortest() };
        let mut next = now + millis(pause);
        let mut limit = |since: Option<u64>, limit: Duration, expired: Expired| {
            let Some(end) = since.map(|since| since + millis(limit)) else { return Ok(()) };
            next = next.min(end);
            if end <= now { Err(expired) } else { Ok(()) }
        };
        let waiting = self.waiting_since();
        if stopping {
            let is_http2 = self.is_http2.load(Relaxed);
            limit(waiting, if is_http2 { STOP_PAUSE } else { Duration::ZERO }, Expired::Stopped)?;
            // A connection of HTTP/2 can have other requests than the one that waits for its body.
            limit(self.body.get().filter(|_| !is_http2), STOP_PAUSE, Expired::Stopped)?;
        }
        let head = self.head.get().filter(|_| waiting.is_some());
        limit(head, limits.head_timeout, Expired::Head)?;
        limit(waiting, limits.idle_timeout, Expired::Idle)?;
        limit(self.stall_end(limits.stall_timeout), Duration::ZERO, Expired::Stalled)
            .inspect_err(|_| self.aborted.store(true, Relaxed))?;
        Ok(self.start + Duration::from_millis(next))
    }
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis() as u64
}

/// A request whose answer is not sent yet.
#[derive(Debug)]
pub(super) struct RequestInProgress(Arc<Activity>);

impl Drop for RequestInProgress {
    fn drop(&mut self) {
        // First, since nothing is waiting while a request is in progress.
        self.0.idle.set(self.0.now());
        self.0.body.clear();
        self.0.requests.fetch_sub(1, Relaxed);
    }
}
