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
    http::server::USE_TLS,
};

const TOPIC: &str = "address";
/// The maximum time in which a gateway answers.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

pub(super) async fn check(server: &Server, findings: &mut Findings) {
    let base = server.base_path.as_ref().map_or("", |base| base.as_str());
    check_address(&server.listen, &format!("{base}/health/live"), findings).await;
    if let Some(metrics) = &server.metrics_listen {
        check_address(metrics, "/metrics", findings).await;
    }
}

/// Checks an address at which a gateway answers requests of this path.
async fn check_address(listen: &ListenAddress, path: &str, findings: &mut Findings) {
    match bind(listen).await {
        Ok(_) => findings.ok(TOPIC, format!("{listen} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            match timeout(ANSWER_TIMEOUT, is_gateway(listen, path)).await {
                Ok(true) => findings.ok(TOPIC, format!("a gateway answers at {listen}")),
                _ => findings.warning(
                    TOPIC,
                    format!(
                        "{listen} is used by another program: stop that program, or choose another address with \
                         --listen"
                    ),
                ),
            }
        }
        Err(error) => findings.problem(TOPIC, format!("cannot listen on {listen}: {error}")),
    }
}

/// Whether a gateway answers at an address, or says that it wants TLS.
async fn is_gateway(listen: &ListenAddress, path: &str) -> bool {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let ask = async {
        let mut connection = TcpStream::connect((&*listen.host, listen.port)).await?;
        connection.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        connection.take(1_000).read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = ask.await.unwrap_or_default();
    answer.starts_with(b"HTTP/1.1 200 ") || String::from_utf8_lossy(&answer).ends_with(USE_TLS)
}
