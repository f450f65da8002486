//! The pages for browsers, embedded: they load nothing from other hosts.
//!
//! A page requests `graphql` and its assets by relative URLs, so it works below any path.

use axum::{
    Router, extract::Path, http::HeaderMap, response::Redirect, response::Response, routing::get,
};

use super::assets;

/// What a page can load and connect to: this server only.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The policy of GraphiQL. Monaco, its editor, has workers and a font, sets styles in its markup, and draws
/// underlines with `data:` images.
const GRAPHIQL_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     font-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The pages and their assets.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(async |headers: HeaderMap| assets::page("start.html", POLICY, &headers)))
        .route(
            "/dashboard",
            get(async |headers: HeaderMap| assets::page("dashboard.html", POLICY, &headers)),
        )
        .route(
            "/graphiql",
            get(async |headers: HeaderMap| {
                assets::page("graphiql.html", GRAPHIQL_POLICY, &headers)
            }),
        )
        // A page's relative URLs lead elsewhere below a path that ends with a slash.
        .route("/dashboard/", get(async || Redirect::permanent("../dashboard")))
        .route("/graphiql/", get(async || Redirect::permanent("../graphiql")))
        .route("/assets/{*path}", get(asset))
}

/// The page that translates a call of the legacy URL.
pub(super) fn translate(headers: &HeaderMap) -> Response {
    assets::page("translate.html", POLICY, headers)
}

/// A worker has the policy that its own file came with, and only GraphiQL has workers.
async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    assets::asset(&path, GRAPHIQL_POLICY, &headers)
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, Bytes},
        http::{
            HeaderName, Request, StatusCode,
            header::{
                ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
                CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
                X_FRAME_OPTIONS,
            },
        },
    };
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;
    use crate::http::assets::FOREVER;

    async fn fetch(path: &str, headers: &[(HeaderName, &str)]) -> Response {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        routes::<()>().oneshot(request).await.unwrap()
    }

    async fn body(response: Response) -> Bytes {
        response.into_body().collect().await.unwrap().to_bytes()
    }

    const PAGES: [&str; 3] = ["/", "/dashboard", "/graphiql"];

    /// None where the pages are not in the build.
    async fn asset_paths() -> Vec<String> {
        let mut paths = Vec::new();
        for page in PAGES {
            let page = body(fetch(page, &[]).await).await;
            let parts = str::from_utf8(&page).unwrap().split('"');
            let assets = parts.filter(|part| part.starts_with("assets/"));
            paths.extend(assets.map(|part| format!("/{part}")));
        }
        paths
    }

    #[tokio::test]
    async fn pages_may_load_from_this_server_only() {
        for path in PAGES {
            let response = fetch(path, &[]).await;
            assert_eq!(response.status(), StatusCode::OK);
            let headers = response.headers();
            let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
            assert!(policy.contains("connect-src 'self'; "), "{policy}");
            assert!(!policy.contains("unsafe-eval") && !policy.contains("http"), "{policy}");
            assert_eq!(policy.contains("unsafe-inline"), path == "/graphiql", "{policy}");
            assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(headers[REFERRER_POLICY], "no-referrer");
            assert_eq!(headers[X_FRAME_OPTIONS], "DENY");
            assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8");
            assert_eq!(headers[CACHE_CONTROL], "no-cache");

            let page = body(response).await;
            let page = str::from_utf8(&page).unwrap();
            assert!(page.contains("Session history</title>"));
            assert!(
                !page.contains("http://") && !page.contains("https://") && !page.contains("{{")
            );
        }
    }

    #[tokio::test]
    async fn a_path_with_a_slash_at_its_end_leads_to_the_page() {
        for path in ["/dashboard", "/graphiql"] {
            let response = fetch(&format!("{path}/"), &[]).await;
            assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
            assert_eq!(response.headers()["location"], format!("..{path}"));
        }
    }

    #[tokio::test]
    async fn a_browser_that_has_the_page_gets_304() {
        let tag = fetch("/graphiql", &[]).await.headers()[ETAG].clone();
        let tag = tag.to_str().unwrap();
        for known in [tag.to_owned(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let response = fetch("/graphiql", &[(IF_NONE_MATCH, &known)]).await;
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
            assert_eq!(response.headers()[ETAG], tag);
            assert!(body(response).await.is_empty());
        }
        let response = fetch("/graphiql", &[(IF_NONE_MATCH, "\"other\"")]).await;
        assert_eq!(response.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn assets_come_in_the_best_encoding_that_the_browser_accepts() {
        for path in asset_paths().await {
            let plain = fetch(&path, &[]).await;
            assert_eq!(plain.status(), StatusCode::OK, "{path}");
            assert_eq!(plain.headers()[CACHE_CONTROL], FOREVER);
            assert_eq!(plain.headers()[VARY], "accept-encoding");
            assert!(!plain.headers().contains_key(CONTENT_ENCODING));
            let plain = body(plain).await;

            for (offer, encoding) in [
                ("gzip, deflate, br, zstd", "br"),
                ("gzip, deflate", "gzip"),
                ("gzip;q=0.5, br;q=0", "gzip"),
            ] {
                let packed = fetch(&path, &[(ACCEPT_ENCODING, offer)]).await;
                assert_eq!(packed.headers()[CONTENT_ENCODING], encoding, "{path} for {offer}");
                assert!(body(packed).await.len() < plain.len());
            }
        }
    }

    #[tokio::test]
    async fn a_path_that_is_no_asset_is_not_found() {
        let mut paths = vec!["/assets/no.js".to_owned()];
        paths.push("/assets/../start.html".to_owned());
        paths.extend(asset_paths().await.iter().map(|path| format!("{path}.gz")));
        for path in paths {
            assert_eq!(fetch(&path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
