//! A subscription that a caller has begun.

use std::sync::Arc;

use async_graphql::Variables;
use sha2::{Digest, Sha256};

pub use super::plan::feed::{Feed, FeedPage, FeedQuestion};
use super::{context::RequestContext, document::Document, error::RequestError};

/// A subscription, which is valid and within the limits.
#[derive(Debug)]
pub struct Subscription {
    document: Arc<Document>,
    name: Option<String>,
    variables: Variables,
    cost: u64,
    /// The digest of the document as a text, the name, and the variables.
    digest: [u8; 32],
}

impl Subscription {
    pub(super) fn new(
        document: Arc<Document>,
        text: &str,
        name: Option<String>,
        variables: Variables,
        cost: u64,
    ) -> Self {
        let of_request = format!("{name:?}/{variables:?}/{text}");
        let digest = Sha256::digest(of_request).into();
        Self { document, name, variables, cost, digest }
    }

    /// Compiles the subscription, and spends its cost.
    ///
    /// # Errors
    /// The answer, as JSON, when the caller may not read, an argument is invalid, or it is too expensive.
    pub async fn open<'a>(&'a self, request: &'a RequestContext) -> Result<Feed<'a>, Vec<u8>> {
        self.compile(request).await.map_err(|error| error.body())
    }

    async fn compile<'a>(&'a self, request: &'a RequestContext) -> Result<Feed<'a>, RequestError> {
        let Self { document, name, variables, cost, digest } = self;
        let operation = document.operation(name.as_deref())?;
        let cost = (*cost, *digest);
        let feed = Feed::compile(&document.parsed, operation, variables, request, cost).await;
        feed.map_err(|error| RequestError::located(&error, operation.selection_set.pos))
    }
}
