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
    caller_limits, credentials,
};
use crate::{
    app::{App, caller::Caller},
    domain::viewer::Scope,
    error::{Code, Error, Result},
    graphql::{context::Budget, execute::execute_internal},
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

/// A call that is not answered.
struct Refusal {
    error: LegacyError,
    /// When the caller should try again, in seconds.
    retry_after: Option<u32>,
}

/// `GET` and `HEAD`.
pub async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes(), None);
    let caller = caller(&app, &headers, &params).await;
    respond(&app, caller, &params).await
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
    let first = caller(&app, &headers, &in_url).await;
    if let Err(refusal) = &first
        && refusal.error.kind() != LegacyErrorKind::Key
    {
        return refuse(&app, refusal);
    }
    let body = match body::read(&headers, body, app.settings.max_body_bytes, first.is_ok()).await {
        Ok(body) => body,
        Err(BodyError::TooLargeWithoutKey) if has_key(&headers, &in_url) => {
            return refuse(&app, &Refusal::new(LegacyErrorKind::Key, in_url.format()));
        }
        Err(error) => return refuse_body(&app, &error, in_url.format()),
    };
    let form = is_form(&headers).then_some(&*body);
    let params = Params::parse(query.as_bytes(), form);
    let caller = match params.has_key_in_form() {
        true => caller(&app, &headers, &params).await,
        false => first.map_err(|_| Refusal::new(LegacyErrorKind::Key, params.format())),
    };
    respond(&app, caller, &params).await
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

async fn respond(app: &App, caller: Result<Arc<Caller>, Refusal>, params: &Params) -> Response {
    let (caller, format) = match caller {
        Ok(caller) => (caller, params.format()),
        Err(refusal) => return refuse(app, &refusal),
    };
    let answer = async {
        caller.count_request().map_err(|error| Refusal::of(&error, format))?;
        let slot = caller.begin_request().await.map_err(|error| Refusal::of(&error, format))?;
        Ok((body(app, &caller, params).await?, slot))
    };
    let (response, slot) = match answer.await {
        Ok((body, slot)) => ((response_headers(format), body).into_response(), Some(slot)),
        Err(refusal) => (refuse(app, &refusal), None),
    };
    caller_limits::finish(response, &caller, slot)
}

async fn body(app: &App, caller: &Arc<Caller>, params: &Params) -> Result<Body, Refusal> {
    let request = LegacyRequest::parse(params)?;
    let sizes = page_sizes(app);
    let execute = executor(app, caller, app.store.reads(), caller.cost_budget());
    let account = caller.viewer.account;
    let refusal = |error: Error| Refusal::of(&error, params.format());
    if let Some(body) = answer_single_page(&request, sizes, execute).await? {
        let memory = app.memory.reservation(account);
        memory.grow(body.len()).map_err(refusal)?;
        return Ok(Body::from(memory.hold(body)));
    }
    let memory = app.memory.paged_answer(account).map_err(refusal)?;
    let snapshot = app.store.snapshot(account).await.map_err(refusal)?;
    let execute = executor(app, caller, snapshot.with_memory(memory), None);
    let body = answer(request, sizes, move |query| spawn_query(execute(query))).await?;
    Ok(Body::from_stream(stream::produce(body)))
}

/// The function that runs the queries of an answer with these reads.
fn executor(
    app: &App,
    caller: &Arc<Caller>,
    reads: Reads,
    budget: Budget,
) -> impl Fn(async_graphql::Request) -> QueryFuture + Send + 'static {
    let (app, caller) = (app.clone(), caller.clone());
    // The length of the last page is a good first capacity for the next.
    let length = Arc::new(AtomicUsize::new(4 * 1024));
    move |query| {
        let context = app.internal_request(&caller, reads.clone(), budget.clone());
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
async fn caller(app: &App, headers: &HeaderMap, params: &Params) -> Result<Arc<Caller>, Refusal> {
    let candidates = params.key_candidates();
    let mut secrets: Vec<_> = candidates.iter().map(String::as_str).collect();
    secrets.extend(credentials::secrets(headers));
    let caller = app.keys.admit(&secrets).await;
    let caller = caller.map_err(|error| Refusal::of(&error, params.format()))?;
    let caller = caller.filter(|caller| caller.viewer.may(Scope::Read));
    caller.ok_or_else(|| Refusal::new(LegacyErrorKind::Key, params.format()))
}

/// Whether the URL or a header has a key, valid or not.
fn has_key(headers: &HeaderMap, in_url: &Params) -> bool {
    !in_url.key_candidates().is_empty() || !credentials::secrets(headers).is_empty()
}

impl Refusal {
    fn new(kind: LegacyErrorKind, format: OutputFormat) -> Self {
        LegacyError::new(kind, format).into()
    }

    /// For a caller that asked for this format. An internal error is logged.
    fn of(error: &Error, format: OutputFormat) -> Self {
        error.log();
        let refusal = Self::new(error.code().into(), format);
        Self { retry_after: error.retry_after().or(refusal.retry_after), ..refusal }
    }
}

impl From<LegacyError> for Refusal {
    fn from(error: LegacyError) -> Self {
        let is_unavailable = error.kind() == LegacyErrorKind::Unavailable;
        Self { error, retry_after: is_unavailable.then_some(5) }
    }
}

/// The answer to a request whose body was not read.
fn refuse_body(app: &App, error: &BodyError, format: OutputFormat) -> Response {
    let mut response = refuse(app, &Refusal::new(LegacyErrorKind::Request, format));
    if app.settings.legacy_status {
        *response.status_mut() = error.status();
    }
    response.headers_mut().extend(error.header());
    response
}

/// An error with status 200, as legacy callers expect it, unless the operator turned other statuses
/// on. Only 429 and 503 are always sent.
fn refuse(app: &App, Refusal { error, retry_after }: &Refusal) -> Response {
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
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
    }
    response
}

fn response_headers(format: OutputFormat) -> [(header::HeaderName, &'static str); 2] {
    [(header::CONTENT_TYPE, format.content_type()), (header::CACHE_CONTROL, "no-store")]
}
