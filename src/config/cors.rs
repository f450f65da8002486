//! Values of cross-origin access: origins and names of headers.

/// The request headers of GraphQL clients, tracing libraries and HTTP libraries of browsers.
pub(super) const CLIENT_HEADERS: [&str; 31] = [
    "apollographql-client-name",
    "apollographql-client-version",
    "apollo-require-preflight",
    "x-apollo-operation-id",
    "x-apollo-operation-name",
    "graphql-client-name",
    "graphql-client-version",
    "graphql-require-preflight",
    "traceparent",
    "tracestate",
    "baggage",
    "sentry-trace",
    "x-datadog-origin",
    "x-datadog-parent-id",
    "x-datadog-sampling-priority",
    "x-datadog-trace-id",
    "b3",
    "x-b3-traceid",
    "x-b3-spanid",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-flags",
    "newrelic",
    "x-amzn-trace-id",
    "x-cloud-trace-context",
    "request-id",
    "x-request-id",
    "x-correlation-id",
    "x-requested-with",
    "cache-control",
    "pragma",
];

/// The name of a request header, or `*`.
pub(super) fn header_name(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match !text.is_empty() && text.bytes().all(token) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("the name of a header has letters, digits and '-'"),
    }
}

/// An origin as browsers send it.
pub(super) fn origin(text: &str) -> Result<String, &'static str> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |host: &str| {
        let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        !host.is_empty() && host.bytes().all(sign)
    };
    match host {
        Some(host) if plain(host) => Ok(text.to_ascii_lowercase()),
        _ => Err("an origin is written as https://host or https://host:port"),
    }
}
