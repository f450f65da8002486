//! The legacy URL over HTTP: GET, HEAD, and POST with a form.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use axum::{
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::future::BoxFuture;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::{
    body::{self, BodyError},
    credentials,
};
use crate::{
    app::App,
    domain::viewer::{Scope, Viewer},
    error::{Code, Error, Result},
    graphql::execute::execute_internal,
    legacy::{
        LegacyError, LegacyErrorKind, LegacyRequest, OutputFormat, PageSizes, Params, answer,
        answer_single_page,
    },
    store::Reads,
};

mod stream;

/// The paths of the legacy URL: the documented one, and those that the vendor serves.
pub const PATHS: [&str; 3] = [
    "/get_session_history.php",
    "/integration/get_session_history.php",
    "/integration/get_history_api.php",
];

/// `GET` and `HEAD`.
pub async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes(), None);
    let answer = async { body(&app, viewer(&app, &headers, &params).await?, &params).await };
    respond(&app, answer.await, params.format())
}

/// `POST`, with parameters in the URL and in the form. A key in the URL or in a header is checked
/// before the form is read.
pub async fn post(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let query = query.unwrap_or_default();
    let in_url = Params::parse(query.as_bytes(), None);
    let first_viewer = viewer(&app, &headers, &in_url).await;
    if let Err(error) = &first_viewer
        && error.kind() != LegacyErrorKind::Key
    {
        return refuse(&app, error);
    }
    let read = body::read(&headers, body, app.settings.max_body_bytes, first_viewer.is_ok()).await;
    let body = match read {
        Ok(body) => body,
        Err(BodyError::TooLargeWithoutKey) if has_key(&headers, &in_url) => {
            return refuse(&app, &LegacyError::new(LegacyErrorKind::Key, in_url.format()));
        }
        Err(error) => return refuse_body(&app, &error, in_url.format()),
    };
    let form = is_form(&headers).then_some(&*body);
    let params = Params::parse(query.as_bytes(), form);
    let answer = async {
        let viewer = match params.has_key_in_form() {
            true => viewer(&app, &headers, &params).await?,
            false => first_viewer.map_err(|error| error.in_format(params.format()))?,
        };
        self::body(&app, viewer, &params).await
    };
    respond(&app, answer.await, params.format())
}

/// Whether the body is a form. A body without a media type is one. The parameters in a body of
/// another type are ignored, as by the vendor.
fn is_form(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str);
    media_type.is_none_or(|it| {
        let media_type = it.ok().and_then(|it| it.parse::<mime::Mime>().ok());
        media_type.is_some_and(|it| it.essence_str() == mime::APPLICATION_WWW_FORM_URLENCODED)
    })
}

fn respond(app: &App, answer: Result<Body, LegacyError>, format: OutputFormat) -> Response {
    match answer {
        Ok(body) => (response_headers(format), body).into_response(),
        Err(error) => refuse(app, &error),
    }
}

/// An error for a caller that asked for this format. An internal error is logged.
fn legacy_error(error: &Error, format: OutputFormat) -> LegacyError {
    error.log();
    LegacyError::new(error.code().into(), format)
}

async fn body(app: &App, viewer: Arc<Viewer>, params: &Params) -> Result<Body, LegacyError> {
    let request = LegacyRequest::parse(params)?;
    let sizes = page_sizes(app);
    let execute = executor(app, &viewer, app.store.reads());
    if let Some(body) = answer_single_page(&request, sizes, execute).await? {
        return Ok(Body::from(body));
    }
    let snapshot = app.store.snapshot(viewer.account).await;
    let snapshot = snapshot.map_err(|error| legacy_error(&error, params.format()))?;
    let execute = executor(app, &viewer, snapshot);
    let body = answer(request, sizes, move |query| spawn_query(execute(query))).await?;
    Ok(Body::from_stream(stream::produce(body)))
}

/// The function that runs the queries of an answer with these reads.
fn executor(
    app: &App,
    viewer: &Arc<Viewer>,
    reads: Reads,
) -> impl Fn(async_graphql::Request) -> QueryFuture + Send + 'static {
    let (app, viewer) = (app.clone(), viewer.clone());
    // The length of the last page is a good first capacity for the next.
    let length = Arc::new(AtomicUsize::new(4 * 1024));
    move |query| {
        let context = app.internal_request(viewer.clone(), reads.clone());
        let (app, length) = (app.clone(), length.clone());
        Box::pin(async move {
            let last = length.load(Relaxed);
            let json = execute_internal(&app.schema, context, query, last + last / 8).await?;
            length.store(json.len(), Relaxed);
            Ok(json)
        })
    }
}

type QueryFuture = BoxFuture<'static, Result<Vec<u8>, Code>>;

/// Starts a query in a task of its own. The task is aborted when the returned future is dropped.
fn spawn_query(query: QueryFuture) -> impl Future<Output = Result<Vec<u8>, Code>> + Send + 'static {
    let task = AbortOnDropHandle::new(tokio::spawn(query.in_current_span()));
    async { task.await.unwrap_or(Err(Code::Internal)) }
}

/// The page sizes of the queries of an answer.
fn page_sizes(app: &App) -> PageSizes {
    let children = PageSizes::SCHEMA_DEFAULT.children;
    PageSizes {
        sessions: app.settings.legacy_page_size as usize,
        children: children.min(app.limits.max_child_page_size as usize),
    }
}

/// The caller, who may read. The possible values of `KEY` are tried first, then the keys in headers.
async fn viewer(
    app: &App,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Arc<Viewer>, LegacyError> {
    let candidates = params.key_candidates();
    let mut secrets: Vec<_> = candidates.iter().map(String::as_str).collect();
    secrets.extend(credentials::secrets(headers));
    let viewer = app.keys.admit(&secrets).await;
    let viewer = viewer.map_err(|error| legacy_error(&error, params.format()))?;
    let viewer = viewer.filter(|viewer| viewer.may(Scope::Read));
    viewer.ok_or_else(|| LegacyError::new(LegacyErrorKind::Key, params.format()))
}

/// Whether the URL or a header has a key, valid or not.
fn has_key(headers: &HeaderMap, in_url: &Params) -> bool {
    !in_url.key_candidates().is_empty() || !credentials::secrets(headers).is_empty()
}

/// The answer to a request whose body was not read.
fn refuse_body(app: &App, error: &BodyError, format: OutputFormat) -> Response {
    let mut response = refuse(app, &LegacyError::new(LegacyErrorKind::Request, format));
    if app.settings.legacy_status {
        *response.status_mut() = error.status();
    }
    response.headers_mut().extend(error.header());
    response
}

/// An error with status 200, as legacy callers expect it, unless the operator turned other statuses
/// on. Only 429 and 503 are always sent.
fn refuse(app: &App, error: &LegacyError) -> Response {
    let is_ok = match error.kind() {
        LegacyErrorKind::Key | LegacyErrorKind::Request | LegacyErrorKind::Internal => {
            !app.settings.legacy_status
        }
        LegacyErrorKind::RateLimited | LegacyErrorKind::Unavailable => false,
    };
    let status = if is_ok { 200 } else { error.kind().status() };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = Bytes::from(error.body());
    let mut response = (status, response_headers(error.format()), body).into_response();
    if error.kind() == LegacyErrorKind::Unavailable {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

fn response_headers(format: OutputFormat) -> [(header::HeaderName, &'static str); 2] {
    [(header::CONTENT_TYPE, format.content_type()), (header::CACHE_CONTROL, "no-store")]
}
