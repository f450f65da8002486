//! The beginning of TLS on a connection.

use std::io::{self, ErrorKind};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::socket::Socket;
use crate::http::{client::Client, request_id::new_id};

/// The first byte of a client of TLS: the type of a record of the handshake.
const HANDSHAKE: u8 = 22;
/// The text of the answer to a client that does not use TLS.
pub const USE_TLS: &str = "This address is served over TLS. Use a URL that begins with https";

/// Begins TLS with a client. None if the connection is of no use. The caller limits the time.
pub(super) async fn begin_tls(
    socket: Socket,
    acceptor: TlsAcceptor,
    client: Client,
) -> Option<TlsStream<Socket>> {
    let address = client.address;
    match socket.first_byte().await {
        Ok(Some(HANDSHAKE)) => {}
        Ok(Some(byte)) => {
            if byte.is_ascii_alphabetic() {
                refuse_plain_http(socket, client).await;
            } else {
                tracing::info!(client = %address, "a connection was closed: its client does not use TLS");
            }
            return None;
        }
        Ok(None) => return None,
        Err(error) => {
            tracing::debug!(%error, "a connection failed");
            return None;
        }
    }
    let problem = match acceptor.accept(socket).await {
        Ok(stream) => return Some(stream),
        Err(problem) => problem,
    };
    // A probe of a port, or a client that left. The others are of use to find out why a program cannot connect.
    if matches!(problem.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) {
        tracing::debug!(%problem, "a TLS handshake failed");
    } else {
        tracing::info!(client = %address, %problem, "a TLS handshake failed");
    }
    None
}

/// Answers a client that speaks HTTP without TLS, and reads what it sends until it has read the answer.
async fn refuse_plain_http(mut socket: Socket, client: Client) {
    let id = new_id();
    tracing::info!(id, status = 400, client = %client.address, problem = "no TLS", "answered");
    let length = USE_TLS.len();
    let text = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {length}\r\n\
         connection: close\r\nx-request-id: {id}\r\n\r\n{USE_TLS}"
    );
    let answer = async {
        socket.write_all(text.as_bytes()).await?;
        socket.shutdown().await?;
        while socket.read(&mut [0; 4096]).await? > 0 {}
        io::Result::Ok(())
    };
    if let Err(error) = answer.await {
        tracing::debug!(%error, "a connection failed");
    }
}
