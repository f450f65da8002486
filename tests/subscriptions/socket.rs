//! A client of graphql-transport-ws that can break the rules.

use std::{io::Write, time::Duration};

use serde_json::{Value, json};
use tungstenite::{ClientRequestBuilder, Message, WebSocket, client, http::Uri};

use crate::support::{
    connection::{Connection, address},
    process::Server,
};

/// The subprotocol.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// A socket.
pub struct Socket(WebSocket<Connection>);

/// What a server sends.
#[derive(Clone, Debug, PartialEq)]
pub enum Received {
    Message(Value),
    Closed(u16, String),
}

impl Socket {
    /// Opens a socket.
    ///
    /// # Errors
    /// The answer of a server that refuses.
    pub fn try_open(
        server: &Server,
        protocol: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, (u16, String)> {
        let stream = Connection::open(&server.url).unwrap();
        stream.set_read_timeout(Duration::from_secs(20));
        let uri: Uri = format!("ws://{}/graphql", address(&server.url)).parse().unwrap();
        let mut request = ClientRequestBuilder::new(uri).with_sub_protocol(protocol);
        for (name, value) in headers {
            request = request.with_header(*name, *value);
        }
        match client(request, stream) {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
                let text = answer.body().as_deref().map(String::from_utf8_lossy);
                Err((answer.status().as_u16(), text.unwrap_or_default().into_owned()))
            }
            Err(error) => panic!("{error}"),
        }
    }

    pub fn open(server: &Server) -> Self {
        Self::try_open(server, PROTOCOL, &[]).unwrap()
    }

    /// Opens a socket, and initialises it with a key.
    pub fn of(server: &Server, key: &str) -> Self {
        let mut socket = Self::open(server);
        socket.init(key);
        assert_eq!(socket.receive(), Received::Message(json!({"type": "connection_ack"})));
        socket
    }

    pub fn init(&mut self, key: &str) {
        let payload = json!({"Authorization": format!("Bearer {key}")});
        self.send(&json!({"type": "connection_init", "payload": payload}));
    }

    pub fn send(&mut self, message: &Value) {
        self.send_raw(Message::text(message.to_string()));
    }

    pub fn send_raw(&mut self, message: Message) {
        self.0.send(message).unwrap();
    }

    /// Sends bytes that need not be a frame.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    pub fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({"query": query, "variables": variables});
        self.send(&json!({"id": id, "type": "subscribe", "payload": payload}));
    }

    /// The next message, or the end.
    pub fn receive(&mut self) -> Received {
        loop {
            match self.0.read() {
                Ok(Message::Text(text)) => {
                    return Received::Message(serde_json::from_str(&text).unwrap());
                }
                Ok(Message::Close(frame)) => {
                    let frame = frame.expect("a code");
                    return Received::Closed(frame.code.into(), frame.reason.to_string());
                }
                Ok(Message::Ping(_)) => return Received::Message(json!("a ping frame")),
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    pub fn message(&mut self) -> Value {
        loop {
            match self.receive() {
                Received::Message(message) if message == json!("a ping frame") => {}
                Received::Message(message) => return message,
                closed => panic!("{closed:?}"),
            }
        }
    }

    /// The code with which the server closes the socket now.
    pub fn close_code(&mut self) -> u16 {
        loop {
            match self.receive() {
                Received::Closed(code, _) => return code,
                Received::Message(message) if message == json!("a ping frame") => {}
                Received::Message(message) => panic!("{message}"),
            }
        }
    }
}
