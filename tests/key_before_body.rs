//! A key in a header or in the URL is checked before the body of the request is read.

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{Request, StatusCode},
};
use http_body::{Frame, SizeHint};

use crate::support::{
    Answer, Gateway,
    database::{DatabaseKind, on_sqlite_alone},
};

const PART: usize = 4 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// A body that counts the bytes that are read of it.
struct CountedBody {
    parts: VecDeque<Bytes>,
    read: Arc<AtomicUsize>,
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let part = self.parts.pop_front();
        self.read.fetch_add(part.as_ref().map_or(0, Bytes::len), Relaxed);
        Poll::Ready(part.map(|part| Ok(Frame::data(part))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.parts.iter().map(|part| part.len() as u64).sum())
    }
}

/// Sends a body of a known length in parts, and answers how many bytes of it were read.
async fn post(
    gateway: &Gateway,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (Answer, usize) {
    let read = Arc::new(AtomicUsize::new(0));
    let parts = body.as_bytes().chunks(PART).map(Bytes::copy_from_slice).collect();
    // The rest of the body is not discarded after an early answer, because the client does not send it.
    let mut request = Request::post(target).header("expect", "100-continue");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = Body::new(CountedBody { parts, read: read.clone() });
    let answer = gateway.call(request.body(body).unwrap()).await;
    (answer, read.load(Relaxed))
}

on_sqlite_alone!(async a_request_with_a_wrong_key_is_answered_before_its_body_is_read, "no storage is involved");
async fn a_request_with_a_wrong_key_is_answered_before_its_body_is_read(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let query = r#"{"query":"{ viewer { keyLabel } }""#;
    let large = format!("{query}{}}}", " ".repeat(200_000));
    for header in ["authorization", "x-api-key", "integration-key"] {
        let value = |key: &str| match header {
            "authorization" => format!("Bearer {key}"),
            _ => key.to_owned(),
        };
        let headers = [("content-type", JSON), (header, &value("wrong-key-0123456789"))];
        let (answer, read) = post(&gateway, "/graphql", &headers, &large).await;
        assert_eq!((answer.status, read), (StatusCode::UNAUTHORIZED, 0), "{header}");
        let headers = [("content-type", JSON), (header, &value(&tenant.key))];
        let (answer, read) = post(&gateway, "/graphql", &headers, &large).await;
        assert_eq!(
            (answer.json()["data"]["viewer"]["keyLabel"].as_str(), read),
            (Some("test"), large.len())
        );
    }
}

on_sqlite_alone!(async the_body_of_a_request_without_a_key_is_small, "no storage is involved");
async fn the_body_of_a_request_without_a_key_is_small(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--legacy-status", "true"]).await;
    let tenant = gateway.tenant("acme").await;
    let document = |length| format!(r#"{{"query":"{{ __typename }}"{}}}"#, " ".repeat(length));
    let (answer, _) =
        post(&gateway, "/graphql", &[("content-type", JSON)], &document(10_000)).await;
    assert_eq!(answer.json()["data"]["__typename"], "Query");
    let (answer, read) =
        post(&gateway, "/graphql", &[("content-type", JSON)], &document(200_000)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("Send a key in a header.") && read == 0, "{read}");

    let url = "/get_session_history.php?VARS=ID";
    let form = |key: &str, length| format!("KEY={key}&VARS=ID&more={}", "x".repeat(length));
    let wrong_url = format!("{url}&KEY=wrong-key-0123456789");
    let right_url = format!("{url}&KEY={}", tenant.key);
    let wrong_header = [("content-type", FORM), ("x-api-key", "wrong-key-0123456789")];
    let right_header = [("content-type", FORM), ("x-api-key", &*tenant.key)];
    let (right, wrong) = (&*tenant.key, "wrong-key-0123456789");
    for (target, headers, key, length, status) in [
        // The key of the form counts, whatever keys the URL and the headers have.
        (url, &wrong_header[..1], right, 10_000, 200),
        (&wrong_url, &wrong_header, right, 10_000, 200),
        (&right_url, &wrong_header, wrong, 10_000, 401),
        (&right_url, &right_header, wrong, 10_000, 200),
        // Without a valid key before the form, the form is small.
        (url, &wrong_header[..1], right, 200_000, 413),
        (url, &wrong_header, right, 200_000, 401),
        (&wrong_url, &wrong_header[..1], right, 200_000, 401),
        (&right_url, &wrong_header[..1], right, 200_000, 200),
        (url, &right_header, right, 200_000, 200),
    ] {
        let (answer, read) = post(&gateway, target, headers, &form(key, length)).await;
        assert_eq!(answer.status.as_u16(), status, "{target} {headers:?} {key} {length}");
        assert!(length < 20_000 || status == 200 || read == 0, "{target} {headers:?}: {read}");
    }
}

on_sqlite_alone!(async a_closed_schema_needs_a_key_before_the_body, "no storage is involved");
async fn a_closed_schema_needs_a_key_before_the_body(on: DatabaseKind) {
    let gateway = Gateway::start_with(on, &["--introspection", "keys"]).await;
    let body = r#"{"query":"{ __typename }"}"#;
    let (answer, read) = post(&gateway, "/graphql", &[("content-type", JSON)], body).await;
    assert_eq!((answer.status, read), (StatusCode::UNAUTHORIZED, 0));
    assert_eq!(answer.codes(), ["UNAUTHENTICATED"]);
}
