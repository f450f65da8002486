//! An account under load, and callers with its key.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::{Result, bail};
use benches::{client::Client, wire};
use serde_json::{Value, json};

use crate::{
    meter::Meter,
    model::{Model, Stored},
};

/// What all tasks of a run share.
#[derive(Debug)]
pub(crate) struct Run {
    /// Where the gateway listens.
    pub(crate) address: SocketAddr,
    pub(crate) meter: Meter,
    is_over: AtomicBool,
}

/// An account with the sessions that it should have.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) name: &'static str,
    /// With all scopes.
    pub(crate) key: String,
    pub(crate) run: Arc<Run>,
    model: Mutex<Model>,
}

/// A caller with a connection that stays open.
#[derive(Debug)]
pub(crate) struct Caller {
    address: SocketAddr,
    client: Option<Client>,
}

impl Run {
    pub(crate) fn new(address: SocketAddr) -> Result<Self> {
        Ok(Self { address, meter: Meter::new()?, is_over: AtomicBool::new(false) })
    }

    /// Ends the load. The followers of the feed go on.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }
}

impl Account {
    pub(crate) fn new(name: &'static str, key: String, run: Arc<Run>) -> Self {
        Self { name, key, run, model: Mutex::default() }
    }

    pub(crate) fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A stored session, from this number on or else the first.
    pub(crate) fn some_session(&self, from: i64) -> Option<(i64, Stored)> {
        let model = self.model();
        let found = model.range(from..).next().or_else(|| model.iter().next());
        found.map(|(id, stored)| (*id, *stored))
    }

    /// A GraphQL request.
    pub(crate) fn graphql(&self, accept: &str, query: &str, variables: &Value) -> Vec<u8> {
        let body = json!({ "query": query, "variables": variables });
        wire::graphql(&self.key, Some(accept), &body)
    }

    /// A call of the legacy URL.
    pub(crate) fn legacy(&self, parameters: &[(&str, &str)]) -> Vec<u8> {
        wire::legacy(&self.key, parameters)
    }
}

impl Caller {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, client: None }
    }

    /// Sends a request and returns the body. After a failure the next request takes a new connection.
    pub(crate) async fn body(&mut self, request: &[u8]) -> Result<Vec<u8>> {
        let mut client = match self.client.take() {
            Some(client) => client,
            None => Client::connect(self.address).await?,
        };
        let body = client.get(request).await?;
        self.client = Some(client);
        Ok(body)
    }

    /// Sends a GraphQL request and returns its data.
    pub(crate) async fn data(&mut self, request: &[u8]) -> Result<Value> {
        data_of(&self.body(request).await?)
    }
}

/// The data of a GraphQL response without errors.
pub(crate) fn data_of(body: &[u8]) -> Result<Value> {
    let mut answer: Value = serde_json::from_slice(body)?;
    if let Some(errors) = answer.get("errors") {
        bail!("{} {}", errors[0]["extensions"]["code"], errors[0]["message"]);
    }
    Ok(answer["data"].take())
}
