//! The id of a request, which its log line and its response have.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use axum::http::{HeaderMap, HeaderName};

pub(super) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The maximum length of an id of a proxy.
const MAX_LENGTH: usize = 128;

/// A new id, from which neither the next one nor the number of requests can be told.
pub(super) fn new_id() -> String {
    static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}", HASHER.hash_one(COUNT.fetch_add(1, Relaxed)))
}

/// The id that a proxy gave a request: its `x-request-id`, or else the trace of its `traceparent`.
pub(super) fn forwarded_id(headers: &HeaderMap) -> Option<&str> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_id = |id: &&str| {
        let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~+/=:@".contains(&byte);
        (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(is_sign)
    };
    text(&REQUEST_ID).filter(is_id).or_else(|| trace_id(text(&TRACEPARENT)?))
}

/// The trace of a `traceparent`: `VERSION-TRACE-PARENT-FLAGS`, in hexadecimal digits.
fn trace_id(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.trim().split('-');
    let lengths = [2, 32, 16, 2];
    let [_, trace, _, _] = lengths.map(|length| {
        let part = parts.next()?;
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (part.len() == length && part.bytes().all(is_hex)).then_some(part)
    });
    trace.filter(|trace| trace.bytes().any(|byte| byte != b'0'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::http::{HeaderMap, HeaderValue};

    use super::{forwarded_id, new_id};

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let lines = lines
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()));
        lines.collect()
    }

    #[test]
    fn new_ids_differ_and_do_not_count() {
        let ids: Vec<_> = (0..1_000).map(|_| new_id()).collect();
        assert!(
            ids.iter()
                .all(|id| id.len() == 16
                    && forwarded_id(&headers(&[("x-request-id", id)])).is_some())
        );
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 1_000);
        let numbers = ids.iter().map(|id| u64::from_str_radix(id, 16).unwrap());
        // Half of them have the first bit.
        let high = numbers.filter(|number| number >> 63 == 1).count();
        assert!((300..700).contains(&high), "{high}");
    }

    #[test]
    fn a_proxy_gives_a_request_its_id() {
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let long = "a".repeat(129);
        for (lines, id) in [
            (&[("x-request-id", "abc-123_x.Y~/+=:@")][..], Some("abc-123_x.Y~/+=:@")),
            (&[("x-request-id", "")], None),
            (&[("x-request-id", "a b")], None),
            (&[("x-request-id", "a\"b")], None),
            (&[("x-request-id", &long)], None),
            (&[("x-request-id", &long[1..])], Some(&long[1..])),
            (&[("traceparent", trace)], Some("4bf92f3577b34da6a3ce929d0e0e4736")),
            (&[("x-request-id", "one"), ("traceparent", trace)], Some("one")),
            (
                &[("x-request-id", "a b"), ("traceparent", trace)],
                Some("4bf92f3577b34da6a3ce929d0e0e4736"),
            ),
            (&[("traceparent", "00-4bf92f3577b34da6-00f067aa0ba902b7-01")], None),
            (&[("traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01")], None),
            (&[("traceparent", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01")], None),
        ] {
            assert_eq!(forwarded_id(&headers(lines)), id, "{lines:?}");
        }
    }
}
