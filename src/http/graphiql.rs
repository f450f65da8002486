//! The GraphiQL page, embedded: nothing of it comes from another host.
//!
//! `build.rs` makes the files from `web/`. The page asks for `graphql` and for its assets by
//! relative addresses, so it works behind a path prefix too.

use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
            CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
            X_FRAME_OPTIONS,
        },
    },
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

/// What the page may load and reach: this server alone. The editor (Monaco) sets styles in its
/// markup and draws its squiggles from `data:` images, so these two cannot be left out.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     font-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The name of an asset has a hash of its content in it.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// The encodings that an asset may have a copy in, the best one first, with the copy's ending.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Every file by its name, sorted.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/graphiql.rs"));

/// The page, its assets, and the way there from the root.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(|| async { Redirect::temporary("graphiql") }))
        .route("/graphiql", get(page))
        .route("/graphiql/", get(|| async { Redirect::permanent("../graphiql") }))
        .route("/graphiql/assets/{*path}", get(asset))
}

async fn page(headers: HeaderMap) -> Response {
    let Some(content) = file("index.html") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = entity_tag(&content);
    let caching = [(CACHE_CONTROL, "no-cache".to_owned()), (ETAG, tag.clone())];
    if already_has(&headers, &tag) {
        return (StatusCode::NOT_MODIFIED, security_headers(), caching).into_response();
    }
    let kind = [(CONTENT_TYPE, "text/html; charset=utf-8")];
    (security_headers(), caching, kind, content).into_response()
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let name = format!("assets/{path}");
    // The copies in other encodings have no type, so they cannot be asked for by name.
    let Some(kind) = content_type(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let about = [(CONTENT_TYPE, kind), (CACHE_CONTROL, FOREVER), (VARY, "accept-encoding")];

    for (encoding, ending) in ENCODINGS {
        if accepts(&headers, encoding)
            && let Some(content) = file(&format!("{name}{ending}"))
        {
            let encoding = [(CONTENT_ENCODING, encoding)];
            return (security_headers(), about, encoding, content).into_response();
        }
    }
    match file(&name) {
        Some(content) => (security_headers(), about, content).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// On the assets too: a worker lives by the policy that its own file came with.
fn security_headers() -> [(HeaderName, &'static str); 4] {
    [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (X_FRAME_OPTIONS, "DENY"),
    ]
}

fn content_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    match ending {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "ttf" => Some("font/ttf"),
        "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}

fn file(name: &str) -> Option<Bytes> {
    let index = FILES.binary_search_by_key(&name, |(known, _)| known).ok()?;
    let (_, content) = FILES.get(index)?;
    Some(Bytes::from_static(content))
}

fn entity_tag(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let digits: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

fn already_has(headers: &HeaderMap, tag: &str) -> bool {
    list(headers, &IF_NONE_MATCH).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    list(headers, &ACCEPT_ENCODING).any(|offer| {
        let (name, quality) = offer.split_once(';').unwrap_or((offer, ""));
        let refused = quality.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

/// The members of a header that is a list, over all its lines.
fn list<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter().filter_map(|line: &HeaderValue| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

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

    /// None of them when the page was left out of the build.
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
    async fn a_browser_that_has_the_page_gets_it_confirmed() {
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
    async fn assets_come_as_the_browser_can_read_them() {
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
    async fn what_is_no_asset_is_not_found() {
        let mut paths = vec!["/graphiql/assets/no.js".to_owned()];
        paths.push("/graphiql/assets/../index.html".to_owned());
        paths.extend(asset_paths().await.iter().map(|path| format!("{path}.gz")));
        for path in paths {
            assert_eq!(fetch(&path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
