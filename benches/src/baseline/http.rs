//! The two routes.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use benches::database::BaselineQueries;

use crate::{auth::Keys, export, graphql, legacy};

/// What all requests share.
pub(crate) struct App<D> {
    pub(crate) database: D,
    pub(crate) keys: Keys,
}

/// Both routes.
pub(crate) fn router<D: BaselineQueries>(app: Arc<App<D>>) -> Router {
    Router::new()
        .route("/graphql", post(graphql::<D>))
        .route("/get_session_history.php", get(legacy::<D>))
        .with_state(app)
}

async fn graphql<D: BaselineQueries>(
    State(app): State<Arc<App<D>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let secret = headers.get("x-api-key").and_then(|value| value.to_str().ok());
    let Some(account) = secret.and_then(|secret| app.keys.account(secret)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    match graphql::answer(&app.database, account, &body).await {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => failed(&error),
    }
}

async fn legacy<D: BaselineQueries>(
    State(app): State<Arc<App<D>>>,
    RawQuery(query): RawQuery,
) -> Response {
    let run = async {
        let call = legacy::Call::read(query.as_deref().unwrap_or_default())?;
        let Some(account) = app.keys.account(&call.key) else {
            return Ok(StatusCode::UNAUTHORIZED.into_response());
        };
        let body = Body::from_stream(export::answer(app.database.clone(), account.id, call));
        Ok(([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], body).into_response())
    };
    run.await.unwrap_or_else(|error| failed(&error))
}

fn failed(error: &anyhow::Error) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}\n")).into_response()
}
