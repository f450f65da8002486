//! The connection to the collector.

use std::{
    fmt::Display,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use axum::http::{HeaderValue, Uri, header::HOST};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Response, client::conn::http1};
use hyper_util::rt::TokioIo;
use opentelemetry_http::{HttpClient, HttpError};
use tokio::{net::TcpStream, runtime::Handle, time::timeout};

/// The maximum time of a request to the collector.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The maximum size of its answer.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Sends each request on a connection of its own: there is one in some seconds.
#[derive(Debug)]
pub(super) struct CollectorClient {
    runtime: Handle,
    has_failed: AtomicBool,
}

impl CollectorClient {
    pub(super) fn new(runtime: Handle) -> Self {
        Self { runtime, has_failed: AtomicBool::new(false) }
    }

    /// Logs the first of several failures.
    fn note(&self, failure: Option<&dyn Display>) {
        let had_failed = self.has_failed.swap(failure.is_some(), Relaxed);
        match failure {
            Some(failure) if !had_failed => {
                tracing::warn!(%failure, "traces cannot be sent to the collector; they are dropped");
            }
            None if had_failed => tracing::info!("traces are sent to the collector again"),
            _ => {}
        }
    }
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for CollectorClient {
    // The thread that sends has no runtime, and a request that is not awaited goes on to its end.
    fn send_bytes<'a, 'b>(&'a self, request: Request<Bytes>) -> Sent<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        let task = self.runtime.spawn(async { timeout(TIMEOUT, send(request)).await });
        Box::pin(async move {
            let answer = match task.await {
                Ok(Ok(answer)) => answer,
                Ok(Err(late)) => Err(late.into()),
                Err(failed) => Err(failed.into()),
            };
            match &answer {
                Ok(answer) if answer.status().is_success() => self.note(None),
                Ok(answer) => self.note(Some(&answer.status())),
                Err(failure) => self.note(Some(failure)),
            }
            answer
        })
    }
}

async fn send(request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let uri = request.uri().clone();
    let host = uri.host().ok_or("the URL has no host")?.trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let (mut parts, body) = request.into_parts();
    let authority = uri.authority().ok_or("the URL has no host")?;
    parts.headers.insert(HOST, HeaderValue::from_str(authority.as_str())?);
    parts.uri = uri.path_and_query().map_or_else(Uri::default, |path| path.clone().into());
    let answer = sender.send_request(Request::from_parts(parts, Full::new(body))).await?;
    let (parts, body) = answer.into_parts();
    let body = Limited::new(body, MAX_ANSWER_BYTES).collect().await?.to_bytes();
    connection.abort();
    Ok(Response::from_parts(parts, body))
}
