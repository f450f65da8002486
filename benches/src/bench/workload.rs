//! A workload.

use benches::wire;
use serde_json::{Value, json};

/// Requests of one kind with different values.
#[derive(Debug)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) requests: Vec<Vec<u8>>,
}

/// A GraphQL request.
pub(crate) fn graphql(key: &str, operation: &str, query: &str, variables: &Value) -> Vec<u8> {
    let body = json!({ "query": query, "operationName": operation, "variables": variables });
    wire::graphql(key, None, &body)
}
