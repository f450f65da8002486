//! A workload: requests as they go over the wire.

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
    let body = body.to_string();
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A call of the legacy URL.
pub(crate) fn legacy(key: &str, parameters: &[(&str, &str)]) -> Vec<u8> {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("KEY", key)
        .extend_pairs(parameters)
        .finish();
    format!("GET /get_session_history.php?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").into_bytes()
}
