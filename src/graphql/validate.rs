//! Ending a request after its validation.

use std::sync::Arc;

use async_graphql::{
    Response, async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
};

/// Has a schema validate what it is given, and run nothing of it.
pub(super) struct ValidateOnly;

impl ExtensionFactory for ValidateOnly {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for ValidateOnly {
    async fn execute(
        &self,
        _ctx: &ExtensionContext<'_>,
        _operation_name: Option<&str>,
        _next: NextExecute<'_>,
    ) -> Response {
        Response::default()
    }
}
