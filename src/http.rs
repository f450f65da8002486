//! The gateway over HTTP: every route and every layer, on one screen.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, Uri, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get},
};
use tower::{ServiceBuilder, ServiceExt, util::option_layer};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{app::App, legacy::TRANSLATE_PATH};

mod assets;
mod base_path;
mod body;
mod caller_limits;
mod client;
mod compression;
mod cors;
mod credentials;
mod export_stream;
pub mod graphql;
pub mod health;
pub mod legacy;
mod legacy_path;
pub mod metrics;
mod pages;
mod request_id;
mod request_log;
mod schema;
pub mod server;
mod translate;
mod unread_body;

/// The production router, on a socket or called in memory.
pub fn router(app: App) -> Router {
    let app = Arc::new(app);
    let base = &*app.settings.base_path;
    let routes = with_layers(routes(&app), &app);
    if base.is_empty() {
        return routes;
    }
    base_path::below(base, routes, with_layers(Router::new().fallback(no_such_path), &app))
}

fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let legacy = get(legacy::get).post(legacy::post).with_state(app.clone());
    let schema = get(legacy::schema).with_state(app.clone());
    Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route(TRANSLATE_PATH, get(translate::get))
        .route("/schema.graphql", get(schema::get))
        .merge(pages::routes())
        .fallback(move |state, request| fallback(legacy, schema, state, request))
}

fn with_layers(routes: Router<Arc<App>>, app: &Arc<App>) -> Router {
    // The first is the outermost. One layer of several costs less than several layers.
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(app.clone(), request_log::log))
        .layer(option_layer(cors::layer(&app.settings)))
        .layer(from_fn(around_answer))
        .layer(CatchPanicLayer::new());
    routes.layer(layers).with_state(app.clone())
}

/// What is done around each answer, in one layer.
async fn around_answer(request: Request, next: Next) -> Response {
    let answer = |request| unread_body::discard(request, next);
    let mut response = compression::compress(request, answer).await;
    let nosniff = HeaderValue::from_static("nosniff");
    response.headers_mut().entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(nosniff);
    response
}

/// Answers the legacy URL and its schemas, whose paths are too many for the route table. Other paths get
/// 404.
async fn fallback(
    legacy: MethodRouter,
    schema: MethodRouter,
    state: State<Arc<App>>,
    request: Request,
) -> Response {
    let path = request.uri().path().as_bytes();
    if legacy_path::route(path).is_some() {
        legacy.oneshot(request).await.into_response()
    } else if legacy_path::schema_route(path).is_some() {
        schema.oneshot(request).await.into_response()
    } else {
        no_such_path(state, request.into_parts().0.uri).await
    }
}

async fn no_such_path(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let base = &app.settings.base_path;
    if !base.is_empty() && uri.path() == base {
        // The relative URLs of the start page need the slash.
        return Redirect::permanent(&format!("{base}/")).into_response();
    }
    let text = format!(
        "There is nothing at this path. The gateway serves {base}/, {base}/graphql, {base}/graphiql, \
         {base}/dashboard, {base}/translate, {base}/schema.graphql, {base}/health/live and {base}/health/ready, \
         and /get_session_history.php below {}.",
        if base.is_empty() { "any prefix" } else { base }
    );
    (StatusCode::NOT_FOUND, text).into_response()
}
