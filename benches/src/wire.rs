//! Requests as they go over the wire.

use serde_json::Value;

/// A GraphQL request with this body, which accepts the type of answer.
pub fn graphql(key: &str, accept: Option<&str>, body: &Value) -> Vec<u8> {
    let accept = accept.map(|it| format!("Accept: {it}\r\n")).unwrap_or_default();
    let body = body.to_string();
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {key}\r\n{accept}\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A call of the legacy URL.
pub fn legacy(key: &str, parameters: &[(&str, &str)]) -> Vec<u8> {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("KEY", key)
        .extend_pairs(parameters)
        .finish();
    format!("GET /get_session_history.php?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").into_bytes()
}
