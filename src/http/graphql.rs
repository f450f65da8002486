//! GraphQL over HTTP: one request, by POST with JSON or by GET.
//!
//! Neither batches, nor uploads, nor subscriptions.

use async_graphql::Variables;
use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{auth, negotiate};
use crate::{
    app::App,
    error::{Code, Error, Result},
    graphql::{
        error::refusal,
        execute::{Outcome, Question, execute},
    },
    http::negotiate::Form,
};

/// The JSON body of a request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Variables>,
    #[serde(default)]
    #[expect(dead_code, reason = "checked to be an object, and otherwise not used")]
    extensions: Option<Map<String, Value>>,
}

/// `POST /graphql`.
pub async fn post(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Response {
    let Some(form) = negotiate::response_form(&headers) else { return not_acceptable() };
    if !negotiate::body_is_json(&headers) {
        let error = Error::input("The body must be application/json in UTF-8.");
        return refuse(form, &error, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let Ok(body) = to_bytes(body, app.settings.max_body_bytes).await else {
        let most = app.settings.max_body_bytes;
        let error =
            Error::input(format!("The body must be complete and have at most {most} bytes."));
        return refuse(form, &error, StatusCode::PAYLOAD_TOO_LARGE);
    };
    let parameters = serde_json::from_slice::<Parameters>(&body);
    let parameters =
        parameters.map_err(|error| format!("The body is not a GraphQL request: {error}."));
    answer(&app, &headers, form, parameters, false).await
}

/// `GET /graphql`, for queries only.
pub async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(form) = negotiate::response_form(&headers) else { return not_acceptable() };
    answer(&app, &headers, form, from_url(&query.unwrap_or_default()), true).await
}

fn from_url(query: &str) -> Result<Parameters, String> {
    let mut parameters = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = match &*name {
            "variables" | "extensions" => serde_json::from_str(&value)
                .map_err(|error| format!("The parameter '{name}' is not JSON: {error}."))?,
            _ => Value::String(value.into_owned()),
        };
        parameters.insert(name.into_owned(), value);
    }
    serde_json::from_value(Value::Object(parameters))
        .map_err(|error| format!("The parameters are not a GraphQL request: {error}."))
}

async fn answer(
    app: &App,
    headers: &HeaderMap,
    form: Form,
    parameters: Result<Parameters, String>,
    queries_only: bool,
) -> Response {
    let parameters = match parameters {
        Ok(parameters) => parameters,
        Err(message) => return refuse(form, &Error::input(message), StatusCode::BAD_REQUEST),
    };
    let run = async {
        let viewer = auth::viewer(app, headers).await?;
        if let Some(name) = parameters.operation_name.as_deref().filter(|name| is_name(name)) {
            tracing::Span::current().record("operation", name);
        }
        let question = Question {
            query: parameters.query,
            operation_name: parameters.operation_name,
            variables: parameters.variables.unwrap_or_default(),
        };
        let context = app.request(viewer, app.store.reads());
        let open_schema = app.settings.open_schema;
        Ok(execute(&app.schema, context, question, queries_only, open_schema).await)
    };
    match tokio::time::timeout(app.settings.request_timeout, run).await {
        Err(timeout) => {
            let error = Error::unavailable(timeout);
            refuse(form, &error, status(error.code()))
        }
        Ok(Err(error)) => refuse(form, &error, status(error.code())),
        Ok(Ok(Outcome::NotAQuery)) => {
            let error = Error::input("GET is for queries; send a mutation by POST.");
            let mut response = refuse(form, &error, StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
            response
        }
        Ok(Ok(Outcome::Refused(body, code))) => {
            // As plain JSON, a well-formed request is answered with 200 whatever its document is.
            let client =
                matches!(code, Code::BadUserInput | Code::QueryTooComplex | Code::QueryTooDeep);
            let plain = form == Form::Json && client;
            render(form, body, if plain { StatusCode::OK } else { status(code) })
        }
        Ok(Ok(Outcome::Executed(body))) => render(form, body, StatusCode::OK),
        Ok(Ok(Outcome::Unavailable(body))) => render(form, body, status(Code::ServiceUnavailable)),
    }
}

/// Whether a text is a name as GraphQL has it, and short enough for the log.
fn is_name(text: &str) -> bool {
    text.len() <= 100 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn status(code: Code) -> StatusCode {
    match code {
        Code::BadUserInput | Code::QueryTooComplex | Code::QueryTooDeep => StatusCode::BAD_REQUEST,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn refuse(form: Form, error: &Error, status: StatusCode) -> Response {
    render(form, refusal(error), status)
}

fn render(form: Form, body: Vec<u8>, status: StatusCode) -> Response {
    let mut response =
        (status, [(header::CONTENT_TYPE, form.content_type())], body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Authorization"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match status {
        StatusCode::UNAUTHORIZED => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        _ => {}
    }
    response
}

fn not_acceptable() -> Response {
    let what = "Accept application/graphql-response+json or application/json.\n";
    (StatusCode::NOT_ACCEPTABLE, what).into_response()
}
