//! What must hold of every connection, whatever bytes arrive in whatever parts. The fuzz target
//! `request_lines` and a test call it.

use std::{
    cell::RefCell,
    convert::Infallible,
    io,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::Body;
use http_body_util::BodyExt;
use hyper::{
    Request, Response, Version,
    body::{Body as _, Incoming},
    header::{CONNECTION, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    runtime,
};

use super::{
    legacy_path,
    repaired_stream::{Heads, RepairedStream},
};

/// A request that the library gave to the service: its path, and all of it as text.
#[derive(Clone, Debug, PartialEq)]
struct Served {
    path: String,
    version: Version,
    text: String,
}

/// Bytes that arrive in parts of a size. What is written is dropped.
struct Arriving<'a> {
    bytes: &'a [u8],
    part: usize,
}

impl AsyncRead for Arriving<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let length = self.part.min(self.bytes.len()).min(buffer.remaining());
        let (part, rest) = self.bytes.split_at(length);
        buffer.put_slice(part);
        self.bytes = rest;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Arriving<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The requests that the library finds on a connection.
fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, heads: &Heads) -> Vec<Served> {
    let served = Rc::new(RefCell::new(Vec::new()));
    let service = service_fn(|request: Request<Incoming>| {
        let is_last = heads.read(request.body().size_hint().exact());
        let served = served.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map(|body| body.to_bytes()).ok();
            let (path, version) = (head.uri.path().to_owned(), head.version);
            served.borrow_mut().push(Served { path, version, text: format!("{head:?}{body:?}") });
            let mut response = Response::new(Body::from("ok"));
            if is_last {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut builder = http1::Builder::new();
    let connection =
        builder.header_read_timeout(None).serve_connection(TokioIo::new(stream), service);
    let runtime = runtime::Builder::new_current_thread().build().unwrap();
    // A malformed request ends the connection with an error.
    let _ = runtime.block_on(connection);
    served.take()
}

fn repaired(bytes: &[u8], part: usize) -> Vec<Served> {
    let heads = Arc::new(Heads::default());
    let is_legacy_path = |path: &[u8]| legacy_path::route(path).is_some();
    let stream = RepairedStream::new(Arriving { bytes, part }, heads.clone(), is_legacy_path);
    serve(stream, &heads)
}

/// Serves these bytes with and without repair, and in parts of this size and as a whole.
pub(super) fn check(bytes: &[u8], part: usize) {
    let plain = serve(Arriving { bytes, part: usize::MAX }, &Heads::default());
    let repaired_whole = repaired(bytes, usize::MAX);
    assert_eq!(repaired(bytes, part), repaired_whole, "the parts matter");
    // What the library accepts is unchanged. One request more is one of a legacy path, and the last.
    let (same, more) = repaired_whole.split_at(plain.len().min(repaired_whole.len()));
    assert_eq!(same, plain, "a request was changed");
    assert!(more.len() <= 1, "a repaired request was not the last: {more:?}");
    for request in more {
        assert!(legacy_path::route(request.path.as_bytes()).is_some(), "{request:?}");
        assert!([Version::HTTP_10, Version::HTTP_11].contains(&request.version), "{request:?}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::{check, repaired};

    const RAW: &str = "GET /a b/GET_HISTORY_API.php?\"<É> HTTP/1.1\r\nhost: a\r\n\r\n";
    const CLEAN: &str = "GET /get_history_api.php?A=B HTTP/1.1\r\nhost: a\r\n\r\n";
    const PIECES: [&str; 27] = [
        "GET ",
        "POST ",
        "HEAD ",
        "/get_session_history.php",
        "/GET_HISTORY_API.PHP/",
        "/x",
        "?",
        "A=B",
        " ",
        "\"",
        "É",
        "#",
        " HTTP/1.1",
        " HTTP/1.0",
        "\r\n",
        "\n",
        "\r",
        "\0",
        "host: a\r\n",
        "content-length: 7\r\n",
        "transfer-encoding: chunked\r\n",
        "connection: close\r\n",
        "\r\n\r\n7\r\nabcdefg\r\n0\r\n\r\n",
        "POST /x HTTP/1.1\r\ncontent-length: 7\r\n\r\n",
        "GET /x#/get_history_api.php",
        RAW,
        CLEAN,
    ];

    proptest! {
        #[test]
        fn no_request_is_changed_and_at_most_one_is_repaired(
            pieces in vec(0..PIECES.len(), 0..30),
            latin in any::<bool>(),
            part in 1..40_usize,
        ) {
            let text: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
            let bytes = match latin {
                true => text.chars().map(|c| c as u8).collect(),
                false => text.into_bytes(),
            };
            check(&bytes, part);
        }
    }

    #[test]
    fn a_raw_line_is_repaired_behind_other_requests() {
        let post = "POST /x HTTP/1.1\r\ncontent-length: 7\r\n\r\nGET / H";
        let requests = [CLEAN, post, CLEAN, RAW, CLEAN].concat();
        for part in 1..requests.len() {
            assert_eq!(repaired(requests.as_bytes(), part).len(), 4);
            check(requests.as_bytes(), part);
        }
    }
}
