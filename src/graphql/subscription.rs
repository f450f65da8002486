//! A subscription that a caller has begun.

use std::sync::Arc;

use async_graphql::Variables;
use sha2::{Digest, Sha256};

pub use super::plan::feed::{Feed, FeedPage, FeedQuestion};
use super::{
    Schema, context::RequestContext, cost, document::Document, error::RequestError,
    limits::input::check_variables,
};

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

    /// A subscription of the gateway's own, which is one also where only trusted documents are answered.
    ///
    /// # Errors
    /// The answer, as JSON, when a variable is not valid.
    pub fn internal(
        schema: &Schema,
        context: &RequestContext,
        text: &str,
        variables: Variables,
    ) -> Result<Self, Vec<u8>> {
        Self::of_text(schema, context, text, variables).map_err(|error| error.body())
    }

    fn of_text(
        schema: &Schema,
        context: &RequestContext,
        text: &str,
        variables: Variables,
    ) -> Result<Self, RequestError> {
        let (parts, limits) = (&schema.0, context.limits());
        let mut found = parts.find_text(text.into(), limits)?;
        parts.validate(&mut found, context)?;
        let document = found.document.clone();
        let operation = document.operation(None)?;
        check_variables(operation, &variables, limits)?;
        let variables = parts.input_types.coerce(&operation.variable_definitions, variables)?;
        let cost = cost::check_cost(&document.parsed, operation, &variables, limits)?;
        Ok(Self::new(document, text, None, variables, cost))
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
