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

use super::{body, credentials};
use crate::{
    app::App,
    domain::viewer::{Scope, Viewer},
    error::{Code, Error, Result},
    graphql::{error::log, execute::execute_own},
    legacy::{Fault, FaultKind, Format, PageSizes, Params, Request, answer, answer_whole},
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
    let params = Params::read(query.unwrap_or_default().as_bytes(), None);
    respond(&app, &headers, &params).await
}

/// `POST`, with parameters in the URL and in the form.
pub async fn post(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let query = query.unwrap_or_default();
    let body = match body::read(&headers, body, app.settings.max_body_bytes).await {
        Ok(body) => body,
        Err(error) => {
            let format = Params::read(query.as_bytes(), None).format();
            let mut response = refuse(&app, &Fault::new(FaultKind::Request, format));
            if app.settings.legacy_status {
                *response.status_mut() = error.status();
            }
            response.headers_mut().extend(error.header());
            return response;
        }
    };
    let form = is_form(&headers).then_some(&*body);
    respond(&app, &headers, &Params::read(query.as_bytes(), form)).await
}

/// A body that is no form counts for nothing, as it did with the vendor. Who says nothing of the
/// body means a form.
fn is_form(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str);
    media_type.is_none_or(|it| {
        let media_type = it.ok().and_then(|it| it.parse::<mime::Mime>().ok());
        media_type.is_some_and(|it| it.essence_str() == mime::APPLICATION_WWW_FORM_URLENCODED)
    })
}

async fn respond(app: &App, headers: &HeaderMap, params: &Params) -> Response {
    let run = async {
        let viewer = viewer(app, headers, params).await;
        let viewer = viewer.map_err(|error| fault(&error, params.format()))?;
        let reader = viewer.filter(|viewer| viewer.may(Scope::Read));
        let viewer = reader.ok_or_else(|| Fault::new(FaultKind::Key, params.format()))?;
        let request = Request::parse(params)?;
        let sizes = page_sizes(app);
        let execute = executor(app, &viewer, app.store.reads());
        if let Some(body) = answer_whole(&request, sizes, execute).await? {
            return Ok(Body::from(body));
        }
        let reads = app.store.snapshot().await;
        let reads = reads.map_err(|error| fault(&error, params.format()))?;
        let execute = executor(app, &viewer, reads);
        let body = answer(request, sizes, move |query| begin(execute(query))).await?;
        Ok(Body::from_stream(stream::paced(body, app.settings.stall_timeout)))
    };
    match run.await {
        Ok(body) => {
            let head = [
                (header::CONTENT_TYPE, params.format().content_type()),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (head, body).into_response()
        }
        Err(fault) => refuse(app, &fault),
    }
}

/// What runs the queries of an answer, from these reads.
fn executor(
    app: &App,
    viewer: &Arc<Viewer>,
    reads: Reads,
) -> impl Fn(async_graphql::Request) -> Running + Send + 'static {
    let (app, viewer) = (app.clone(), viewer.clone());
    // A page is about as long as the one before it, so that it need not grow.
    let length = Arc::new(AtomicUsize::new(4 * 1024));
    move |query| {
        let context = app.internal_request(viewer.clone(), reads.clone());
        let (app, length) = (app.clone(), length.clone());
        Box::pin(async move {
            let likely = length.load(Relaxed);
            let json = execute_own(&app.schema, context, query, likely + likely / 8).await?;
            length.store(json.len(), Relaxed);
            Ok(json)
        })
    }
}

/// A query that is being run.
type Running = BoxFuture<'static, Result<Vec<u8>, Code>>;

/// Runs a query at once, in a task of its own, which ends when nobody waits for its answer.
fn begin(running: Running) -> impl Future<Output = Result<Vec<u8>, Code>> + Send + 'static {
    let task = AbortOnDropHandle::new(tokio::spawn(running.in_current_span()));
    async { task.await.unwrap_or(Err(Code::Internal)) }
}

/// The pages that a legacy answer is made of.
fn page_sizes(app: &App) -> PageSizes {
    PageSizes {
        sessions: app.settings.legacy_page_size as usize,
        children: PageSizes::MOST.children.min(app.limits.max_child_page_size as usize),
    }
}

/// The caller: the likeliest reading of `KEY` comes first, the keys in headers last.
async fn viewer(app: &App, headers: &HeaderMap, params: &Params) -> Result<Option<Arc<Viewer>>> {
    let candidates = params.key_candidates();
    let mut secrets: Vec<_> = candidates.iter().map(String::as_str).collect();
    secrets.extend(credentials::secrets(headers));
    app.keys.admit(&secrets).await
}

fn fault(error: &Error, format: Format) -> Fault {
    log(error);
    Fault::new(error.code().into(), format)
}

/// An error as legacy callers expect it, with status 200 unless the operator turned real ones on.
/// Being too many or without a database is told by the status in any case.
fn refuse(app: &App, fault: &Fault) -> Response {
    let plain = matches!(fault.kind(), FaultKind::Key | FaultKind::Request | FaultKind::Internal)
        && !app.settings.legacy_status;
    let status = if plain { 200 } else { fault.kind().status() };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let head = [
        (header::CONTENT_TYPE, fault.format().content_type()),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let mut response = (status, head, Bytes::from(fault.body())).into_response();
    if fault.kind() == FaultKind::Unavailable {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}
