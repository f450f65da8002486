//! Subscribes many times to the changes of an account, records sessions, and prints how long each event took
//! after the session was committed, and the memory and processor time of the gateway.
//!
//! The time of an event is counted from the answer to the mutation, which is sent after the commit, so the commit
//! itself was a little earlier. An event that comes before the answer counts as 0.

use std::{
    collections::HashMap,
    error::Error,
    fs,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use clap::Parser;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::mpsc,
    time::sleep,
};

/// The arguments.
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// Host and port of the gateway that is subscribed to.
    #[arg(long)]
    gateway: String,
    /// Host and port of the gateway that records. Default: the same.
    #[arg(long)]
    writer: Option<String>,
    /// Key with the scopes read and write.
    #[arg(long)]
    key: String,
    /// Number of streams of events.
    #[arg(long, default_value_t = 500)]
    streams: usize,
    /// Number of WebSockets, each with one subscription.
    #[arg(long, default_value_t = 500)]
    sockets: usize,
    /// Number of sessions that are recorded, one after the other.
    #[arg(long, default_value_t = 50)]
    sessions: u32,
    /// Pause between two of them, in milliseconds.
    #[arg(long, default_value_t = 200)]
    pause: u64,
    /// Process of the gateway, for its memory and processor time.
    #[arg(long)]
    pid: Option<u32>,
}

type Connection = BufReader<TcpStream>;
type Failure = Box<dyn Error + Send + Sync>;

/// When a subscriber got the event of a session.
type Event = (u32, Instant);

const FEED: &str = "subscription { sessionChanges { legacyId session { notes } } }";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let (events, mut received) = mpsc::unbounded_channel::<Event>();
    let before = Usage::of(arguments.pid);
    for nth in 0..arguments.streams + arguments.sockets {
        let (stream, events) = (nth < arguments.streams, events.clone());
        let mut connection = match stream {
            true => open_stream(&arguments).await?,
            false => open_socket(&arguments).await?,
        };
        tokio::spawn(async move {
            while let Ok(text) = match stream {
                true => next_line(&mut connection).await,
                false => next_message(&mut connection).await,
            } {
                if let Some(id) = number(&text) {
                    let _ = events.send((id, Instant::now()));
                }
            }
        });
    }
    // A socket does not tell when its subscription is open.
    sleep(Duration::from_secs(2)).await;
    let waiting = Usage::of(arguments.pid);
    let committed = Arc::new(Mutex::new(HashMap::new()));
    let (writer, times) = (arguments.clone(), committed.clone());
    let recorded = tokio::spawn(async move { record(&writer, &times).await });
    let expected = (arguments.streams + arguments.sockets) * arguments.sessions as usize;
    let mut all = Vec::with_capacity(expected);
    while all.len() < expected {
        let Ok(Some(event)) = tokio::time::timeout(Duration::from_secs(10), received.recv()).await
        else {
            break;
        };
        all.push(event);
    }
    recorded.await??;
    let after = Usage::of(arguments.pid);
    let committed = committed.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut delays: Vec<_> = all
        .iter()
        .filter_map(|(id, at)| Some(at.saturating_duration_since(*committed.get(id)?)))
        .collect();
    delays.sort_unstable();
    let at = |share: f64| {
        let index =
            ((delays.len() as f64 * share).ceil() as usize).clamp(1, delays.len().max(1)) - 1;
        delays.get(index).copied().unwrap_or_default().as_secs_f64() * 1_000.0
    };
    let line = format!(
        "events {} of {expected}, milliseconds after the commit: median {:.1}, p99 {:.1}, max {:.1}\n\
         memory: {} KiB before, {} KiB with subscriptions, {} KiB at the end\n\
         processor: {:.2} s to subscribe, {:.2} s for the events\n",
        all.len(),
        at(0.5),
        at(0.99),
        at(1.0),
        before.kib,
        waiting.kib,
        after.kib,
        waiting.seconds - before.seconds,
        after.seconds - waiting.seconds,
    );
    tokio::io::stdout().write_all(line.as_bytes()).await?;
    Ok(())
}

/// The memory and the processor time of a process.
#[derive(Clone, Copy, Default)]
struct Usage {
    kib: u64,
    seconds: f64,
}

impl Usage {
    fn of(pid: Option<u32>) -> Self {
        let read =
            |file| pid.and_then(|pid| fs::read_to_string(format!("/proc/{pid}/{file}")).ok());
        let status = read("status").unwrap_or_default();
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = kib.and_then(|it| it.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0);
        // The name of the process, in brackets, may have spaces. Ticks are hundredths of a second.
        let stat = read("stat").unwrap_or_default();
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let ticks: f64 = fields.skip(11).take(2).filter_map(|it| it.parse::<f64>().ok()).sum();
        Self { kib, seconds: ticks / 100.0 }
    }
}

