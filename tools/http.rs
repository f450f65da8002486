//! GraphQL requests to a gateway, over a connection that stays open.

use std::error::Error;

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// Why a request has no answer.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// A caller of a gateway.
#[derive(Debug)]
pub(crate) struct Caller {
    gateway: String,
    key: String,
    connection: Option<BufReader<TcpStream>>,
}

impl Caller {
    /// A caller with a key, of the gateway at a host and port.
    pub(crate) fn new(gateway: &str, key: &str) -> Self {
        Self { gateway: gateway.to_owned(), key: key.to_owned(), connection: None }
    }

    /// Sends a request, and reads the body of the answer.
    ///
    /// # Errors
    /// When there is no answer, or its status is not 200. The next request takes a new connection.
    pub(crate) async fn ask(&mut self, body: &str) -> Result<String, Failure> {
        let answer = self.exchange(body).await;
        if answer.is_err() {
            self.connection = None;
        }
        answer
    }

    async fn exchange(&mut self, body: &str) -> Result<String, Failure> {
        let Self { gateway, key, connection } = self;
        let stream = match connection {
            Some(stream) => stream,
            None => connection.insert(BufReader::new(TcpStream::connect(&*gateway).await?)),
        };
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: {gateway}\r\nx-api-key: {key}\r\n\
             content-type: application/json\r\naccept: application/graphql-response+json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut status = String::new();
        stream.read_line(&mut status).await?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? <= 2 {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        match status.split(' ').nth(1) {
            Some("200") => Ok(String::from_utf8(body)?),
            Some(status) => Err(format!("status {status}").into()),
            None => Err("no answer".into()),
        }
    }
}
