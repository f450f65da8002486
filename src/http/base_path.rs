//! The path below which the gateway is served. It is removed before a request is routed.

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::{Uri, uri::PathAndQuery},
};
use tower::ServiceExt;

/// Serves `inside` below a path, and `outside` elsewhere.
pub(super) fn below(base: &str, inside: Router, outside: Router) -> Router {
    let base: Arc<str> = base.into();
    Router::new().fallback(move |mut request: Request| {
        let router = match rest(request.uri(), &base) {
            Some(uri) => {
                *request.uri_mut() = uri;
                inside.clone()
            }
            None => outside.clone(),
        };
        router.oneshot(request)
    })
}

/// The URI without the base path. None if it does not begin with it.
fn rest(uri: &Uri, base: &str) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(base)?;
    let rest: PathAndQuery = match rest.bytes().next() {
        Some(b'/') => rest.parse().ok()?,
        _ => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(rest);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::rest;

    #[test]
    fn the_base_path_is_removed_where_it_is_whole_segments() {
        for (uri, expected) in [
            ("/history/graphql", Some("/graphql")),
            ("/history/history/graphql?a=/history", Some("/history/graphql?a=/history")),
            ("/history", None),
            ("/history?a", None),
            ("/history/", Some("/")),
            ("/history//graphql", Some("//graphql")),
            ("http://example.com/history/graphql", Some("http://example.com/graphql")),
            ("/history2/graphql", None),
            ("/graphql", None),
            ("/", None),
            ("/History/graphql", None),
            ("*", None),
        ] {
            let rest = rest(&uri.parse().unwrap(), "/history");
            assert_eq!(rest.map(|uri| uri.to_string()).as_deref(), expected, "{uri}");
        }
    }
}
