//! What every resolver of a request may use.

use std::sync::Arc;

use async_graphql::{Context, dataloader::DataLoader};

use super::limits::Limits;
use super::{
    batch::{Batches, batches},
    loader::{Loaders, Yielding},
};
use crate::{
    domain::viewer::{Scope, Viewer},
    error::{Code, Error, Result},
    store::Reads,
};

/// One request: who asks, and what answers.
pub struct RequestContext {
    viewer: Option<Arc<Viewer>>,
    reads: Reads,
    loaders: Option<DataLoader<Loaders>>,
    limits: Arc<Limits>,
}

impl RequestContext {
    /// A request of this caller, answered from these reads.
    pub fn new(viewer: Option<Arc<Viewer>>, reads: Reads, limits: Arc<Limits>) -> Self {
        Self { viewer, reads, loaders: None, limits }
    }

    /// Makes the loaders, whose batches whoever runs the request must run beside it.
    pub(super) fn start_loaders(&mut self) -> Batches {
        let (spawner, batches) = batches();
        self.loaders = self.viewer.as_ref().map(|viewer| {
            let loaders = Loaders { reads: self.reads.clone(), account: viewer.account };
            DataLoader::new(loaders, spawner, Yielding)
        });
        batches
    }

    /// The caller, who may read.
    ///
    /// # Errors
    /// When there is no valid key, or it does not allow reading.
    pub fn reader(&self) -> Result<&Viewer> {
        let viewer = self.viewer()?;
        if viewer.may(Scope::Read) {
            Ok(viewer)
        } else {
            Err(Error::client(Code::Forbidden, "This key does not have the scope 'read'."))
        }
    }

    /// The caller, whatever they may do.
    ///
    /// # Errors
    /// When there is no valid key.
    pub fn viewer(&self) -> Result<&Viewer> {
        self.viewer.as_deref().ok_or_else(|| Error::client(Code::Unauthenticated, NO_KEY))
    }

    /// Reads of the history.
    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// Reads of single things, gathered into batches.
    ///
    /// # Errors
    /// When there is no valid key, or it does not allow reading.
    pub fn loaders(&self) -> Result<&DataLoader<Loaders>> {
        self.reader()?;
        self.loaders.as_ref().ok_or_else(|| Error::client(Code::Unauthenticated, NO_KEY))
    }

    /// The bounds of the request.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// What a caller without a key is told.
pub const NO_KEY: &str = "A valid key is needed: send it as 'Authorization: Bearer …'.";

/// The request that a resolver works for.
pub(super) fn request<'a>(ctx: &Context<'a>) -> &'a RequestContext {
    ctx.data_unchecked::<RequestContext>()
}
