//! The address of the server.

use std::{io::ErrorKind, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::finding::Findings;
use crate::{
    cli::serve::bind,
    config::{ListenAddress, Server},
};

const TOPIC: &str = "address";
/// The maximum time in which a gateway answers.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

pub(super) async fn check(server: &Server, findings: &mut Findings) {
    for listen in [&server.listen].into_iter().chain(&server.metrics_listen) {
        check_address(listen, findings).await;
    }
}

async fn check_address(listen: &ListenAddress, findings: &mut Findings) {
    match bind(listen).await {
        Ok(_) => findings.ok(TOPIC, format!("{listen} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            match timeout(ANSWER_TIMEOUT, is_gateway(listen)).await {
                Ok(true) => findings.ok(TOPIC, format!("a gateway answers at {listen}")),
                _ => findings.warning(
                    TOPIC,
                    format!(
                        "{listen} is used by another program, or by a gateway that does not answer without TLS: stop that \
                         program, or choose another address with --listen"
                    ),
                ),
            }
        }
        Err(error) => findings.problem(TOPIC, format!("cannot listen on {listen}: {error}")),
    }
}

/// Whether a gateway answers at an address.
async fn is_gateway(listen: &ListenAddress) -> bool {
    let request = "GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let ask = async {
        let mut connection = TcpStream::connect((&*listen.host, listen.port)).await?;
        connection.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        connection.take(1_000).read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    ask.await.is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200 "))
}