/// Records the sessions, and notes when each is committed.
async fn record(
    arguments: &Arguments,
    committed: &Mutex<HashMap<u32, Instant>>,
) -> Result<(), Failure> {
    let gateway = arguments.writer.as_ref().unwrap_or(&arguments.gateway);
    let mut connection = BufReader::new(TcpStream::connect(gateway).await?);
    connection.get_ref().set_nodelay(true)?;
    let first = std::process::id() * 1_000;
    for id in first..first + arguments.sessions {
        let body = format!(
            r#"{{"query":"mutation {{ recordSessions(sessions: [{{legacyId: \"{id}\", startedAt: \"2026-01-01T00:00:00Z\", notes: \"a\"}}]) {{ results {{ outcome }} }} }}"}}"#
        );
        post(&mut connection, arguments, "application/json", &body).await?;
        let head = head(&mut connection).await?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut answer = vec![0; length.ok_or("no length")?.parse()?];
        connection.read_exact(&mut answer).await?;
        let now = Instant::now();
        committed.lock().unwrap_or_else(PoisonError::into_inner).insert(id, now);
        if !answer.windows(5).any(|it| it == b"\"NEW\"") {
            return Err(String::from_utf8_lossy(&answer).into());
        }
        sleep(Duration::from_millis(arguments.pause)).await;
    }
    Ok(())
}

async fn post(
    connection: &mut Connection,
    arguments: &Arguments,
    accept: &str,
    body: &str,
) -> Result<(), Failure> {
    let Arguments { gateway, key, .. } = arguments;
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: {gateway}\r\nx-api-key: {key}\r\naccept: {accept}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    Ok(connection.get_mut().write_all(request.as_bytes()).await?)
}

/// Reads the head of an answer, whose status must be a success.
async fn head(connection: &mut Connection) -> Result<String, Failure> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if connection.read_line(&mut head).await? == 0 {
            return Err("the connection was closed".into());
        }
    }
    let is_success = ["HTTP/1.1 200", "HTTP/1.1 101"].iter().any(|it| head.starts_with(it));
    if is_success { Ok(head) } else { Err(head.into()) }
}

async fn open_stream(arguments: &Arguments) -> Result<Connection, Failure> {
    let mut connection =
        BufReader::with_capacity(1_024, TcpStream::connect(&arguments.gateway).await?);
    let body = format!(r#"{{"query":"{FEED}"}}"#);
    post(&mut connection, arguments, "text/event-stream", &body).await?;
    head(&mut connection).await?;
    Ok(connection)
}

/// The next line of a stream.
async fn next_line(connection: &mut Connection) -> Result<String, Failure> {
    let mut line = String::new();
    match connection.read_line(&mut line).await? {
        0 => Err("the connection was closed".into()),
        _ => Ok(line),
    }
}

async fn open_socket(arguments: &Arguments) -> Result<Connection, Failure> {
    let mut connection =
        BufReader::with_capacity(1_024, TcpStream::connect(&arguments.gateway).await?);
    let Arguments { gateway, key, .. } = arguments;
    let request = format!(
        "GET /graphql HTTP/1.1\r\nhost: {gateway}\r\nx-api-key: {key}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
         sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
    );
    connection.get_mut().write_all(request.as_bytes()).await?;
    head(&mut connection).await?;
    send(&mut connection, TEXT, br#"{"type":"connection_init"}"#).await?;
    next_message(&mut connection).await?;
    let subscribe = format!(r#"{{"id":"1","type":"subscribe","payload":{{"query":"{FEED}"}}}}"#);
    send(&mut connection, TEXT, subscribe.as_bytes()).await?;
    Ok(connection)
}

const TEXT: u8 = 1;
const PING: u8 = 9;
const PONG: u8 = 10;

/// Sends a frame, whose mask is zero.
async fn send(connection: &mut Connection, kind: u8, text: &[u8]) -> Result<(), Failure> {
    // In 7 bits, or in the 16 bits that follow.
    let length = u16::try_from(text.len())?;
    let (short, long) = match u8::try_from(length) {
        Ok(length @ ..126) => (length, None),
        _ => (126, Some(length.to_be_bytes())),
    };
    let long = long.as_ref().map_or(&[][..], |long| long);
    let frame = [&[0x80 | kind, 0x80 | short], long, &[0; 4], text].concat();
    Ok(connection.get_mut().write_all(&frame).await?)
}

/// The next text of a socket.
async fn next_message(connection: &mut Connection) -> Result<String, Failure> {
    loop {
        let (kind, length) = (connection.read_u8().await? & 15, connection.read_u8().await?);
        let length = match length {
            126 => connection.read_u16().await?.into(),
            127 => usize::try_from(connection.read_u64().await?)?,
            length => length.into(),
        };
        let mut text = vec![0; length];
        connection.read_exact(&mut text).await?;
        match kind {
            TEXT => return Ok(String::from_utf8(text)?),
            PING => send(connection, PONG, &text).await?,
            _ => return Err("the socket was closed".into()),
        }
    }
}

/// The number of the session of an event.
fn number(text: &str) -> Option<u32> {
    text.split_once(r#""legacyId":""#)?.1.split('"').next()?.parse().ok()
}
