//! A subscription that a caller has begun.

use std::sync::Arc;

use async_graphql::Variables;

pub use super::plan::feed::{Feed, FeedPage};
use super::{context::RequestContext, document::Document, error::RequestError};

/// A subscription, which is valid and within the limits.
#[derive(Debug)]
pub struct Subscription {
    pub(super) document: Arc<Document>,
    pub(super) name: Option<String>,
    pub(super) variables: Variables,
    pub(super) cost: u64,
}

impl Subscription {
    /// Compiles the subscription, and spends its cost.
    ///
    /// # Errors
    /// The answer, as JSON, when the caller may not read, an argument is invalid, or it is too expensive.
    pub async fn open<'a>(&'a self, request: &'a RequestContext) -> Result<Feed<'a>, Vec<u8>> {
        self.compile(request).await.map_err(|error| error.body())
    }

    async fn compile<'a>(&'a self, request: &'a RequestContext) -> Result<Feed<'a>, RequestError> {
        let Self { document, name, variables, cost } = self;
        let operation = document.operation(name.as_deref())?;
        let feed = Feed::compile(&document.parsed, operation, variables, request, *cost).await;
        feed.map_err(|error| RequestError::located(&error, operation.selection_set.pos))
    }
}
