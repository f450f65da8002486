//! The legacy URL over HTTP: GET, HEAD, and POST with a form.

use std::{borrow::Cow, sync::Arc, time::Duration};

use async_graphql::Request as Query;
use axum::{
    body::{Body, Bytes},
    extract::{Extension, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use super::{
    body::{self, BodyError},
    caller_limits,
    client::Client,
    credentials,
    export_stream::{self, page_reads},
    legacy_path,
    request_log::notes,
};
use crate::{
    app::{App, caller::Caller},
    domain::viewer::Scope,
    error::{Code, Error, Result},
    export::{OutputFormat, RecordCount},
    graphql::{
        context::Budget,
        records::{RecordList, compile_internal},
    },
    legacy::{
        AnswerStyle, LegacyError, LegacyErrorKind, LegacyRequest, PageSizes, Params, answer,
        answer_single_page, translation_link,
    },
    store::Reads,
};

mod form;
mod successor;

/// A call that is not answered.
struct Refusal {
    error: LegacyError,
    /// When the caller should try again, in seconds.
    retry_after: Option<u32>,
    /// Whether the call has keys, none of which is valid.
    is_wrong_key: bool,
    /// Whether the client waits after many wrong keys.
    is_waiting: bool,
}

/// `GET` and `HEAD`.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    client: Option<Extension<Client>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes(), None);
    let secrets = secrets(&headers, &params);
    let client = client.map(|Extension(client)| client);
    let caller = caller(&app, &secrets, client, params.format()).await;
    respond(&app, client, caller, &params).await
}

/// A schema of the answers, which needs no key.
pub(super) async fn schema(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let profile = &app.legacy_profile;
    let (content_type, text) = match legacy_path::schema_route(uri.path().as_bytes()) {
        Some(legacy_path::XSD) => ("application/xml; charset=utf-8", profile.xsd()),
        _ => ("application/schema+json", profile.json_schema()),
    };
    ([(header::CONTENT_TYPE, content_type)], text).into_response()
}

/// `POST`, with parameters in the URL and in the form. A key in the URL or in a header is checked
/// before the form is read.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    client: Option<Extension<Client>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let query = query.unwrap_or_default();
    let client = client.map(|Extension(client)| client);
    let in_url = Params::parse(query.as_bytes(), None);
    let keys = secrets(&headers, &in_url);
    let first = caller(&app, &keys, client, in_url.format()).await;
    if let Err(refusal) = &first
        && refusal.error.kind() != LegacyErrorKind::Key
    {
        return refuse(&app, refusal);
    }
    let read = body::read(&headers, body, app.settings.max_body_bytes, first.is_ok()).await;
    let body = match (read, &first) {
        (Ok(body), _) => body,
        (Err(BodyError::TooLargeWithoutKey), Err(refusal)) if refusal.is_wrong_key => {
            return respond(&app, client, first, &in_url).await;
        }
        (Err(error), _) => return refuse_body(&app, &error, in_url.format()),
    };
    let params = match form::params(query.as_bytes(), &headers, body).await {
        Ok(params) => params,
        Err(error) => return refuse_body(&app, &error, in_url.format()),
    };
    let caller = match params.has_key_in_form() {
        true => caller(&app, &secrets(&headers, &params), client, params.format()).await,
        false => first.map_err(|refusal| refusal.in_format(params.format())),
    };
    respond(&app, client, caller, &params).await
}

async fn respond(
    app: &App,
    client: Option<Client>,
    caller: Result<Arc<Caller>, Refusal>,
    params: &Params,
) -> Response {
    let (caller, format) = match caller {
        Ok(caller) => (caller, params.format()),
        Err(refusal) => {
            if refusal.is_wrong_key {
                credentials::record_wrong_key(app, client);
            }
            return refuse(app, &refusal);
        }
    };
    let mut about = AnswerNotes::default();
    let answer = async {
        caller.count_request().map_err(|error| Refusal::of(&error, format))?;
        let slot = caller.begin_request().await.map_err(|error| Refusal::of(&error, format))?;
        Ok((body(app, &caller, params, &mut about).await?, slot))
    };
    let (mut response, slot) = match answer.await {
        Ok((body, slot)) => {
            let mut response = (response_headers(format), body).into_response();
            notes(&mut response).export = Some((format, about.records));
            (response, Some(slot))
        }
        Err(refusal) => (refuse(app, &refusal), None),
    };
    notes(&mut response).export_wait = about.export_wait;
    successor::add_headers(response.headers_mut(), &app.settings.legacy_end, about.link);
    caller_limits::finish(response, &caller, slot)
}

/// What the head of an answer and its line in the log say.
#[derive(Default)]
struct AnswerNotes {
    /// How long a long answer waited for others to end.
    export_wait: Option<Duration>,
    /// The number of sessions that are written.
    records: RecordCount,
    /// The address of the translation.
    link: Option<String>,
}

/// The body of an answer.
async fn body(
    app: &App,
    caller: &Caller,
    params: &Params,
    about: &mut AnswerNotes,
) -> Result<Body, Refusal> {
    let request = LegacyRequest::parse(params, &app.legacy_profile);
    let shape = request.as_ref().map(LegacyRequest::shape).unwrap_or_default();
    app.legacy_usage.count(&caller.viewer, shape);
    let request = request?;
    let base = &app.settings.base_path;
    about.link = translation_link(params, &request).map(|link| format!("{base}{link}"));
    let refusal = |error: Error| Refusal::of(&error, params.format());
    let page = single_page(app, caller, &request, about.records.clone()).await?;
    let whole = async |reads| {
        let compile = compiler(app, caller, reads, None);
        let records = about.records.clone();
        let stream = answer(&request, style(app), page_sizes(app), records, compile).await;
        stream.map_err(Refusal::from)
    };
    let account = caller.viewer.account;
    let (body, waited) = export_stream::body(app, account, page, whole, refusal).await;
    about.export_wait = waited;
    body
}

