//! The GraphiQL page, embedded: it loads nothing from other hosts.
//!
//! It requests `graphql` and its assets by relative URLs, so it works below any path.

use axum::{
    Router,
    extract::Path,
    http::HeaderMap,
    response::{Redirect, Response},
    routing::get,
};

use super::assets;

/// The page can load from and connect to this server only. Monaco, the editor, sets styles in its
/// markup and draws underlines with `data:` images, so the policy must allow these two.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     font-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page, its assets, and redirects to the page, below a base path.
pub fn routes<S: Clone + Send + Sync + 'static>(base: &str) -> Router<S> {
    // A relative URL leads to the page too if a proxy removes a path. With a base path, the request may be that of
    // the path itself, which has no slash at its end.
    let page_url = if base.is_empty() { "graphiql".to_owned() } else { format!("{base}/graphiql") };
    Router::new()
        .route("/", get(|| async move { Redirect::temporary(&page_url) }))
        .route("/graphiql", get(page))
        .route("/graphiql/", get(|| async { Redirect::permanent("../graphiql") }))
        .route("/graphiql/assets/{*path}", get(asset))
}

async fn page(headers: HeaderMap) -> Response {
    assets::page("index.html", POLICY, &headers)
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    assets::asset(&path, POLICY, &headers)
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
        routes::<()>("").oneshot(request).await.unwrap()
    }

    async fn body(response: Response) -> Bytes {
        response.into_body().collect().await.unwrap().to_bytes()
    }

    /// None where the page is not in the build.
    async fn asset_paths() -> Vec<String> {
        let page = body(fetch("/graphiql", &[]).await).await;
        str::from_utf8(&page)
            .unwrap()
            .split('"')
            .filter(|part| part.starts_with("graphiql/assets/"))
            .map(|part| format!("/{part}"))
            .collect()
    }

    #[tokio::test]
    async fn the_root_leads_to_the_page() {
        let response = fetch("/", &[]).await;
        assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(response.headers()["location"], "graphiql");
    }

    #[tokio::test]
    async fn the_page_may_load_from_this_server_only() {
        let response = fetch("/graphiql", &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        let headers = response.headers();
        assert_eq!(headers[CONTENT_SECURITY_POLICY], POLICY);
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[REFERRER_POLICY], "no-referrer");
        assert_eq!(headers[X_FRAME_OPTIONS], "DENY");
        assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(headers[CACHE_CONTROL], "no-cache");

        let page = body(response).await;
        let page = str::from_utf8(&page).unwrap();
        assert!(page.contains("<title>Session history</title>"));
        assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("{{"));
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
        let mut paths = vec!["/graphiql/assets/no.js".to_owned()];
        paths.push("/graphiql/assets/../index.html".to_owned());
        paths.extend(asset_paths().await.iter().map(|path| format!("{path}.gz")));
        for path in paths {
            assert_eq!(fetch(&path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
