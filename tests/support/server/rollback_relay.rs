//! A relay to MariaDB that lets the server roll back a transaction without an error for the client, as a node of a Galera
//! cluster can.

use std::{
    io,
    mem::take,
    pin::Pin,
    sync::{Arc, Mutex},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        UnixListener, UnixStream,
        unix::{ReadHalf, WriteHalf},
    },
    select, spawn,
};

/// Commands of the protocol: the first byte after the header of a packet, which has the length and the number of the
/// packet in the command.
const QUERY: u8 = 3;
const PREPARE: u8 = 22;
const HEADER: usize = 4;
const ROLLBACK: &[u8] = b"\x09\0\0\0\x03ROLLBACK";

/// A relay at a socket of its own.
pub struct RollbackRelay {
    url: String,
    state: Arc<Mutex<State>>,
    _folder: TempDir,
}

#[derive(Default)]
struct State {
    order: Option<Order>,
    /// The statements of the last transaction that ended.
    statements: Vec<String>,
}

/// Whether a statement with this number in its transaction, and this text, is the first after the rollback.
type IsDue = Box<dyn Fn(usize, &str) -> bool + Send>;

/// A rollback in a transaction, and what happens on another connection before it goes on.
struct Order {
    is_due: IsDue,
    meanwhile: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl RollbackRelay {
    /// Starts one to a database of the server that tests share.
    pub fn start(url: &str) -> Self {
        let (base, server) = url.split_once("?socket=").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        // Without a cache the client prepares each statement before it executes it, so that its text is known.
        let url = format!("{base}?socket={}&statement-cache-capacity=0", socket.display());
        let listener = UnixListener::bind(socket).unwrap();
        let (server, state) = (server.to_owned(), Arc::<Mutex<State>>::default());
        let of_connections = state.clone();
        spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&server).await.unwrap();
                spawn(relay(client, server, of_connections.clone()));
            }
        });
        Self { url, state, _folder: folder }
    }

    /// The URL of the database through the relay.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The statements of the last transaction that ended, from that after `BEGIN` to the end.
    pub fn statements(&self) -> Vec<String> {
        self.state.lock().unwrap().statements.clone()
    }

    /// Rolls back a transaction before a statement, given its number in the transaction and its text. Does something
    /// meanwhile, and passes on this statement and all that follow.
    pub fn roll_back_before(
        &self,
        is_due: impl Fn(usize, &str) -> bool + Send + 'static,
        meanwhile: impl Future<Output = ()> + Send + 'static,
    ) {
        let order = Order { is_due: Box::new(is_due), meanwhile: Box::pin(meanwhile) };
        self.state.lock().unwrap().order = Some(order);
    }

    /// Whether a transaction was rolled back since the last order.
    pub fn has_rolled_back(&self) -> bool {
        self.state.lock().unwrap().order.is_none()
    }
}

async fn relay(
    mut client: UnixStream,
    mut server: UnixStream,
    state: Arc<Mutex<State>>,
) -> io::Result<()> {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let (mut sent, mut answers, mut transaction) = (Vec::new(), Vec::new(), None);
    loop {
        let (length, is_sent) = select! {
            length = from_client.read_buf(&mut sent) => (length?, true),
            length = from_server.read_buf(&mut answers) => (length?, false),
        };
        if length == 0 {
            return Ok(());
        }
        if !is_sent {
            to_client.write_all(&take(&mut answers)).await?;
        }
        while let Some(packet) = next_packet(&mut sent) {
            let order = state.lock().unwrap().note(&packet, &mut transaction);
            if let Some(order) = order {
                // The client has the answers to all that it has sent before.
                roll_back(&mut from_server, &mut to_server).await?;
                order.meanwhile.await;
            }
            to_server.write_all(&packet).await?;
        }
    }
}

impl State {
    /// Notes a statement of a connection, which may be in a transaction. Returns the order if it is now due.
    fn note(&mut self, packet: &[u8], transaction: &mut Option<Vec<String>>) -> Option<Order> {
        let [_, _, _, 0, QUERY | PREPARE, statement @ ..] = packet else { return None };
        let statement = String::from_utf8_lossy(statement).into_owned();
        if statement == "BEGIN" {
            *transaction = Some(Vec::new());
            return None;
        }
        let statements = transaction.as_mut()?;
        let order = self.order.take_if(|order| (order.is_due)(statements.len(), &statement));
        let is_end = statement.ends_with("COMMIT") || statement == "ROLLBACK";
        statements.push(statement);
        if is_end {
            self.statements = transaction.take().unwrap_or_default();
        }
        order
    }
}

/// Takes a whole packet from the beginning of what was sent.
fn next_packet(sent: &mut Vec<u8>) -> Option<Vec<u8>> {
    let &[a, b, c, ..] = &sent[..] else { return None };
    let length = HEADER + usize::from(a) + (usize::from(b) << 8) + (usize::from(c) << 16);
    (sent.len() >= length).then(|| sent.drain(..length).collect())
}

async fn roll_back(from: &mut ReadHalf<'_>, to: &mut WriteHalf<'_>) -> io::Result<()> {
    to.write_all(ROLLBACK).await?;
    let mut answer = vec![0; HEADER];
    from.read_exact(&mut answer).await?;
    answer.resize(HEADER + usize::from(answer[0]), 0);
    from.read_exact(&mut answer[HEADER..]).await?;
    assert_eq!(answer[HEADER], 0, "the server has rolled back the transaction");
    Ok(())
}
