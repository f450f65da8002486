//! The messages of graphql-transport-ws.

use async_graphql::{Name, Value, indexmap::IndexMap};
use axum::extract::ws::Message;

use super::super::request::from_members;
use crate::{
    error::{Code, Error},
    graphql::{execute::GraphqlRequest, json},
};

/// The maximum length of the id of an operation, in bytes.
const MAX_ID: usize = 1_000;

/// A JSON object.
pub(super) type Object = IndexMap<Name, Value>;

/// A message of a client.
pub(super) enum ClientMessage {
    /// The first message, with what the client says of itself.
    Init(Object),
    /// To be answered with the same payload.
    Ping(Option<Value>),
    Pong,
    /// Begins an operation. An error is for the operation only.
    Subscribe(String, Result<GraphqlRequest, Error>),
    /// Ends an operation.
    Complete(String),
}

impl ClientMessage {
    /// Reads a message.
    ///
    /// # Errors
    /// The reason why it is not a message of the protocol.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let message =
            json::parse(text.as_bytes()).map_err(|error| format!("Invalid JSON: {error}"))?;
        let Value::Object(mut members) = message else {
            return Err("A message is a JSON object".to_owned());
        };
        let Some(Value::String(kind)) = members.swap_remove("type") else {
            return Err("A message has a 'type'".to_owned());
        };
        let payload = members.swap_remove("payload").filter(|it| *it != Value::Null);
        let is_object = |it: &Value| matches!(it, Value::Object(_));
        if payload.as_ref().is_some_and(|payload| !is_object(payload)) {
            return Err("A payload is a JSON object".to_owned());
        }
        let object = |payload| match payload {
            Some(Value::Object(members)) => members,
            _ => Object::default(),
        };
        match kind.as_str() {
            "connection_init" => Ok(Self::Init(object(payload))),
            "ping" => Ok(Self::Ping(payload)),
            "pong" => Ok(Self::Pong),
            "complete" => Ok(Self::Complete(id(&mut members)?)),
            "subscribe" => {
                let id = id(&mut members)?;
                match from_members(object(payload)) {
                    Err(error) if error.code() == Code::BadUserInput => Err(error.to_string()),
                    request => Ok(Self::Subscribe(id, request)),
                }
            }
            _ => Err("The message has an unknown 'type'".to_owned()),
        }
    }
}

fn id(members: &mut Object) -> Result<String, String> {
    match members.swap_remove("id") {
        Some(Value::String(id)) if !id.is_empty() && id.len() <= MAX_ID => Ok(id),
        _ => Err(format!("The message has an 'id' of 1 to {MAX_ID} bytes")),
    }
}

/// The connection is open.
pub(super) fn ack() -> Message {
    Message::text(r#"{"type":"connection_ack"}"#)
}

/// The answer to a ping.
pub(super) fn pong(payload: Option<&Value>) -> Message {
    let payload = payload.and_then(|payload| serde_json::to_string(payload).ok());
    Message::text(match payload {
        Some(payload) => format!(r#"{{"type":"pong","payload":{payload}}}"#),
        None => r#"{"type":"pong"}"#.to_owned(),
    })
}

/// An answer to an operation, as JSON.
pub(super) fn next(id: &str, answer: &[u8]) -> Message {
    of_operation(id, "next", Some(answer))
}

/// The operation was not executed. The answer, as JSON, has the errors.
pub(super) fn error(id: &str, answer: &[u8]) -> Message {
    let errors = serde_json::from_slice::<serde_json::Value>(answer).unwrap_or_default();
    of_operation(id, "error", Some(errors["errors"].to_string().as_bytes()))
}

/// The operation has ended.
pub(super) fn complete(id: &str) -> Message {
    of_operation(id, "complete", None)
}

fn of_operation(id: &str, kind: &str, payload: Option<&[u8]>) -> Message {
    let id = serde_json::Value::from(id);
    let mut text = format!(r#"{{"id":{id},"type":"{kind}""#);
    if let Some(payload) = payload {
        text.push_str(r#","payload":"#);
        text.push_str(&String::from_utf8_lossy(payload));
    }
    text.push('}');
    Message::text(text)
}

#[cfg(test)]
mod tests {
    use super::{ClientMessage, complete, error, next};

    #[test]
    fn what_is_not_a_message_is_refused_with_the_reason() {
        let reason = |text| ClientMessage::parse(text).err();
        for text in [
            "",
            "[]",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"start"}"#,
            r#"{"type":"ping","payload":1}"#,
            r#"{"type":"ping","type":"pong"}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"complete","id":""}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}"#,
        ] {
            assert!(reason(text).is_some(), "{text}");
        }
        for text in [
            r#"{"type":"connection_init"}"#,
            r#"{"type":"connection_init","payload":null}"#,
            r#"{"type":"ping","payload":{"a":1}}"#,
            r#"{"type":"pong"}"#,
            r#"{"type":"complete","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":null}}"#,
        ] {
            assert_eq!(reason(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_is_escaped_in_messages() {
        let text = |message: axum::extract::ws::Message| message.into_text().unwrap().to_string();
        assert_eq!(text(complete("a\"\n")), r#"{"id":"a\"\n","type":"complete"}"#);
        let answer = br#"{"data":null}"#;
        assert_eq!(text(next("1", answer)), r#"{"id":"1","type":"next","payload":{"data":null}}"#);
        let answer = br#"{"errors":[{"message":"no"}]}"#;
        let expected = r#"{"id":"1","type":"error","payload":[{"message":"no"}]}"#;
        assert_eq!(text(error("1", answer)), expected);
    }
}
