//! Readers of the change feed that keep copies: by pages, by streams of events, and by WebSockets.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use benches::client::Client;
use fastrand::Rng;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use crate::{
    account::{Account, Caller, data_of},
    content::SELECTION,
    model::Copy,
};

/// How a follower gets changes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    Pages,
    Events,
    Socket,
}

/// A reader with a copy.
#[derive(Debug)]
pub(crate) struct Follower {
    pub(crate) account: Arc<Account>,
    pub(crate) way: Way,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    copy: Copy,
    /// The cursor of the last change.
    after: Value,
}

impl Follower {
    /// A follower from the start of an account that has no changes yet.
    pub(crate) async fn begin(account: Arc<Account>, way: Way) -> Result<Self> {
        let request = account.graphql(JSON, &pages(1), &json!({}));
        let data = Caller::new(account.run.address).data(&request).await?;
        let after = data["sessionChanges"]["cursor"].clone();
        Ok(Self { account, way, state: Mutex::new(State { after, ..State::default() }) })
    }

    /// A follower by pages from the first change on.
    pub(crate) fn begin_at_first(account: Arc<Account>) -> Self {
        Self { account, way: Way::Pages, state: Mutex::default() }
    }

    /// Reads all pages that there are.
    pub(crate) async fn catch_up(&self) -> Result<()> {
        self.read_pages(&mut Caller::new(self.account.run.address)).await
    }

    /// Follows, and connects again and again, until the task is aborted.
    pub(crate) async fn follow(self: Arc<Self>, mut random: Rng) {
        let mut caller = Caller::new(self.account.run.address);
        let meter = &self.account.run.meter;
        loop {
            let stay = Duration::from_millis(random.u64(1_000..30_000));
            let followed = match self.way {
                Way::Pages => self.read_pages(&mut caller).await,
                Way::Events => self.until(stay, self.read_events()).await,
                Way::Socket => self.until(stay, self.read_socket()).await,
            };
            match followed {
                Ok(()) => meter.answered(None),
                Err(error) => meter.failed(&format!("{:?}", self.way), &error),
            }
            sleep(Duration::from_millis(random.u64(100..1_000))).await;
        }
    }

    /// The sessions that the copy has differently.
    pub(crate) fn differences(&self, expected: &Copy) -> Vec<i64> {
        self.state().copy.differences(expected)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hangs up after a time.
    async fn until(&self, stay: Duration, follow: impl Future<Output = Result<()>>) -> Result<()> {
        match timeout(stay, follow).await {
            Ok(Ok(())) => bail!("the subscription ended"),
            Ok(Err(error)) => Err(error),
            Err(_) => {
                self.account.run.meter.provoked();
                Ok(())
            }
        }
    }

    async fn read_pages(&self, caller: &mut Caller) -> Result<()> {
        loop {
            let variables = json!({ "after": self.state().after });
            let data = caller.data(&self.account.graphql(JSON, &pages(100), &variables)).await?;
            let page = &data["sessionChanges"];
            for change in page["nodes"].as_array().context("no changes")? {
                self.apply(change)?;
            }
            self.state().after = page["cursor"].clone();
            if page["pageInfo"]["hasNextPage"] != true {
                return Ok(());
            }
        }
    }

    async fn read_events(&self) -> Result<()> {
        let mut client = Client::connect(self.account.run.address).await?;
        let request = self.account.graphql("text/event-stream", &subscription(), &self.variables());
        let (mut text, mut applied) = (Vec::new(), Ok(()));
        client
            .call(&request, |part| {
                text.extend_from_slice(part);
                while let Some(end) = text.windows(2).position(|it| it == b"\n\n") {
                    let event: Vec<u8> = text.drain(..end + 2).collect();
                    if let Err(error) = self.apply_event(&event)
                        && applied.is_ok()
                    {
                        applied = Err(error);
                    }
                }
            })
            .await?;
        applied
    }

    /// Applies an event of a stream. Lines that begin with ':' are comments.
    fn apply_event(&self, event: &[u8]) -> Result<()> {
        let event = std::str::from_utf8(event)?;
        match event.lines().find_map(|line| line.strip_prefix("data: ")) {
            Some(answer) if event.contains("event: next") => {
                self.apply(&data_of(answer.as_bytes())?["sessionChanges"])
            }
            _ => Ok(()),
        }
    }

    async fn read_socket(&self) -> Result<()> {
        let address = self.account.run.address;
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        request.headers_mut().insert("x-api-key", self.account.key.parse()?);
        let (mut socket, _) = client_async(request, TcpStream::connect(address).await?).await?;
        let message = |value: Value| Message::text(value.to_string());
        socket.send(message(json!({ "type": "connection_init" }))).await?;
        let payload = json!({ "query": subscription(), "variables": self.variables() });
        while let Some(received) = socket.next().await {
            let received = received?;
            let Message::Text(text) = received else {
                ensure!(!received.is_close(), "the socket was closed: {received}");
                continue;
            };
            let text: Value = serde_json::from_str(&text)?;
            match text["type"].as_str() {
                Some("connection_ack") => {
                    let subscribe = json!({ "id": "1", "type": "subscribe", "payload": payload });
                    socket.send(message(subscribe)).await?;
                }
                Some("next") => {
                    let answer = text["payload"].to_string();
                    self.apply(&data_of(answer.as_bytes())?["sessionChanges"])?;
                }
                _ => bail!("an unexpected message: {text}"),
            }
        }
        Ok(())
    }

    fn variables(&self) -> Value {
        json!({ "after": self.state().after })
    }

    fn apply(&self, change: &Value) -> Result<()> {
        let mut state = self.state();
        state.copy.apply(change)?;
        state.after = change["cursor"].clone();
        Ok(())
    }
}

const JSON: &str = "application/json";

fn pages(size: u32) -> String {
    format!(
        "query($after: String) {{ sessionChanges(after: $after, first: {size}) {{ cursor pageInfo {{ hasNextPage }}
         nodes {{ kind legacyId cursor session {{ {SELECTION} }} }} }} }}"
    )
}

fn subscription() -> String {
    format!(
        "subscription($after: String) {{ sessionChanges(after: $after) {{ kind legacyId cursor
         session {{ {SELECTION} }} }} }}"
    )
}
