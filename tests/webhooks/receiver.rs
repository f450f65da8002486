//! A receiver of webhooks, on a port of this machine.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// Longer than any message takes to arrive on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The status of the answer to an attempt, by the number of the attempt from 0.
type Answers = Arc<dyn Fn(usize) -> u16 + Send + Sync>;

#[derive(Clone)]
struct Shared {
    attempts: Arc<Mutex<Vec<Attempt>>>,
    answers: Answers,
}

/// An attempt to send a message.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub headers: Value,
    pub body: String,
    pub taken: bool,
}

impl Attempt {
    pub fn id(&self) -> &str {
        self.headers["webhook-id"].as_str().unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub struct Receiver {
    address: SocketAddr,
    shared: Shared,
    /// None while the receiver is down.
    running: Option<Runtime>,
}

impl Receiver {
    pub fn start(answers: impl Fn(usize) -> u16 + Send + Sync + 'static) -> Self {
        let shared = Shared { attempts: Arc::default(), answers: Arc::new(answers) };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut receiver = Self { address, shared, running: None };
        receiver.serve(listener);
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook?token=word-of-the-receiver", self.address)
    }

    /// Nobody listens any more.
    pub fn go_down(&mut self) {
        self.running.take().unwrap().shutdown_timeout(Duration::from_secs(5));
    }

    pub fn come_up(&mut self) {
        self.serve(TcpListener::bind(self.address).unwrap());
    }

    fn serve(&mut self, listener: TcpListener) {
        listener.set_nonblocking(true).unwrap();
        let runtime = Runtime::new().unwrap();
        let router = Router::new().fallback(receive).with_state(self.shared.clone());
        runtime.spawn(async move {
            axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), router).await
        });
        self.running = Some(runtime);
    }

    /// All attempts, in the order in which they came.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.shared.attempts.lock().unwrap().clone()
    }

    /// The messages that were taken, each once, in the order in which they first came.
    pub fn taken(&self) -> Vec<Attempt> {
        let mut taken: Vec<Attempt> = Vec::new();
        for attempt in self.attempts().into_iter().filter(|attempt| attempt.taken) {
            if !taken.iter().any(|earlier| earlier.id() == attempt.id()) {
                taken.push(attempt);
            }
        }
        taken
    }

    /// Waits until this holds.
    pub fn wait_until(&self, holds: impl Fn(&[Attempt]) -> bool) {
        let start = Instant::now();
        while !holds(&self.attempts()) {
            assert!(start.elapsed() < PATIENCE, "{:?}", self.attempts());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap())))
        .collect::<serde_json::Map<_, _>>();
    let mut attempts = shared.attempts.lock().unwrap();
    let status = StatusCode::from_u16((shared.answers)(attempts.len())).unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    attempts.push(Attempt { headers: headers.into(), body, taken: status.is_success() });
    let location = [(LOCATION, "/elsewhere")];
    if status.is_redirection() {
        (status, location).into_response()
    } else {
        status.into_response()
    }
}