/// The body of an answer of one page, which does not wait for long answers to end. None if the answer
/// has more pages.
async fn single_page(
    app: &App,
    caller: &Caller,
    request: &LegacyRequest,
    records: RecordCount,
) -> Result<Option<Bytes>, Refusal> {
    let reads = page_reads(app, caller.viewer.account, request.has_lists()).await;
    let reads = reads.map_err(|error| Refusal::of(&error, request.format()))?;
    let compile = compiler(app, caller, reads, caller.cost_budget());
    Ok(answer_single_page(request, style(app), page_sizes(app), records, compile).await?)
}

/// The function that compiles the query of an answer with these reads.
fn compiler(
    app: &App,
    caller: &Caller,
    reads: Reads,
    budget: Budget,
) -> impl FnOnce(&Query) -> Result<RecordList> {
    let context = app.internal_request(caller, reads, budget);
    let schema = app.schema.clone();
    move |query| compile_internal(&schema, &context, query)
}

/// Whether errors have statuses of their own.
fn has_error_statuses(app: &App) -> bool {
    app.settings.legacy_status || app.legacy_profile.has_error_statuses()
}

/// What the operator sets of answers.
fn style(app: &App) -> AnswerStyle<'_> {
    let disarm_formulas = app.settings.csv_disarm_formulas;
    AnswerStyle { profile: &app.legacy_profile, disarm_formulas }
}

/// The page sizes of the queries of an answer.
fn page_sizes(app: &App) -> PageSizes {
    let children = PageSizes::SCHEMA_DEFAULT.children;
    PageSizes {
        sessions: app.settings.legacy_page_size,
        children: children.min(app.limits.max_child_page_size),
    }
}

/// The caller, who may read and has one of these keys.
async fn caller(
    app: &App,
    secrets: &[Cow<'_, str>],
    client: Option<Client>,
    format: OutputFormat,
) -> Result<Arc<Caller>, Refusal> {
    let caller = app.keys.admit(secrets, credentials::address(client)).await;
    let refusal = || Refusal::new(LegacyErrorKind::Key, format);
    let refuse = |error: Error| {
        let is_waiting = error.code() == Code::RateLimited;
        Refusal { is_waiting, ..Refusal::of(&error, format) }
    };
    match caller.map_err(refuse)? {
        Some(caller) if caller.viewer.may(Scope::Read) => Ok(caller),
        Some(_) => Err(refusal()),
        // An empty key is no attempt to find one.
        None => {
            let is_wrong_key = secrets.iter().any(|secret| !secret.is_empty());
            Err(Refusal { is_wrong_key, ..refusal() })
        }
    }
}

/// The keys of a call. The possible values of `KEY` are tried first, then the keys in headers.
fn secrets<'a>(headers: &'a HeaderMap, params: &Params) -> Vec<Cow<'a, str>> {
    let candidates = params.key_candidates().into_iter().map(Cow::Owned);
    candidates.chain(credentials::secrets(headers).into_iter().map(Cow::Borrowed)).collect()
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

    /// The refusal of a call without a valid key, in another format.
    fn in_format(self, format: OutputFormat) -> Self {
        Self { error: LegacyError::new(self.error.kind(), format), ..self }
    }
}

impl From<LegacyError> for Refusal {
    fn from(error: LegacyError) -> Self {
        let is_unavailable = error.kind() == LegacyErrorKind::Unavailable;
        Self {
            error,
            retry_after: is_unavailable.then_some(5),
            is_wrong_key: false,
            is_waiting: false,
        }
    }
}

/// The answer to a request whose body was not read.
fn refuse_body(app: &App, error: &BodyError, format: OutputFormat) -> Response {
    let mut response = refuse(app, &Refusal::new(LegacyErrorKind::Request, format));
    if has_error_statuses(app) {
        *response.status_mut() = error.status();
    }
    response.headers_mut().extend(error.header());
    response
}

/// An error with status 200, as legacy callers expect it, unless the operator turned other statuses
/// on. Only 429 and 503 are always sent.
fn refuse(app: &App, refusal: &Refusal) -> Response {
    let error = &refusal.error;
    let is_ok = match error.kind() {
        LegacyErrorKind::Key | LegacyErrorKind::Request | LegacyErrorKind::Internal => {
            !has_error_statuses(app)
        }
        LegacyErrorKind::RateLimited | LegacyErrorKind::Unavailable => false,
    };
    let status = if is_ok { 200 } else { error.kind().status() };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = Bytes::from(error.body(&app.legacy_profile));
    let mut response = (status, response_headers(error.format()), body).into_response();
    let notes = notes(&mut response);
    (notes.error, notes.is_repeated) = (Some(error.kind().message()), refusal.is_waiting);
    notes.code = Some(error.kind().code());
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn response_headers(format: OutputFormat) -> [(header::HeaderName, &'static str); 2] {
    [(header::CONTENT_TYPE, format.content_type()), (header::CACHE_CONTROL, "no-store")]
}
